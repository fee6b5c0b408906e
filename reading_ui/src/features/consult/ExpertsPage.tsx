import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keysOf } from '@/api/queries';
import { useSession } from '@/api/session';
import { useKeys } from '@/lib/keys';
import { Button } from '@/ui/Button';
import { SearchBox } from '@/ui/SearchBox';
import { Sheet } from '@/ui/Sheet';
import { Empty, SkeletonRows, Trouble } from '@/ui/States';
import { useTitle } from '@/ui/title';
import * as calls from './calls';
import styles from './experts.module.css';
import { Availability, Load } from './expertWords';
import { SpecialtyField } from './fields';
import { hoursWords } from './hours';
import { ProfileForm } from './ProfileForm';
import type { Expert } from './types';
import { useSettled } from './useSettled';

const columns = ['name', 'specialty', 'site', 'accepting', 'load', 'hours', 'introduction'] as const;

/** Who may be asked: by specialty, name, hospital. One's own line is one's own to change; a coordinator changes those of their hospital. */
export function ExpertsPage() {
  const { t } = useTranslation('consult');
  const me = useSession((session) => session.me);
  const [specialty, setSpecialty] = useState('');
  const [accepting, setAccepting] = useState(false);
  const [text, setText] = useState('');
  const [editing, setEditing] = useState<string | null>(null);
  const q = useSettled(text);
  const box = useRef<HTMLInputElement>(null);
  const list = useInfiniteQuery({
    queryKey: [...keysOf.experts, 'pages', specialty, q, accepting],
    queryFn: ({ pageParam, signal }) =>
      calls.experts({ specialty, q, accepting: accepting || undefined, cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
  useTitle(t('experts.title'));
  useKeys('consult', [{ keys: '/', label: 'consult:keys.search', run: () => box.current?.select() }]);
  const mine = me?.person.id ?? '';
  const isExpert = me?.roles.some(({ role }) => role === 'expert') ?? false;
  const own = useQuery({
    queryKey: [...keysOf.experts, 'own'],
    queryFn: ({ signal }) => calls.experts({ limit: 1000 }, signal),
    enabled: isExpert,
  });
  const unknown = isExpert && own.isSuccess && !own.data.items.some(({ person_id: id }) => id === mine);
  const governs = new Set(
    me?.roles
      .filter(({ role }) => role === 'coordinator' || role === 'administrator')
      .map((one) => one.site_id),
  );
  const may = (one: Expert) => one.person_id === mine || governs.has(one.site.id);
  const missing = useQuery({
    queryKey: [...keysOf.experts, 'unlisted'],
    queryFn: ({ signal }) => calls.unlisted(signal),
    enabled: governs.size > 0,
  });
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const known = [...rows, ...(own.data?.items ?? [])];
  const edited = known.find(({ person_id: id }) => id === editing) ?? null;
  const fresh = missing.data?.items.find(({ id }) => id === editing);
  return (
    <Sheet
      title={t('experts.title')}
      hint={list.data ? t('experts.hint', { n: list.data.pages[0]?.total ?? 0 }) : ''}
    >
      {unknown && editing !== mine && (
        <p className={styles.prompt} role="status">
          {t('experts.unknown')}
          <Button tone="next" onClick={() => setEditing(mine)}>
            {t('experts.introduce')}
          </Button>
        </p>
      )}
      {editing && (
        <ProfileForm
          key={editing}
          person={editing}
          self={editing === mine}
          expert={edited}
          name={fresh?.name ?? ''}
          onDone={() => setEditing(null)}
        />
      )}
      <div className={styles.tools}>
        <SpecialtyField
          value={specialty}
          label={t('experts.specialty')}
          none={t('experts.anySpecialty')}
          onChange={setSpecialty}
        />
        <label className={styles.check}>
          <input
            type="checkbox"
            checked={accepting}
            onChange={(event) => setAccepting(event.target.checked)}
          />
          {t('experts.onlyAccepting')}
        </label>
        {(missing.data?.items.length ?? 0) > 0 && (
          <select
            className={styles.add}
            aria-label={t('experts.add')}
            value=""
            onChange={(event) => setEditing(event.target.value || null)}
          >
            <option value="">{t('experts.add')}</option>
            {missing.data?.items.map((one) => (
              <option key={one.id} value={one.id}>
                {[one.name, t(`ui:title.${one.title}`), one.site?.name].filter(Boolean).join(' · ')}
              </option>
            ))}
          </select>
        )}
        <SearchBox box={box} value={text} onValue={setText} placeholder={t('experts.search')} />
      </div>
      {list.isPending && <SkeletonRows rows={8} />}
      {list.isError && <Trouble error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && rows.length === 0 && (
        <Empty icon="person" title={t(q || specialty || accepting ? 'experts.none' : 'experts.empty')}>
          {t('experts.emptyHint')}
        </Empty>
      )}
      {rows.length > 0 && (
        <div className={styles.frame}>
          <table className={styles.table}>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {t(`experts.column.${column}`)}
                  </th>
                ))}
                <th />
              </tr>
            </thead>
            <tbody>
              {rows.map((one) => (
                <Row
                  key={one.person_id}
                  one={one}
                  onEdit={may(one) ? () => setEditing(one.person_id) : null}
                />
              ))}
            </tbody>
          </table>
          {list.hasNextPage && (
            <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t('experts.more')}
            </Button>
          )}
        </div>
      )}
    </Sheet>
  );
}

function Row({ one, onEdit }: { one: Expert; onEdit: (() => void) | null }) {
  const { t } = useTranslation('consult');
  return (
    <tr data-away={!one.accepting || undefined}>
      <td>
        <b>{one.name}</b> <span className={styles.dim}>{t(`ui:title.${one.title}`)}</span>
      </td>
      <td>{t(`specialty.${one.specialty}`)}</td>
      <td>{one.site.name}</td>
      <td>
        <Availability expert={one} />
      </td>
      <td>
        <Load expert={one} />
      </td>
      <td className={styles.hours}>{hoursWords(one.hours, (day) => t(`day.${day}`)) || t('hours.any')}</td>
      <td className={styles.intro} title={one.introduction}>
        {one.introduction}
      </td>
      <td>{onEdit && <Button onClick={onEdit}>{t('experts.edit')}</Button>}</td>
    </tr>
  );
}

import { keepPreviousData, useQuery } from '@tanstack/react-query';
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
  const list = useQuery({
    queryKey: [...keysOf.experts, specialty, q, accepting],
    queryFn: ({ signal }) => calls.experts({ specialty, q, accepting: accepting || undefined }, signal),
    placeholderData: keepPreviousData,
  });
  const all = useQuery({
    queryKey: [...keysOf.experts, '', '', false],
    queryFn: ({ signal }) => calls.experts({}, signal),
  });
  useTitle(t('experts.title'));
  useKeys('consult', [{ keys: '/', label: 'consult:keys.search', run: () => box.current?.select() }]);
  const mine = me?.person.id ?? '';
  const isExpert = me?.roles.some(({ role }) => role === 'expert') ?? false;
  const unknown = isExpert && all.isSuccess && !all.data.items.some(({ person_id: id }) => id === mine);
  const governs = new Set(
    me?.roles
      .filter(({ role }) => role === 'coordinator' || role === 'administrator')
      .map((one) => one.site_id),
  );
  const may = (one: Expert) => one.person_id === mine || governs.has(one.site.id);
  const rows = list.data?.items ?? [];
  const edited = all.data?.items.find(({ person_id: id }) => id === editing) ?? null;
  return (
    <Sheet title={t('experts.title')} hint={t('experts.hint', { n: rows.length })}>
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

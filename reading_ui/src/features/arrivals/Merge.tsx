import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dateOf } from '@/lib/time';
import { useSettled } from '@/lib/useSettled';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/icons';
import { useSexWord } from '@/ui/person';
import { sayProblem } from '@/ui/problemText';
import { Empty, SkeletonRows, Trouble } from '@/ui/States';
import { toast } from '@/ui/toast';
import styles from './arrivals.module.css';
import * as calls from './calls';
import own from './conflicts.module.css';
import { contradicting } from './lines';
import { Reason } from './Reason';

/** Two patient numbers that are one person: search, tick two, say which stays and why. */
export function Merge() {
  const { t } = useTranslation('arrivals');
  const cache = useQueryClient();
  const [typed, setTyped] = useState('');
  const [picked, setPicked] = useState<calls.Person[]>([]);
  const [asking, setAsking] = useState(false);
  const words = useSettled(typed.trim(), 300);
  const list = useQuery({
    queryKey: calls.keys.people(words),
    queryFn: () => calls.people(words),
    enabled: words !== '',
  });
  const [gone, kept] = picked;
  const merge = useMutation({
    mutationFn: (reason: string) => calls.merge(gone?.id ?? '', kept?.id ?? '', reason),
    onSuccess: () => {
      setAsking(false);
      setPicked([]);
      toast(t('merge.done'));
    },
    onError: sayProblem,
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ['people'] });
      void cache.invalidateQueries({ queryKey: calls.keys.decisions });
    },
  });
  const pick = (person: calls.Person) =>
    setPicked((held) =>
      held.some(({ id }) => id === person.id)
        ? held.filter(({ id }) => id !== person.id)
        : [...held, person].slice(-2),
    );
  const items = list.data?.items ?? [];
  return (
    <>
      <div className={own.search}>
        <input
          type="search"
          aria-label={t('merge.search')}
          placeholder={t('merge.search')}
          value={typed}
          maxLength={64}
          onChange={(event) => setTyped(event.target.value)}
        />
        <span className={styles.dim}>{t('merge.hint')}</span>
      </div>
      {words === '' && (
        <Empty icon="search" title={t('merge.begin')}>
          {t('merge.effect')}
        </Empty>
      )}
      {list.isLoading && <SkeletonRows />}
      {list.isError && <Trouble error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && items.length === 0 && <Empty icon="person" title={t('merge.empty')} />}
      <ul className={styles.list}>
        {items.map((item) => (
          <PersonLine
            key={item.id}
            item={item}
            chosen={picked.some(({ id }) => id === item.id)}
            onPick={() => pick(item)}
          />
        ))}
      </ul>
      {gone && kept && (
        <div className={own.merging}>
          <p>{t('merge.question', { gone: numberOf(gone), kept: numberOf(kept) })}</p>
          <Unlike gone={gone} kept={kept} />
          <p className={styles.dim}>{t('merge.effect')}</p>
          {asking ? (
            <Reason
              verb={t('verb.merge')}
              example="merge"
              busy={merge.isPending}
              onGive={(reason) => merge.mutate(reason)}
              onClose={() => setAsking(false)}
            />
          ) : (
            <div className={own.verbs}>
              <Button tone="next" onClick={() => setAsking(true)}>
                {t('verb.merge')}
              </Button>
              <Button onClick={() => setPicked([kept, gone])}>{t('merge.turn')}</Button>
            </div>
          )}
        </div>
      )}
    </>
  );
}

/** Two people of one name are common; of two sexes or birth dates it is rarely one. */
function Unlike({ gone, kept }: { gone: calls.Person; kept: calls.Person }) {
  const { t, i18n } = useTranslation('arrivals');
  const found = contradicting(gone, kept);
  if (found.length === 0) return null;
  return (
    <p className={own.warning} role="alert">
      <Icon name="alarm" size={14} />{' '}
      {t('merge.unlike', {
        what: new Intl.ListFormat(i18n.language).format(found.map((key) => t(`line.${key}`).toLowerCase())),
      })}
    </p>
  );
}

const numberOf = (person: calls.Person): string => `${person.name} ${person.patient_id} @ ${person.issuer}`;

function PersonLine({ item, chosen, onPick }: { item: calls.Person; chosen: boolean; onPick: () => void }) {
  const { t } = useTranslation('arrivals');
  const sexWord = useSexWord();
  return (
    <li className={own.person}>
      <label className={styles.head}>
        <input type="checkbox" checked={chosen} disabled={!item.may_merge} onChange={onPick} />
        <strong>{item.name}</strong>
        <span>
          {[sexWord(item.sex), dateOf(item.birth_date), `${item.patient_id || '—'} @ ${item.issuer}`]
            .filter(Boolean)
            .join(' · ')}
        </span>
        <span className={styles.dim}>
          {t('merge.studies', { count: item.studies })}
          {item.merged.length > 0 && ` · ${t('merge.merged', { numbers: item.merged.join('、') })}`}
          {!item.may_merge && ` · ${t('merge.mayNot')}`}
        </span>
      </label>
    </li>
  );
}

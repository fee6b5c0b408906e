import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { keysOf } from '@/api/queries';
import { Tag } from '@/ui/Band';
import { Button } from '@/ui/Button';
import { sayProblem } from '@/ui/problemText';
import { Empty, SkeletonRows, Trouble } from '@/ui/States';
import { Time } from '@/ui/Time';
import { toast } from '@/ui/toast';
import styles from './arrivals.module.css';
import * as calls from './calls';
import { Reason } from './Reason';

/** What was decided, by whom and why; each decision can be taken back. */
export function Decisions() {
  const { t } = useTranslation('arrivals');
  const list = useQuery({ queryKey: calls.keys.decisions, queryFn: calls.decisions });
  const items = list.data?.items ?? [];
  return (
    <>
      {list.isPending && <SkeletonRows />}
      {list.isError && <Trouble error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && items.length === 0 && <Empty icon="check" title={t('decision.empty')} />}
      <ul className={styles.list}>
        {items.map((item) => (
          <DecisionItem key={item.id} item={item} />
        ))}
      </ul>
    </>
  );
}

function DecisionItem({ item }: { item: calls.Decision }) {
  const { t } = useTranslation('arrivals');
  const cache = useQueryClient();
  const [asking, setAsking] = useState(false);
  const undo = useMutation({
    mutationFn: (reason: string) => calls.undo(item.id, reason),
    onSuccess: () => {
      setAsking(false);
      toast(t('decision.undone'));
    },
    onError: sayProblem,
    onSettled: () => {
      for (const key of [calls.keys.conflicts, calls.keys.decisions, keysOf.arrivals])
        void cache.invalidateQueries({ queryKey: key });
    },
  });
  return (
    <li className={styles.item} data-testid="decision">
      <div className={styles.head}>
        <Tag band={item.undoable ? 'blue' : 'grey'} icon={item.undoable ? 'check' : 'refresh'}>
          {t(item.undoable ? 'decision.stands' : 'decision.takenBack')}
        </Tag>
        <strong>{t(`verb.${item.verb}`)}</strong>
        {item.patient && <span>{item.patient}</span>}
        <span className={styles.dim}>
          <Time at={item.at} />
          {['', item.site, item.by, item.objects > 0 && t('conflict.objects', { count: item.objects })]
            .filter((part) => part !== false)
            .join(' · ')}
        </span>
        {item.study_id && <Link to={`/studies/${item.study_id}`}>{t('study')}</Link>}
        {item.undoable && !asking && (
          <Button className={styles.act} onClick={() => setAsking(true)}>
            {t('decision.undo')}
          </Button>
        )}
      </div>
      {item.gone && (
        <p className={styles.detail}>{t('decision.numbers', { gone: item.gone, kept: item.kept ?? '' })}</p>
      )}
      <p className={styles.detail}>{t('decision.reason', { reason: item.reason })}</p>
      {item.undone_by && (
        <p className={styles.detail}>
          {t('decision.undoneBy', { name: item.undone_by, reason: item.undone_reason ?? '' })}
        </p>
      )}
      {asking && (
        <Reason
          verb={t('decision.undo')}
          example="undo"
          busy={undo.isPending}
          onGive={(reason) => undo.mutate(reason)}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  );
}

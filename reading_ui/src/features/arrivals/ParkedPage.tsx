import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import * as calls from '@/api/calls';
import { keysOf } from '@/api/queries';
import { pollEvery, useConnection } from '@/live';
import { Tag } from '@/ui/Band';
import { Button } from '@/ui/Button';
import { Freshness } from '@/ui/Freshness';
import { sayProblem } from '@/ui/problemText';
import { Sheet } from '@/ui/Sheet';
import { Empty, SkeletonRows, Trouble } from '@/ui/States';
import { Time } from '@/ui/Time';
import { useTitle } from '@/ui/title';
import { toast } from '@/ui/toast';
import styles from './arrivals.module.css';

/** Jobs that gave up after their tries: what failed, for which study, and another try. */
export function ParkedPage() {
  const { t } = useTranslation('arrivals');
  const cache = useQueryClient();
  const line = useConnection((connection) => connection.state);
  const list = useQuery({ queryKey: keysOf.parked, queryFn: calls.parked, refetchInterval: pollEvery(line) });
  const retry = useMutation({
    mutationFn: calls.retryParked,
    onSuccess: () => toast(t('parked.retried')),
    onError: sayProblem,
    onSettled: () => void cache.invalidateQueries({ queryKey: keysOf.parked }),
  });
  const why = (code: string) =>
    t([`study:problem.${code}`, `api:${code}`, `parked.reason.${code}`, 'parked.reason.job.failed'], {
      code,
      count: '',
    });
  const items = list.data?.items ?? [];
  useTitle(t('parked.title'), items.length);
  return (
    <Sheet
      title={t('parked.title')}
      hint={t('parked.hint')}
      tools={<Freshness at={list.dataUpdatedAt} line={line} />}
    >
      {list.isPending && <SkeletonRows />}
      {list.isError && <Trouble error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && items.length === 0 && <Empty icon="check" title={t('parked.empty')} />}
      <ul className={styles.list}>
        {items.map((item) => (
          <li key={item.id} className={styles.item}>
            <div className={styles.head}>
              <Tag band="red" icon="alarm">
                {t('parked.state')}
              </Tag>
              <strong>{t(`job.${item.job}`, { defaultValue: item.job })}</strong>
              <span className={styles.dim}>
                <Time at={item.at} /> · {t('parked.tries', { n: item.tries })}
              </span>
              {item.study_id && <Link to={`/studies/${item.study_id}`}>{t('parked.study')}</Link>}
              <Button
                className={styles.act}
                icon="refresh"
                busy={retry.isPending}
                onClick={() => retry.mutate(item.id)}
              >
                {t('parked.retry')}
              </Button>
            </div>
            <details className={styles.detail}>
              <summary>{why(item.error_code)}</summary>
              <pre className={styles.trace}>{item.error}</pre>
            </details>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Tag } from '@/ui/Band';
import { Button } from '@/ui/Button';
import { sayProblem } from '@/ui/problemText';
import { Sheet } from '@/ui/Sheet';
import { Empty, SkeletonRows, Trouble } from '@/ui/States';
import { Time } from '@/ui/Time';
import { useTitle } from '@/ui/title';
import { toast } from '@/ui/toast';
import styles from './arrivals.module.css';
import * as calls from './calls';
import { Reason } from './Reason';

const SAFETY = new Set(['113037', '113038']);

/** Images that are kept and shown to nobody: why, since when, by which note; and the way back for who may. */
export function RejectedPage() {
  const { t } = useTranslation('arrivals');
  const list = useQuery({ queryKey: calls.keys.rejections, queryFn: calls.rejections });
  const items = list.data?.items ?? [];
  useTitle(t('rejected.title'));
  return (
    <Sheet title={t('rejected.title')} hint={t('rejected.hint')}>
      {list.isPending && <SkeletonRows />}
      {list.isError && <Trouble error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && items.length === 0 && <Empty icon="check" title={t('rejected.empty')} />}
      <ul className={styles.list}>
        {items.map((item) => (
          <RejectedItem key={`${item.study_id} ${item.code} ${item.note_sop_uid} ${item.by}`} item={item} />
        ))}
      </ul>
    </Sheet>
  );
}

function RejectedItem({ item }: { item: calls.Rejected }) {
  const { t } = useTranslation('arrivals');
  const cache = useQueryClient();
  const [asking, setAsking] = useState(false);
  const lift = useMutation({
    mutationFn: (reason: string) => calls.lift(item.study_id, item.code, reason),
    onSuccess: () => {
      setAsking(false);
      toast(t('rejected.lifted'));
    },
    onError: sayProblem,
    onSettled: () => void cache.invalidateQueries({ queryKey: calls.keys.rejections }),
  });
  return (
    <li className={styles.item} data-testid="rejected">
      <div className={styles.head}>
        <Tag band={SAFETY.has(item.code) ? 'red' : 'grey'} icon={SAFETY.has(item.code) ? 'alarm' : 'close'}>
          {t(`rejected.code.${item.code}`)}
        </Tag>
        <strong>{item.name ? `${item.name} ${item.patient_id}` : item.study_uid}</strong>
        <span className={styles.dim}>
          <Time at={item.at} /> ·{' '}
          {[item.site, item.by, t('conflict.objects', { count: item.objects })].filter(Boolean).join(' · ')}
        </span>
        {item.name && <Link to={`/studies/${item.study_id}`}>{t('study')}</Link>}
        {item.liftable && !asking && (
          <Button className={styles.act} onClick={() => setAsking(true)}>
            {t('rejected.lift')}
          </Button>
        )}
      </div>
      {item.note_sop_uid && <p className={styles.uid}>{t('rejected.note', { uid: item.note_sop_uid })}</p>}
      {asking && (
        <Reason
          verb={t('rejected.lift')}
          hint={t('rejected.liftHint')}
          example="lift"
          busy={lift.isPending}
          onGive={(reason) => lift.mutate(reason)}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  );
}

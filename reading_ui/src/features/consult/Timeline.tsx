import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { keysOf } from '@/api/queries';
import type { FactView } from '@/api/types';
import { FactList } from '@/ui/facts/FactList';
import { SkeletonRows, Trouble } from '@/ui/States';
import * as calls from './calls';
import styles from './page.module.css';
import type { Consultation } from './types';

const about = (view: Consultation) => (fact: FactView) =>
  fact.subject_id === view.id ||
  fact.subject_id === view.room_id ||
  fact.subject_id === view.paper_id ||
  fact.details.subject_id === view.id;

/** Everything that happened to this consultation, with who, where and when. */
export function Timeline({ view }: { view: Consultation }) {
  const { t } = useTranslation('consult');
  const found = useQuery({
    queryKey: [...keysOf.consultationTimeline(view.id), view.version],
    queryFn: ({ signal }) => calls.timeline(view.case_id, signal),
    placeholderData: (before) => before,
  });
  const facts = found.data?.items.filter(about(view)) ?? [];
  return (
    <section className={styles.card}>
      <h2>{t('timeline', { n: facts.length })}</h2>
      {found.isPending && <SkeletonRows rows={4} />}
      {found.isError && <Trouble error={found.error} onRetry={() => void found.refetch()} />}
      <FactList facts={facts} />
    </section>
  );
}

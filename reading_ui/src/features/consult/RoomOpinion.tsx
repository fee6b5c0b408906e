import { SkeletonRows, Trouble } from '@/ui/States';
import { StudyKnown } from '@/ui/StudyKnown';
import { OpinionBody } from './OpinionCard';
import styles from './page.module.css';
import { useConsultation } from './useConsultation';

/** The opinion beside the pictures of a room: the same form as on the consultation's own page. */
export function RoomOpinion({ consultationId }: { consultationId: string }) {
  const found = useConsultation(consultationId);
  if (found.data) {
    return (
      <div className={styles.inRoom}>
        {found.data.studies.map((study) => (
          <StudyKnown key={study.study_id} studyId={study.study_id} />
        ))}
        <OpinionBody view={found.data} />
      </div>
    );
  }
  if (found.isError) return <Trouble error={found.error} onRetry={() => void found.refetch()} />;
  return <SkeletonRows rows={4} />;
}

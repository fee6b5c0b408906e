import { StudyCases } from '@/features/cases';
import { StudyCriticals } from '@/features/critical';
import { ProposeFromStudy } from '@/features/meeting';
import { StudyPage } from '@/features/study';

/** A study with its critical findings and its cases: the application seats them, they do not know each other. */
export function StudyRoute() {
  return (
    <StudyPage
      extra={(study) => (
        <>
          <StudyCriticals study={study} />
          <StudyCases study={study} />
          <ProposeFromStudy study={study} />
        </>
      )}
    />
  );
}

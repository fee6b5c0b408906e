import { StudyCases } from '@/features/cases';
import { StudyCriticals } from '@/features/critical';
import { ProposeFromStudy } from '@/features/meeting';
import { OrderAsked } from '@/features/orders';
import { StudyPage } from '@/features/study';

/** A study with what was asked, its critical findings and its cases: the application seats them, they do not know each other. */
export function StudyRoute() {
  return (
    <StudyPage
      extra={(study) => (
        <>
          <OrderAsked study={study} card />
          <StudyCriticals study={study} />
          <StudyCases study={study} />
          <ProposeFromStudy study={study} />
        </>
      )}
    />
  );
}

import { RaiseCritical, ReportFlags, StudyCriticals } from '@/features/critical';
import { ProposeFromStudy } from '@/features/meeting';
import { OrderAsked } from '@/features/orders';
import { ReadingPage } from '@/features/reading';
import { ReportPane } from '@/features/report';

/** Images left, words right, critical findings above and below: the application seats them, they do not know each other. */
export function ReadingRoute() {
  return (
    <ReadingPage
      extra={(study) => (
        <>
          <RaiseCritical study={study} />
          <ProposeFromStudy study={study} />
        </>
      )}
      below={(study) => (
        <>
          <OrderAsked study={study} />
          <StudyCriticals study={study} />
        </>
      )}
      words={(slot) => (
        <ReportPane {...slot} flags={(about) => <ReportFlags study={slot.study} {...about} />} />
      )}
    />
  );
}

import { ReadingPage } from '@/features/reading';
import { ReportPane } from '@/features/report';

/** Images left, words right: the application seats both, they do not know each other. */
export function ReadingRoute() {
  return <ReadingPage words={(slot) => <ReportPane {...slot} />} />;
}

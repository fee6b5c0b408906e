import { ReadingPage } from '@/features/reading';
import { ReportPane } from '@/features/report';

/** Pictures and words side by side. Features do not know each other; the application puts them together. */
export default function ReadingDesk() {
  return <ReadingPage words={(slot) => <ReportPane {...slot} />} />;
}

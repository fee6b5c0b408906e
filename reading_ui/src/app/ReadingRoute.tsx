import { ReadingPage } from '@/features/reading';

/** Images left, words right: the application seats both, they do not know each other. */
export function ReadingRoute() {
  return <ReadingPage words={() => null} />;
}

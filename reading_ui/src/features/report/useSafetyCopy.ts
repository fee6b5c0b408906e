import { useEffect, useState } from 'react';
import type { ReportView } from '@/api/types';
import { dropCopy, findCopy, type SafetyCopy, sweepCopies } from './safetyCopy';
import { type Sections, sectionsOf } from './sections';

/** The copy that was left on this machine before this page opened; looked for once. */
export function useSafetyCopy(report: ReportView, personId: string) {
  const [found, setFound] = useState<SafetyCopy | null>(() =>
    findCopy(report.id, personId, sectionsOf(report), Date.now()),
  );
  useEffect(() => sweepCopies(Date.now()), []);
  return {
    found,
    take(): Sections {
      setFound(null);
      return found?.text ?? sectionsOf(report);
    },
    discard(): void {
      dropCopy(report.id, personId);
      setFound(null);
    },
  };
}

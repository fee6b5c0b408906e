import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ReportView } from '@/api/types';
import { toast } from '@/ui/toast';
import { submit } from './calls';
import { problemWords } from './problemWords';
import type { ReportSlot } from './slot';
import type { Saver } from './useAutosave';
import { useTakeReport } from './useReport';

/** Saves what is unsaved, then hands the report in. Ctrl+Enter twice does it once. */
export function useSubmit(report: ReportView, saver: Saver, slot: ReportSlot) {
  const { t } = useTranslation('report');
  const [busy, setBusy] = useState(false);
  const take = useTakeReport(slot.study.study.id);
  const run = async () => {
    if (busy) return;
    setBusy(true);
    try {
      const version = await saver.flush();
      if (version === null) return;
      take(await submit(report.id, version));
      const action = slot.onNext ? { label: t('next'), run: slot.onNext } : undefined;
      toast(t('submitted'), { action });
    } catch (error) {
      toast(problemWords(error), { tone: 'problem' });
    } finally {
      setBusy(false);
    }
  };
  return { busy, run };
}

import { useTranslation } from 'react-i18next';
import type { Critical } from '@/api/types';
import { Time } from '@/ui/Time';
import styles from './critical.module.css';

interface Step {
  word: string;
  at: string | null;
  by?: string;
  said?: string | null;
}

/** The loop so far: raised, told, read back, acted on, closed; each with who and when. */
export function Loop({ one }: { one: Critical }) {
  const { t } = useTranslation('critical');
  const coded = (kind: 'action' | 'outcome', code: string | null, text: string | null) =>
    [code && t(`${kind}.${code}`), text].filter(Boolean).join(' · ');
  const steps: Step[] = [
    { word: t('step.raised'), at: one.raised_at, by: `${one.raised_by.name} @ ${one.reading_site.name}` },
    { word: t('step.notified'), at: one.notified_at },
    {
      word: t('step.acknowledged'),
      at: one.acknowledged_at,
      by: one.acknowledged_by?.name,
      said: one.read_back,
    },
    {
      word: t('step.acted'),
      at: one.acted_at,
      by: one.acted_by?.name,
      said: coded('action', one.action, one.action_text),
    },
    {
      word: t('step.closed'),
      at: one.closed_at,
      by: one.closed_by?.name,
      said: coded('outcome', one.outcome, one.outcome_text),
    },
    { word: t('step.withdrawn'), at: one.withdrawn_at, said: one.withdrawn_reason },
  ];
  return (
    <ol className={styles.loop}>
      {steps
        .filter((step) => step.at)
        .map((step) => (
          <li key={step.word}>
            <span className={styles.stepWord}>{step.word}</span>
            <Time at={step.at} />
            <span>{[step.by, step.said].filter(Boolean).join(' · ')}</span>
          </li>
        ))}
    </ol>
  );
}

import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '@/api/problem';
import { Button } from '@/ui/Button';
import { problemText } from '@/ui/problemText';
import styles from './orders.module.css';

interface Props {
  problem: Problem;
  unlike: boolean;
  onOrder: ((id: string) => void) | undefined;
}

/** What was wrong, scrolled to where it is seen; where another order has the study or the number already, the way to that order. */
export function Refusal({ problem, unlike, onOrder }: Props) {
  const { t, i18n } = useTranslation('orders');
  const line = useRef<HTMLParagraphElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each refusal is shown anew
  useEffect(() => {
    line.current?.scrollIntoView({ block: 'nearest' }); // its promise (newer browsers) is no clean-up
  }, [problem]);
  const other = String(problem.params.order_id ?? '');
  const asks = unlike && problem.code === 'order.reason_needed';
  const named = String(problem.params.field ?? '');
  const field = named === 'patient_number' ? 'patient_id' : named;
  const words = asks ? t('from.reason') : problemText(problem);
  const name = field !== '' && i18n.exists(`orders:field.${field}`) ? t(`field.${field}`) : '';
  const unsaid = name !== '' && !words.toLowerCase().includes(name.toLowerCase());
  return (
    <p className={styles.problem} role="alert" ref={line}>
      {unsaid && t('ofField', { field: name })}
      {words}{' '}
      {other && onOrder && (
        <Button onClick={() => onOrder(other)}>
          {t('from.open', { accession: String(problem.params.accession ?? '') })}
        </Button>
      )}
    </p>
  );
}

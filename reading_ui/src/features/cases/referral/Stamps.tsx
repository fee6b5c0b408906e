import { useTranslation } from 'react-i18next';
import { Icon } from '@/ui/icons';
import { Time } from '@/ui/Time';
import type { ReferralView } from '../types';
import styles from './page.module.css';

/** The way of the patient with its times: what has happened is stamped, what is to come is pale. */
export function Stamps({ view }: { view: ReferralView }) {
  const { t } = useTranslation('cases');
  const steps: ReadonlyArray<[string, string | null]> = [
    ['created', view.created_at],
    ['submitted', view.submitted_at],
    ['accepted', view.accepted_at],
    ...(view.direction === 'up' || view.departed_at ? [['departed', view.departed_at] as const] : []),
    ['arrived', view.arrived_at],
    ['completed', view.completed_at],
    ['closed', view.closed_at],
  ].map(([name, at]) => [name ?? '', at ?? null]);
  return (
    <ol className={styles.stamps} data-testid="stamps">
      {steps.map(([name, at]) => (
        <li key={name} data-done={at ? '' : undefined} data-step={name}>
          <Icon name={at ? 'check' : 'dot'} size={13} />
          <span>{t(`referral.step.${name}`)}</span>
          <Time at={at} />
        </li>
      ))}
    </ol>
  );
}

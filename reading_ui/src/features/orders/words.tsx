import { useTranslation } from 'react-i18next';
import type { Priority } from '@/api/types';
import { dateOf } from '@/lib/time';
import { Tag } from '@/ui/Band';
import { useSexWord } from '@/ui/person';
import styles from './orders.module.css';
import type { OrderItem } from './types';

/** How urgent: the colour only where it means hurry. */
export function PriorityTag({ priority }: { priority: Priority }) {
  const { t } = useTranslation('orders');
  const band = ({ STAT: 'red', URGENT: 'yellow', ROUTINE: 'plain' } as const)[priority];
  return (
    <Tag band={band} icon={priority === 'STAT' ? 'alarm' : undefined}>
      {t(`priority.${priority}`)}
    </Tag>
  );
}

const bands = {
  scheduled: 'blue',
  in_progress: 'accent',
  completed: 'plain',
  discontinued: 'yellow',
  cancelled: 'grey',
} as const;

/** How far the examination is, and whether its images are missing. */
export function StateTag({ order }: { order: Pick<OrderItem, 'state' | 'late'> }) {
  const { t } = useTranslation('orders');
  const band = bands[order.state as keyof typeof bands] ?? 'plain';
  return order.late ? (
    <Tag band="red" icon="alarm">
      {t('state.late')}
    </Tag>
  ) : (
    <Tag band={band}>{t(`state.${order.state}`)}</Tag>
  );
}

interface Whose {
  name: string;
  sex: string;
  birth_date: string;
  patient_id: string;
}

/** The patient as they must be told apart: name, sex, date of birth, number at the hospital. */
export function Person({ of }: { of: Whose }) {
  const { t } = useTranslation('ui');
  const sexWord = useSexWord();
  return (
    <span className={styles.person}>
      <strong>{of.name || t('identity.nameless')}</strong>
      <span>{sexWord(of.sex)}</span>
      {of.birth_date && <span>{dateOf(of.birth_date)}</span>}
      <span className={styles.id}>{of.patient_id}</span>
    </span>
  );
}

/** In what two agree and contradict, each as a word with a sign: never a colour alone. */
export function Likeness({ agrees, differs }: { agrees: string[]; differs: string[] }) {
  const { t } = useTranslation('orders');
  return (
    <span className={styles.likeness}>
      {differs.map((name) => (
        <span key={name} className={styles.differs}>
          ≠ {t(`feature.${name}`)}
        </span>
      ))}
      {agrees.map((name) => (
        <span key={name} className={styles.agrees}>
          = {t(`feature.${name}`)}
        </span>
      ))}
    </span>
  );
}

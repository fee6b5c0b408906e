import { useTranslation } from 'react-i18next';
import { cx } from '@/lib/cx';
import { Tag } from '@/ui/Band';
import { DueClock } from '@/ui/DueClock';
import { Time } from '@/ui/Time';
import type { FollowUp } from '../types';
import { EndForm } from './EndForm';
import styles from './followups.module.css';

/** One thing to do: by when, what, whose, and how it ended. */
export function FollowUpItem({ one, live }: { one: FollowUp; live: boolean }) {
  const { t } = useTranslation('cases');
  const owner = [one.owner_site.name, one.owner?.name].filter(Boolean).join(' · ');
  return (
    <li className={styles.item}>
      <p className={styles.line}>
        <strong className={cx(one.state !== 'planned' && styles.over)}>{one.text}</strong>
        {live && one.state !== 'planned' && (
          <Tag band="grey" icon={one.state === 'done' ? 'check' : undefined}>
            {t(`followUp.state.${one.state}`)}
          </Tag>
        )}
      </p>
      <p className={styles.line}>
        <span className={styles.dim}>{owner}</span>
        {live && one.state === 'planned' && one.due_at && (
          <DueClock dueAt={one.due_at} startedAt={null} band={one.band} />
        )}
        {live && one.done_at && (
          <span className={styles.dim}>
            <Time at={one.done_at} /> {one.done_by?.name}
          </span>
        )}
      </p>
      {live && one.reason && <p className={styles.dim}>{one.reason}</p>}
      {live && one.verbs.length > 0 && <EndForm one={one} />}
    </li>
  );
}

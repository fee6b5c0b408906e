import { useTranslation } from 'react-i18next';
import type { StudyView } from '@/api/types';
import { cx } from '@/lib/cx';
import { Button } from '@/ui/Button';
import { DueClock } from '@/ui/DueClock';
import { Icon } from '@/ui/icons';
import styles from './reading.module.css';
import type { Lease } from './useLease';

interface Props {
  study: StudyView;
  lease: Lease;
  onRelease: () => void;
  onReturn: () => void;
  onNext: (() => void) | null;
  onHelp: () => void;
}

/** The right end of the identity strip: the clock, who reads, and the ways out. */
export function HeaderActions({ study, lease, onRelease, onReturn, onNext, onHelp }: Props) {
  const { t } = useTranslation('reading');
  const { task } = study;
  const may = (verb: string) => task?.verbs.includes(verb) === true;
  const open = task !== null && !['verified', 'cancelled'].includes(task.state);
  return (
    <>
      {task && open && (
        <DueClock dueAt={task.due_at} startedAt={task.opened_at} band={task.band} paused={task.paused} />
      )}
      <Reader lease={lease} />
      {lease.standing.kind === 'free' && (
        <Button icon="lock" keys="c" busy={lease.busy} onClick={() => void lease.act('claim')}>
          {t('claim')}
        </Button>
      )}
      {may('return') && <Button onClick={onReturn}>{t('return.title')}</Button>}
      {may('release') && <Button onClick={onRelease}>{t('release.title')}</Button>}
      {onNext && (
        <Button icon="right" keys="n" onClick={onNext}>
          {t('next')}
        </Button>
      )}
      <Button
        tone="bare"
        icon="help"
        aria-label={t('ui:help.show')}
        title={t('ui:help.show')}
        onClick={onHelp}
      />
    </>
  );
}

function Reader({ lease }: { lease: Lease }) {
  const { t } = useTranslation('reading');
  const { standing } = lease;
  if (standing.kind !== 'mine' && standing.kind !== 'other') return null;
  const text = standing.kind === 'mine' ? t('reader.me') : t('reader.other', { name: standing.name });
  return (
    <span className={cx(styles.reader, standing.kind === 'mine' && styles.mine)} data-testid="reader">
      <Icon name="lock" size={13} />
      {text}
    </span>
  );
}

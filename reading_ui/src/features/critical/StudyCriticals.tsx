import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { StudyView } from '@/api/types';
import { cx } from '@/lib/cx';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/icons';
import { CriticalDialog } from './CriticalDialog';
import styles from './critical.module.css';
import { RaiseDialog } from './RaiseDialog';
import { Since } from './Since';
import { bandOf, rings } from './states';
import { useStudyCriticals } from './useCriticals';

/** For the head of a study: its findings with how far each is, and the button that raises one. */
export function StudyCriticals({ study }: { study: StudyView }) {
  const { t } = useTranslation('critical');
  const found = useStudyCriticals(study.study.id).filter((one) => one.state !== 'withdrawn');
  const [raising, setRaising] = useState(false);
  const [open, setOpen] = useState<string | null>(null);
  return (
    <>
      {found.map((one) => (
        <button
          key={one.id}
          type="button"
          className={cx(styles.chip, styles[bandOf(one)])}
          onClick={() => setOpen(one.id)}
          data-testid="critical-chip"
        >
          <Icon name="alarm" size={13} />
          {t(`item.${one.item}`)} · {t(`state.${one.state}`)} {rings(one) && <Since at={one.raised_at} />}
        </button>
      ))}
      {study.verbs.includes('critical.raise') && (
        <Button icon="alarm" onClick={() => setRaising(true)}>
          {t('raise.open')}
        </Button>
      )}
      {raising && <RaiseDialog study={study} onClose={() => setRaising(false)} />}
      {open && <CriticalDialog id={open} onClose={() => setOpen(null)} />}
    </>
  );
}

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

/** The button that raises a finding, for the head of a study; nothing for whoever may not. */
export function RaiseCritical({ study }: { study: StudyView }) {
  const { t } = useTranslation('critical');
  const [raising, setRaising] = useState(false);
  if (!study.verbs.includes('critical.raise')) return null;
  return (
    <>
      <Button icon="alarm" onClick={() => setRaising(true)}>
        {t('raise.open')}
      </Button>
      {raising && <RaiseDialog study={study} onClose={() => setRaising(false)} />}
    </>
  );
}

/** The findings of a study with how far each is: a row of its own, so that the patient's name never gives way. */
export function StudyCriticals({ study }: { study: StudyView }) {
  const { t } = useTranslation('critical');
  const found = useStudyCriticals(study.study.id).filter((one) => one.state !== 'withdrawn');
  const [open, setOpen] = useState<string | null>(null);
  if (found.length === 0) return null;
  return (
    <section className={styles.ofStudy} aria-label={t('title')}>
      {found.map((one) => (
        <button
          key={one.id}
          type="button"
          className={cx(styles.chip, styles[bandOf(one)])}
          onClick={() => setOpen(one.id)}
          data-testid="critical-chip"
        >
          <Icon name="alarm" size={13} />
          {t('title')} {t(`item.${one.item}`)} · {t(`state.${one.state}`)}{' '}
          {rings(one) && <Since at={one.raised_at} />}
        </button>
      ))}
      {open && <CriticalDialog id={open} onClose={() => setOpen(null)} />}
    </section>
  );
}

import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cx } from '@/lib/cx';
import { say } from '@/lib/i18n';
import { fullTime } from '@/lib/time';
import { Button } from '@/ui/Button';
import { sayProblem } from '@/ui/problemText';
import type { Keeping } from './keeping';
import styles from './request.module.css';
import type { Keeper } from './useKeeping';

/** Where the words are right now: `已保存 14:31:08`. */
export function SavedLine({ state }: { state: Keeping<unknown> }) {
  const { t } = useTranslation('consult');
  const { phase, savedAt, code } = state;
  const bad = phase === 'waiting' || phase === 'conflict' || phase === 'refused';
  const words =
    phase === 'saved' && !savedAt
      ? ''
      : t(`kept.${phase}`, {
          at: fullTime(savedAt).slice(11),
          why: code ? say(`api:${code}`, { defaultValue: code }) : '',
        });
  return (
    <span className={cx(styles.saved, bad && styles.bad)} role="status" data-testid="kept" data-phase={phase}>
      {words}
    </span>
  );
}

/** Somebody else wrote in the same form: which words shall stand? */
export function ConflictBox<T>({ keeper }: { keeper: Keeper<T> }) {
  const { t } = useTranslation('consult');
  const [busy, setBusy] = useState(false);
  const decide = async (run: () => Promise<void>) => {
    setBusy(true);
    await run().catch(sayProblem);
    setBusy(false);
  };
  return (
    <section className={styles.conflict} role="alert">
      <p>{t('conflict.what')}</p>
      <span className={styles.buttons}>
        <Button tone="next" busy={busy} onClick={() => void decide(keeper.keepMine)}>
          {t('conflict.mine')}
        </Button>
        <Button busy={busy} onClick={() => void decide(keeper.takeTheirs)}>
          {t('conflict.theirs')}
        </Button>
      </span>
    </section>
  );
}

import { useTranslation } from 'react-i18next';
import { cx } from '@/lib/cx';
import { fullTime } from '@/lib/time';
import type { Autosave } from './autosave';
import { codeWords } from './problemWords';
import styles from './report.module.css';

/** Where the words are right now: `已保存 14:31:08 · v7`. */
export function SavedLine({ state, savedBefore }: { state: Autosave; savedBefore: string | null }) {
  const { t } = useTranslation('report');
  const at = fullTime(state.savedAt ?? savedBefore).slice(11);
  const words: Record<Autosave['phase'], string> = {
    saved: at
      ? t('saved.at', { at, version: state.version })
      : t('saved.version', { version: state.version }),
    dirty: t('saved.dirty'),
    saving: t('saved.saving'),
    waiting: t('saved.waiting'),
    conflict: t('saved.conflict'),
    refused: t('saved.refused', { why: state.code ? codeWords(state.code) : '' }),
  };
  const bad = state.phase === 'waiting' || state.phase === 'conflict' || state.phase === 'refused';
  return (
    <span
      className={cx(styles.saved, bad && styles.bad)}
      role="status"
      data-testid="saved"
      data-phase={state.phase}
    >
      {words[state.phase]}
    </span>
  );
}

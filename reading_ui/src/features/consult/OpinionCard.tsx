import { useTranslation } from 'react-i18next';
import { OpinionEditor } from './OpinionEditor';
import { OpinionText } from './OpinionText';
import styles from './page.module.css';
import type { Consultation } from './types';

const WRITING: ReadonlySet<string> = new Set(['assigned', 'in_session', 'opinion']);

/** The opinion: written by its expert, awaited by all others, and final once it is signed. */
export function OpinionCard({ view }: { view: Consultation }) {
  const { t } = useTranslation('consult');
  const writes = view.verbs.includes('write_opinion');
  if (!writes && !view.signed_at && !WRITING.has(view.state)) return null;
  return (
    <section className={styles.card} aria-label={t('opinion.title')}>
      <h2>{t('opinion.title')}</h2>
      <OpinionBody view={view} />
    </section>
  );
}

export function OpinionBody({ view }: { view: Consultation }) {
  const { t } = useTranslation('consult');
  if (view.signed_at) return <OpinionText view={view} />;
  if (view.verbs.includes('write_opinion')) return <OpinionEditor key={view.id} view={view} />;
  const waits = WRITING.has(view.state);
  return (
    <p className={styles.note}>
      {t(waits ? 'opinion.awaited' : 'opinion.notYet', { name: view.expert?.name ?? '' })}
    </p>
  );
}

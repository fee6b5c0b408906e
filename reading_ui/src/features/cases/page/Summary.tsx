import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { Time } from '@/ui/Time';
import type { CaseThen } from '../timeline/replay';
import type { CaseView } from '../types';
import styles from './CasePage.module.css';
import { SummaryForm } from './SummaryForm';

/** What the case is about; its words can be changed by whoever takes care of it. */
export function Summary({ view, then }: { view: CaseView; then: CaseThen | null }) {
  const { t } = useTranslation('cases');
  const [editing, setEditing] = useState(false);
  const mayEdit = !then && view.verbs.includes('case.edit');
  return (
    <section className={styles.card} data-testid="summary">
      <header className={styles.cardHead}>
        <h2>{view.title}</h2>
        {view.severity !== 'none' && (
          <span className={styles.dim}>
            {t('column.severity')} {t(`severity.${view.severity}`)}
          </span>
        )}
        <span className={styles.dim}>
          {view.opened_by.name} · {view.site.name} <Time at={view.opened_at} />
        </span>
        {mayEdit && !editing && (
          <span className={styles.right}>
            <Button tone="bare" onClick={() => setEditing(true)}>
              {t('edit')}
            </Button>
          </span>
        )}
      </header>
      {editing ? (
        <SummaryForm view={view} onDone={() => setEditing(false)} />
      ) : (
        <p className={view.summary ? styles.words : styles.dim}>{view.summary || t('noSummary')}</p>
      )}
      {then && <p className={styles.note}>{t('replay.words')}</p>}
    </section>
  );
}

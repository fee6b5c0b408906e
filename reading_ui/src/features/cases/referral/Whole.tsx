import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { ReferralView } from '../types';
import styles from './page.module.css';
import { Said } from './Said';
import { Source } from './Source';
import { Stamps } from './Stamps';
import { StudiesAlong } from './StudiesAlong';
import { Verbs } from './Verbs';
import { Words } from './Words';

/** A sent referral: how far, what was written, what the other side said, and the next step. */
export function Whole({ view, extra }: { view: ReferralView; extra: ReactNode }) {
  const { t } = useTranslation('cases');
  return (
    <div className={styles.columns}>
      <div className={styles.main}>
        <Stamps view={view} />
        <Source view={view} />
        <Said view={view} />
        <Words view={view} />
      </div>
      <aside className={styles.side}>
        <Verbs view={view} />
        {extra}
        <StudiesAlong caseId={view.case_id} />
        {(view.turned_from_id || view.turned_to_id) && (
          <section className={styles.card}>
            {view.turned_from_id && (
              <p>
                <Link to={`/referrals/${view.turned_from_id}`}>{t('referral.turnedFrom')}</Link>
              </p>
            )}
            {view.turned_to_id && (
              <p>
                <Link to={`/referrals/${view.turned_to_id}`}>{t('referral.turnedTo')}</Link>
              </p>
            )}
          </section>
        )}
      </aside>
    </div>
  );
}

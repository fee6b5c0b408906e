import { useTranslation } from 'react-i18next';
import type { About } from '../timeline/about';
import { type CaseThen, caseThen, type Matter } from '../timeline/replay';
import type { CaseFact } from '../types';
import styles from './CasePage.module.css';
import { MatterRow } from './MatterRow';
import { isOver, rankOf } from './matters';

interface Props {
  facts: CaseFact[];
  about: About;
  then: CaseThen | null;
}

/** Everything that others were asked about the patient: what it is, how far it is, what clock runs, one link. */
export function Matters({ facts, about, then }: Props) {
  const { t } = useTranslation('cases');
  const shown = (then ?? caseThen(facts)).matters.filter((one) => mayShow(one, about, then !== null));
  const sorted = shown.toSorted((a, b) => rankOf(a) - rankOf(b) || b.at.localeCompare(a.at));
  const open = sorted.filter((one) => !isOver(one)).length;
  return (
    <section className={styles.card} data-testid="matters">
      <header className={styles.cardHead}>
        <h2>{t(then ? 'matters.then' : 'matters.title')}</h2>
        <span className={styles.dim}>{t('matters.count', { open, all: sorted.length })}</span>
      </header>
      {sorted.length === 0 ? (
        <p className={styles.dim}>{t('matters.none')}</p>
      ) : (
        <ul className={styles.rows}>
          {sorted.map((one) => (
            <MatterRow key={`${one.subject}${one.id}`} matter={one} about={about} live={then === null} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** Drafts are their writer's: who may not open one is not told of it. */
const mayShow = (one: Matter, about: About, replaying: boolean): boolean =>
  one.state !== 'draft' || (!replaying && (about.referrals.has(one.id) || about.consultations.has(one.id)));

import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { shownWhenLoaded } from '@/lib/shownWhenLoaded';
import { fullTime } from '@/lib/time';
import { detailOf, iconOf, mood, nameOf } from '@/ui/facts/words';
import { Icon } from '@/ui/icons';
import type { CaseFact } from '../types';
import type { Extra } from './extra';
import { standingOf, whoOf } from './person';
import styles from './timeline.module.css';

interface Props {
  /** One deed, or the same done several times in a row. */
  run: CaseFact[];
  extra: Extra;
  /** The last one of a replay. */
  current?: boolean;
}

/** One step: when, what with its first words, and who of which hospital in which role. */
export function Entry({ run, extra, current = false }: Props) {
  const { t } = useTranslation('facts');
  const [fact] = run;
  if (!fact) return null;
  const detail = run.length > 1 ? t('times', { n: run.length }) : detailOf(telling(fact));
  const standing = standingOf(fact);
  return (
    <li className={styles.entry} data-kind={mood(fact.name)} data-current={current || undefined}>
      <time dateTime={fact.at} title={fullTime(fact.at)}>
        {fullTime(fact.at).slice(11)}
      </time>
      <span className={styles.mark}>
        <Icon name={iconOf(fact.name)} size={14} />
      </span>
      <div className={styles.body}>
        <p>
          <strong>{nameOf(fact)}</strong>
          {detail && <span className={styles.detail}>{detail}</span>}
          {extra.link && (
            <Link className={styles.link} to={extra.link.to}>
              {extra.link.label}
            </Link>
          )}
        </p>
        {extra.text && <p className={styles.text}>{extra.text}</p>}
        {extra.thumbs && extra.thumbs.length > 0 && (
          <span className={styles.thumbs}>
            {extra.thumbs.map((thumb) => (
              <img key={thumb} src={thumb} alt="" loading="lazy" {...shownWhenLoaded} />
            ))}
          </span>
        )}
        <p className={styles.who}>
          <span>{whoOf(fact)}</span>
          {standing && <span>{standing}</span>}
          {fact.site && <span>{fact.site}</span>}
        </p>
      </div>
    </li>
  );
}

/** How urgent a referral is, its sending says once. */
function telling(fact: CaseFact): CaseFact {
  if (fact.subject !== 'referral' || fact.name === 'ReferralSubmitted') return fact;
  const { priority: _said, ...details } = fact.details;
  return { ...fact, details };
}

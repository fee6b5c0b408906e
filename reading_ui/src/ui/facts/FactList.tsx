import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { FactView } from '@/api/types';
import { fullTime } from '@/lib/time';
import { Icon } from '../icons';
import styles from './FactList.module.css';
import { detailOf, iconOf, mood } from './words';

interface Props {
  facts: FactView[];
  /** Where facts of many studies stand together: each leads to its study. */
  linked?: boolean;
}

/** What happened, newest or oldest first as given: when, who, where, what, in words. */
export function FactList({ facts, linked = false }: Props) {
  const { t } = useTranslation('facts');
  const whoSaid = (actor: string | null) =>
    actor === 'anybody' ? t('anybody') : !actor || actor === 'system' ? t('system') : actor;
  return (
    <ol className={styles.list}>
      {facts.map((fact) => {
        const detail = detailOf(fact);
        return (
          <li key={fact.seq} className={styles.fact} data-kind={mood(fact.name)}>
            <time dateTime={fact.at}>{fullTime(fact.at)}</time>
            <span className={styles.mark}>
              <Icon name={iconOf(fact.name)} size={14} />
            </span>
            <span className={styles.what}>
              {t(`name.${fact.name}`, { defaultValue: fact.name })}
              {detail && <span className={styles.detail}>{detail}</span>}
              {linked && fact.study_id && (
                <Link className={styles.study} to={`/studies/${fact.study_id}`}>
                  {t('study')}
                </Link>
              )}
            </span>
            <span className={styles.who}>{[whoSaid(fact.actor), fact.site].filter(Boolean).join(' · ')}</span>
          </li>
        );
      })}
    </ol>
  );
}

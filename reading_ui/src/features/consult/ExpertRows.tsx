import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { cx } from '@/lib/cx';
import { Empty } from '@/ui/States';
import { Availability, Load } from './expertWords';
import styles from './page.module.css';
import type { Expert } from './types';

interface Props {
  experts: Expert[];
  chosen: string;
  seconds: string[];
  onChoose: (id: string) => void;
  onSeconds: (ids: string[]) => void;
}

/** One answers; others may be asked along. Who takes nobody now cannot be chosen, and it says so. */
export function ExpertRows({ experts, chosen, seconds, onChoose, onSeconds }: Props) {
  const { t } = useTranslation('consult');
  const group = useId();
  if (experts.length === 0) return <Empty icon="person" title={t('experts.none')} />;
  return (
    <ul className={styles.experts} data-testid="experts">
      {experts.map((one) => {
        const id = one.person_id;
        const also = seconds.includes(id);
        return (
          <li key={id} className={cx(styles.expert, id === chosen && styles.chosen)}>
            <label>
              <input
                type="radio"
                name={group}
                checked={id === chosen}
                disabled={!one.accepting}
                onChange={() => onChoose(id)}
              />
              <span className={styles.expertName}>
                <b>{one.name}</b> {t(`ui:title.${one.title}`)}
              </span>
              <span className={styles.dim}>
                {t(`specialty.${one.specialty}`)} · {one.site.name}
              </span>
              <Load expert={one} />
              <Availability expert={one} />
            </label>
            <label className={styles.also}>
              <input
                type="checkbox"
                checked={also && id !== chosen}
                disabled={!one.accepting || id === chosen}
                onChange={() => onSeconds(also ? seconds.filter((other) => other !== id) : [...seconds, id])}
              />
              {t('arrange.also')}
            </label>
          </li>
        );
      })}
    </ul>
  );
}

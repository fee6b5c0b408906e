import { useTranslation } from 'react-i18next';
import { Time } from '@/ui/Time';
import styles from '../meeting.module.css';
import type { Conclusion } from '../types';

/** What was set down, the same words on the page, in the room and before a signature. */
export function ConclusionText({ conclusion }: { conclusion: Conclusion }) {
  const { t } = useTranslation('meeting');
  const fields = (['stage', 'options', 'recommendation', 'evidence'] as const).filter(
    (key) => conclusion[key],
  );
  return (
    <>
      {fields.map((key) => (
        <div key={key} className={styles.part}>
          <h3>{t(`conclude.${key}`)}</h3>
          <p className={styles.text} data-field={key}>
            {conclusion[key]}
          </p>
        </div>
      ))}
      {conclusion.dissent.length > 0 && (
        <div className={styles.part} data-testid="dissent">
          <h3>{t('conclude.dissent')}</h3>
          {conclusion.dissent.map((one) => (
            <p key={one.person.id} className={styles.said}>
              <b>{one.person.name}</b> {one.text}
            </p>
          ))}
        </div>
      )}
      {conclusion.recommendations.length > 0 && (
        <div className={styles.part}>
          <h3>{t('conclude.recommendations')}</h3>
          <ul className={styles.rows}>
            {conclusion.recommendations.map((one) => (
              <li key={one.text}>
                {one.text}{' '}
                <span className={styles.dim}>
                  {one.owner_site.name} · <Time at={one.due_at} />
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

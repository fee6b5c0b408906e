import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { TextArea } from '@/ui/Field';
import styles from '../meeting.module.css';
import type { Member, Minutes } from '../types';

interface Props {
  here: Member[];
  all: Minutes['dissent'];
  onChange: (all: Minutes['dissent']) => void;
}

/** Who disagrees, by name and in their own words; only who is there. */
export function Dissents({ here, all, onChange }: Props) {
  const { t } = useTranslation('meeting');
  const named = new Set(all.map(({ person_id: id }) => id));
  const others = here.filter(({ person }) => !named.has(person.id));
  const nameOf = (id: string) => here.find(({ person }) => person.id === id)?.person.name ?? '';
  if (others.length === 0 && all.length === 0) return null;
  return (
    <section className={styles.part}>
      <h3>{t('conclude.dissent')}</h3>
      {all.map((one) => (
        <div key={one.person_id} className={styles.pair}>
          <TextArea
            label={t('conclude.dissentOf', { name: nameOf(one.person_id) })}
            rows={2}
            maxLength={2000}
            value={one.text}
            onChange={(event) =>
              onChange(
                all.map((other) =>
                  other.person_id === one.person_id ? { ...other, text: event.target.value } : other,
                ),
              )
            }
          />
          <Button
            tone="bare"
            icon="close"
            aria-label={t('remove')}
            onClick={() => onChange(all.filter((other) => other.person_id !== one.person_id))}
          />
        </div>
      ))}
      {others.length > 0 && (
        <select
          className={styles.select}
          aria-label={t('conclude.addDissent')}
          value=""
          onChange={(event) => {
            if (event.target.value) onChange([...all, { person_id: event.target.value, text: '' }]);
          }}
        >
          <option value="">{t('conclude.addDissent')}</option>
          {others.map(({ person }) => (
            <option key={person.id} value={person.id}>
              {person.name}
            </option>
          ))}
        </select>
      )}
    </section>
  );
}

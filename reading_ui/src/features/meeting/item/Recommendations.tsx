import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { SelectField, TextField } from '@/ui/Field';
import styles from '../meeting.module.css';
import { inDays, isPast, localDay } from '../times';
import type { Item } from '../types';
import type { Written } from './writing';

type All = Written['recommendations'];

interface Props {
  owners: Item['owners'];
  all: All;
  onChange: (all: All) => void;
}

/** What is to be done, by which hospital, until when; signed, it is tracked. */
export function Recommendations({ owners, all, onChange }: Props) {
  const { t } = useTranslation('meeting');
  const change = (index: number, part: Partial<All[number]>) =>
    onChange(all.map((one, at) => (at === index ? { ...one, ...part } : one)));
  return (
    <section className={styles.part}>
      <h3>{t('conclude.recommendations')}</h3>
      {all.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines being written have no other identity
        <div key={index} className={styles.todo} data-testid="recommendation">
          <TextField
            label={t('conclude.todo')}
            maxLength={1000}
            value={one.text}
            onChange={(event) => change(index, { text: event.target.value })}
          />
          <SelectField
            label={t('conclude.owner')}
            value={one.owner}
            onChange={(event) => change(index, { owner: event.target.value })}
          >
            {owners.map((site) => (
              <option key={site.id} value={site.id}>
                {site.name}
              </option>
            ))}
          </SelectField>
          <TextField
            label={t('conclude.due')}
            type="date"
            min={localDay(new Date())}
            value={one.day}
            problem={isPast(one.day) ? t('conclude.duePast') : null}
            onChange={(event) => change(index, { day: event.target.value })}
          />
          <Button
            tone="bare"
            icon="close"
            aria-label={t('remove')}
            onClick={() => onChange(all.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      <Button
        icon="plus"
        onClick={() =>
          onChange([...all, { text: '', owner: owners[0]?.id ?? '', day: localDay(inDays(30)) }])
        }
      >
        {t('conclude.add')}
      </Button>
    </section>
  );
}

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keysOf } from '@/api/queries';
import { Button } from '@/ui/Button';
import { TextArea, TextField } from '@/ui/Field';
import { sayProblem } from '@/ui/problemText';
import { toast } from '@/ui/toast';
import * as calls from './calls';
import styles from './experts.module.css';
import { SpecialtyField } from './fields';
import { days, slotsOf, slotsText } from './hours';
import type { Expert, Hours } from './types';

interface Props {
  person: string;
  self: boolean;
  /** Absent: nothing is known of this expert yet. */
  expert: Expert | null;
  /** What somebody is called of whom nothing is known yet. */
  name?: string;
  onDone: () => void;
}

/** What the directory says of an expert: specialty, whether they accept, when, how many at a time. */
export function ProfileForm({ person, self, expert, name = '', onDone }: Props) {
  const { t } = useTranslation('consult');
  const cache = useQueryClient();
  const [specialty, setSpecialty] = useState(expert?.specialty ?? '');
  const [introduction, setIntroduction] = useState(expert?.introduction ?? '');
  const [accepting, setAccepting] = useState(expert?.accepting ?? true);
  const [most, setMost] = useState(expert?.most_open ?? 5);
  const [texts, setTexts] = useState(() =>
    Object.fromEntries(days.map((day) => [day, slotsText(expert?.hours[day])])),
  );
  const wrong = days.filter((day) => slotsOf(texts[day] ?? '') === null);
  const save = useMutation({
    mutationFn: (profile: calls.Profile) => calls.describe(self ? 'me' : person, profile),
    onSuccess: () => {
      toast(t('experts.saved'));
      onDone();
    },
    onError: sayProblem,
    onSettled: () => void cache.invalidateQueries({ queryKey: keysOf.experts }),
  });
  const send = () => {
    const hours: Hours = {};
    for (const day of days) {
      const slots = slotsOf(texts[day] ?? '');
      if (slots && slots.length > 0) hours[day] = slots;
    }
    save.mutate({ specialty, introduction, accepting, hours, most_open: most });
  };
  return (
    <form
      className={styles.profile}
      aria-label={t('experts.profile')}
      onSubmit={(event) => {
        event.preventDefault();
        if (wrong.length === 0 && specialty) send();
      }}
    >
      <h2>
        {expert || name ? t('experts.profileOf', { name: expert?.name ?? name }) : t('experts.profile')}
      </h2>
      <div className={styles.columns}>
        <div className={styles.column}>
          <label className={styles.check}>
            <input
              type="checkbox"
              checked={accepting}
              onChange={(event) => setAccepting(event.target.checked)}
            />
            <b>{t('experts.accept')}</b>
          </label>
          <SpecialtyField
            value={specialty}
            none={t('ui:choose')}
            label={t('experts.specialty')}
            onChange={setSpecialty}
          />
          <TextField
            label={t('experts.most')}
            type="number"
            min={0}
            max={100}
            value={most}
            onChange={(event) => setMost(Number(event.target.value))}
          />
          <TextArea
            label={t('experts.introduction')}
            rows={4}
            maxLength={2000}
            value={introduction}
            onChange={(event) => setIntroduction(event.target.value)}
          />
        </div>
        <fieldset className={styles.week}>
          <legend>{t('hours.title')}</legend>
          {days.map((day) => (
            <label key={day}>
              <span>{t(`day.${day}`)}</span>
              <input
                value={texts[day]}
                placeholder={t('hours.placeholder')}
                aria-invalid={wrong.includes(day) || undefined}
                onChange={(event) => setTexts({ ...texts, [day]: event.target.value })}
              />
            </label>
          ))}
          <p className={wrong.length > 0 ? styles.wrong : styles.dim}>
            {t(wrong.length > 0 ? 'hours.wrong' : 'hours.hint')}
          </p>
        </fieldset>
      </div>
      <div className={styles.buttons}>
        <Button type="submit" tone="next" busy={save.isPending} disabled={wrong.length > 0 || !specialty}>
          {t('ui:save')}
        </Button>
        <Button tone="bare" onClick={onDone}>
          {t('ui:cancel')}
        </Button>
      </div>
    </form>
  );
}

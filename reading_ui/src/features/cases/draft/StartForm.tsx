import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { Button } from '@/ui/Button';
import { SelectField, TextField } from '@/ui/Field';
import { problemText } from '@/ui/problemText';
import { Late } from '@/ui/States';
import { Way } from '../referral/Way';
import type { Direction } from '../types';
import { begin } from './begin';
import styles from './draft.module.css';
import type { Origin } from './useOrigin';

const directions: readonly Direction[] = ['up', 'down'];

/** Up or down, and into which case; a critical finding goes up at once, without a question. */
export function StartForm({ origin }: { origin: Origin }) {
  const { t } = useTranslation('cases');
  const navigate = useNavigate();
  const { study } = origin;
  const [direction, setDirection] = useState<Direction>(origin.direction ?? 'up');
  const [caseId, setCaseId] = useState(study?.cases[0]?.id ?? '');
  const [title, setTitle] = useState(study?.title ?? '');
  const start = useMutation({
    mutationFn: () => begin(origin, direction, caseId || null, title),
    onSuccess: (draft) => navigate(`/referrals/${draft.id}`, { replace: true }),
  });
  const urgent = origin.kind === 'critical' && origin.drafts.length === 0;
  const begun = useRef(false);
  useEffect(() => {
    if (!urgent || begun.current) return;
    begun.current = true;
    start.mutate();
  }, [urgent, start.mutate]);
  if (urgent && !start.isError)
    return <Late>{<p className={styles.start}>{t('referral.new.preparing')}</p>}</Late>;
  return (
    <form
      className={styles.start}
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate();
      }}
    >
      <h1>{t('referral.new.title')}</h1>
      <p className={styles.dim}>{t(`referral.new.from.${origin.kind}`)}</p>
      {origin.drafts.length > 0 && (
        <ul className={styles.drafts}>
          {origin.drafts.map((draft) => (
            <li key={draft.id}>
              <Way row={draft} />{' '}
              <Link to={`/referrals/${draft.id}`}>
                {t('referral.new.draftThere', { number: draft.number })}
              </Link>
            </li>
          ))}
        </ul>
      )}
      <fieldset className={styles.ways} aria-label={t('referral.new.direction')}>
        {directions.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="direction"
              checked={direction === one}
              onChange={() => setDirection(one)}
            />
            <strong>{t(`referral.direction.${one}`)}</strong>
            <small>{t(`referral.directionHint.${one}`)}</small>
          </label>
        ))}
      </fieldset>
      {study && study.cases.length > 0 && (
        <SelectField
          label={t('referral.new.chooseCase')}
          value={caseId}
          onChange={(event) => setCaseId(event.target.value)}
        >
          {study.cases.map((one) => (
            <option key={one.id} value={one.id}>
              {one.number} {one.title}
            </option>
          ))}
          <option value="">{t('referral.new.newCase')}</option>
        </SelectField>
      )}
      {study && caseId === '' && (
        <TextField
          label={t('referral.new.caseTitle')}
          hint={t('referral.new.caseHint')}
          value={title}
          maxLength={200}
          onChange={(event) => setTitle(event.target.value)}
        />
      )}
      {start.isError && (
        <p className={styles.failed} role="alert">
          {problemText(start.error)}
        </p>
      )}
      <div className={styles.buttons}>
        <span />
        <Button
          type="submit"
          tone="next"
          busy={start.isPending}
          disabled={study !== null && caseId === '' && !title.trim()}
        >
          {t('referral.new.start')}
        </Button>
      </div>
    </form>
  );
}

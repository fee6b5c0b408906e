import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Named } from '@/api/types';
import { Button } from '@/ui/Button';
import { SelectField, TextArea, TextField } from '@/ui/Field';
import { sayProblem } from '@/ui/problemText';
import { caseKeys } from '../keys';
import { morningOf } from '../referral/verbs';
import * as calls from '../referralCalls';
import type { About } from '../timeline/about';
import type { CaseView } from '../types';
import styles from './followups.module.css';

/** Hospitals that have the case: its own, and those that took the patient on. */
function ownersOf(view: CaseView, about: About): Named[] {
  const taken = [...about.referrals.values()].filter((one) => one.accepted_at);
  const sites = [view.site, ...taken.flatMap((one) => (one.to_site ? [one.to_site] : []))];
  return [...new Map(sites.map((site) => [site.id, site])).values()];
}

/** Something more is to be done: what, by whom, until which day. */
export function PlanForm({ view, about }: { view: CaseView; about: About }) {
  const { t } = useTranslation('cases');
  const cache = useQueryClient();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const [owner, setOwner] = useState(view.site.id);
  const [day, setDay] = useState('');
  const plan = useMutation({
    mutationFn: calls.plan,
    onSuccess: () => {
      setOpen(false);
      setText('');
    },
    onError: (error) => sayProblem(error),
    onSettled: () => void cache.invalidateQueries({ queryKey: caseKeys.followUps }),
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    const due_at = day ? morningOf(day) : null;
    plan.mutate({ case_id: view.id, text: text.trim(), owner_site_id: owner, due_at });
  };
  if (!open) {
    return (
      <Button tone="bare" icon="plus" onClick={() => setOpen(true)}>
        {t('followUp.plan')}
      </Button>
    );
  }
  return (
    <form className={styles.form} onSubmit={send}>
      <TextArea
        label={t('followUp.what')}
        value={text}
        rows={2}
        maxLength={2000}
        autoFocus
        onChange={(event) => setText(event.target.value)}
      />
      <SelectField
        label={t('followUp.whose')}
        value={owner}
        onChange={(event) => setOwner(event.target.value)}
      >
        {ownersOf(view, about).map((site) => (
          <option key={site.id} value={site.id}>
            {site.name}
          </option>
        ))}
      </SelectField>
      <TextField
        label={t('followUp.due')}
        type="date"
        value={day}
        onChange={(event) => setDay(event.target.value)}
      />
      <span className={styles.buttons}>
        <Button type="submit" tone="next" busy={plan.isPending} disabled={!text.trim()}>
          {t('followUp.plan')}
        </Button>
        <Button tone="bare" onClick={() => setOpen(false)}>
          {t('ui:cancel')}
        </Button>
      </span>
    </form>
  );
}

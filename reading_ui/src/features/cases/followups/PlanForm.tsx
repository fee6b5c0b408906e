import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { SelectField, TextArea, TextField } from '@/ui/Field';
import { sayProblem } from '@/ui/problemText';
import { caseKeys } from '../keys';
import { dayOf, dueOn } from '../referral/verbs';
import * as calls from '../referralCalls';
import type { CaseView } from '../types';
import styles from './followups.module.css';

/** Something more is to be done: what, by which hospital or whom of it, until which day. */
export function PlanForm({ view }: { view: CaseView }) {
  const { t } = useTranslation('cases');
  const cache = useQueryClient();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const [site, setSite] = useState(view.site.id);
  const [person, setPerson] = useState('');
  const [day, setDay] = useState('');
  const found = useQuery({
    queryKey: [...caseKeys.one(view.id), 'owners'],
    queryFn: ({ signal }) => calls.owners(view.id, signal),
    enabled: open,
  });
  const owners = found.data?.items ?? [{ site: view.site, people: [] }];
  const people = owners.find((one) => one.site.id === site)?.people ?? [];
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
    const due_at = day ? dueOn(day) : null;
    plan.mutate({
      case_id: view.id,
      text: text.trim(),
      owner_site_id: site,
      owner_id: person || null,
      due_at,
    });
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
        value={site}
        onChange={(event) => {
          setSite(event.target.value);
          setPerson('');
        }}
      >
        {owners.map((one) => (
          <option key={one.site.id} value={one.site.id}>
            {one.site.name}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={t('followUp.who')}
        value={person}
        onChange={(event) => setPerson(event.target.value)}
      >
        <option value="">{t('followUp.anybody')}</option>
        {people.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </SelectField>
      <TextField
        label={t('followUp.due')}
        type="date"
        min={dayOf(Date.now())}
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

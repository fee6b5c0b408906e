import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { SelectField, TextArea, TextField } from '@/ui/Field';
import { problemText } from '@/ui/problemText';
import * as calls from '../calls';
import { caseKeys } from '../keys';
import { type Severity, severities } from '../types';
import styles from './entry.module.css';

interface Props {
  studyId: string;
  patient: string;
  /** What the study is; stands as the title until something better is typed. */
  about: string;
  onClose: () => void;
}

/** A case in three fields: what it is about, how bad, in a few words. */
export function OpenCaseDialog({ studyId, patient, about, onClose }: Props) {
  const { t } = useTranslation('cases');
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [title, setTitle] = useState(about);
  const [summary, setSummary] = useState('');
  const [severity, setSeverity] = useState<Severity>('none');
  const open = useMutation({
    mutationFn: () => calls.openCase({ study_ids: [studyId], title: title.trim(), summary, severity }),
    onSuccess: (view) => {
      void cache.invalidateQueries({ queryKey: caseKeys.cases });
      navigate(`/cases/${view.id}`);
    },
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (title.trim()) open.mutate();
  };
  return (
    <Dialog title={`${t('entry.opening.title')} · ${patient}`} onClose={onClose}>
      <form className={styles.form} onSubmit={send}>
        <TextField
          label={t('entry.opening.about')}
          value={title}
          maxLength={200}
          problem={open.isError ? problemText(open.error) : null}
          onChange={(event) => setTitle(event.target.value)}
        />
        <SelectField
          label={t('column.severity')}
          value={severity}
          onChange={(event) => setSeverity(event.target.value as Severity)}
        >
          {severities.map((one) => (
            <option key={one} value={one}>
              {t(`severity.${one}`)}
            </option>
          ))}
        </SelectField>
        <TextArea
          label={t('summary')}
          value={summary}
          maxLength={20_000}
          rows={5}
          onChange={(event) => setSummary(event.target.value)}
        />
        <Button type="submit" tone="next" busy={open.isPending} disabled={!title.trim()}>
          {t('entry.opening.now')}
        </Button>
      </form>
    </Dialog>
  );
}

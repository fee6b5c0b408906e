import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { SelectField, TextArea, TextField } from '@/ui/Field';
import * as calls from '../calls';
import { type CaseView, type Severity, severities } from '../types';
import styles from './CasePage.module.css';
import { useCaseVerb } from './useCase';

/** Title, severity and summary; refused when somebody else has changed them meanwhile. */
export function SummaryForm({ view, onDone }: { view: CaseView; onDone: () => void }) {
  const { t } = useTranslation('cases');
  const [title, setTitle] = useState(view.title);
  const [summary, setSummary] = useState(view.summary);
  const [severity, setSeverity] = useState<Severity>(view.severity);
  const save = useCaseVerb(view.id, (said: calls.Editing) => calls.editCase(view.id, said));
  const send = (event?: FormEvent) => {
    event?.preventDefault();
    if (!title.trim() || save.isPending) return;
    save.mutate({ title, summary, severity, version: view.version }, { onSuccess: onDone });
  };
  return (
    <form className={styles.form} onSubmit={send}>
      <div className={styles.pair}>
        <TextField
          label={t('column.title')}
          value={title}
          maxLength={200}
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
      </div>
      <TextArea
        label={t('summary')}
        value={summary}
        maxLength={20_000}
        rows={7}
        autoFocus
        onChange={(event) => setSummary(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing) send();
        }}
      />
      <div className={styles.buttons}>
        <Button tone="bare" onClick={onDone}>
          {t('ui:cancel')}
        </Button>
        <Button type="submit" tone="next" busy={save.isPending} disabled={!title.trim()} keys="ctrl+Enter">
          {t('ui:save')}
        </Button>
      </div>
    </form>
  );
}

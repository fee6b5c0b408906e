import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ReportView } from '@/api/types';
import { useSettled } from '@/lib/useSettled';
import { Button } from '@/ui/Button';
import { TextArea, TextField } from '@/ui/Field';
import { addend } from './calls';
import { problemWords } from './problemWords';
import styles from './report.module.css';
import type { ReportSlot } from './slot';
import { useTakeReport } from './useReport';

const FLAGS_MS = 600;

interface Props {
  report: ReportView;
  slot: Pick<ReportSlot, 'study' | 'flags'>;
  onClose: () => void;
}

/** Something to add to a signed report; signed itself, so the password is asked for. */
export function AddendumForm({ report, slot, onClose }: Props) {
  const { t } = useTranslation('report');
  const take = useTakeReport(slot.study.study.id);
  const [text, setText] = useState('');
  const said = useSettled(text, FLAGS_MS);
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const send = async () => {
    setBusy(true);
    setProblem(null);
    try {
      take(await addend(report.id, text, password));
      onClose();
    } catch (error) {
      setProblem(problemWords(error));
      setPassword('');
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <TextArea
        label={t('addendum.text')}
        hint={t('addendum.hint')}
        value={text}
        autoFocus
        maxLength={20_000}
        onChange={(event) => setText(event.target.value)}
      />
      {slot.flags({ reportId: report.id, version: report.version, addendum: said })}
      <TextField
        label={t('sign.password')}
        type="password"
        autoComplete="current-password"
        value={password}
        problem={problem}
        onChange={(event) => setPassword(event.target.value)}
      />
      <div className={styles.row}>
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button type="submit" tone="next" busy={busy} disabled={text.trim() === '' || password === ''}>
          {t('addendum.sign')}
        </Button>
      </div>
    </form>
  );
}

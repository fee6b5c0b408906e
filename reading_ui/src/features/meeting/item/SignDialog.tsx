import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keysOf } from '@/api/queries';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { TextField } from '@/ui/Field';
import { IdentityStrip } from '@/ui/IdentityStrip';
import { problemText } from '@/ui/problemText';
import { toast } from '@/ui/toast';
import * as calls from '../calls';
import { keys } from '../calls';
import styles from '../meeting.module.css';
import type { Conclusion, Item, Meeting } from '../types';
import { ConclusionText } from './ConclusionText';

interface Props {
  meeting: Meeting;
  item: Item;
  conclusion: Conclusion;
  onClose: () => void;
}

/** Asks once more, because a signature cannot be taken back: whom it is about, what is signed, the password. */
export function SignDialog({ meeting, item, conclusion, onClose }: Props) {
  const { t } = useTranslation('meeting');
  const cache = useQueryClient();
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const send = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await calls.sign(meeting.id, item.id, password, conclusion.version);
      onClose();
      toast(t('done.sign'));
    } catch (error) {
      setProblem(problemText(error));
      setPassword('');
      setBusy(false);
    }
    for (const queryKey of [keys.meeting(meeting.id), keys.meetings, keysOf.desk])
      void cache.invalidateQueries({ queryKey });
  };
  return (
    <Dialog title={t('sign.title', { kind: t(`kind.${conclusion.kind}`) })} onClose={onClose} wide>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (password) void send();
        }}
      >
        {item.patient && (
          <IdentityStrip
            patient={item.patient}
            siteName={item.proposed_site.name}
            studyAt={item.studies[0]?.study_at ?? null}
            description={item.case_title}
          />
        )}
        <div className={styles.quote}>
          <ConclusionText conclusion={conclusion} />
        </div>
        <p className={styles.dim}>{t('sign.what')}</p>
        <TextField
          label={t('sign.password')}
          type="password"
          autoComplete="current-password"
          data-first
          value={password}
          problem={problem}
          onChange={(event) => setPassword(event.target.value)}
        />
        <div className={styles.actions}>
          <Button type="submit" tone="next" busy={busy} disabled={password === ''}>
            {t('sign.now')}
          </Button>
          <Button tone="bare" onClick={onClose}>
            {t('ui:cancel')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

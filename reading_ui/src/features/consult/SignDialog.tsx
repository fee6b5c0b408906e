import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { TextField } from '@/ui/Field';
import { IdentityStrip } from '@/ui/IdentityStrip';
import { problemText } from '@/ui/problemText';
import { toast } from '@/ui/toast';
import * as calls from './calls';
import styles from './page.module.css';
import type { Consultation, Opinion } from './types';
import { useTake } from './useVerb';

interface Props {
  view: Consultation;
  opinion: Opinion;
  version: number;
  onClose: () => void;
}

/** Asks once more, because a signature cannot be taken back: whom it is about, what is signed, the password. */
export function SignDialog({ view, opinion, version, onClose }: Props) {
  const { t } = useTranslation('consult');
  const take = useTake();
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const send = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const signed = await calls.act(view.id, 'sign', { password, version });
      onClose();
      toast(t('done.sign'));
      if (signed) take(signed);
    } catch (error) {
      setProblem(problemText(error));
      setPassword('');
      setBusy(false);
    }
  };
  const study = view.studies[0];
  return (
    <Dialog title={t('sign.title')} onClose={onClose} wide>
      <form
        className={styles.words}
        onSubmit={(event) => {
          event.preventDefault();
          if (password) void send();
        }}
      >
        {view.patient && (
          <IdentityStrip
            patient={view.patient}
            siteName={view.requesting_site.name}
            studyAt={study?.study_at ?? null}
            modalities={study?.modalities}
            description={study?.description}
          />
        )}
        <section className={styles.quote}>
          <h3>{t('opinion.diagnosis')}</h3>
          <p>{opinion.diagnosis}</p>
          <h3>{t('opinion.treatment')}</h3>
          <p>{opinion.treatment}</p>
          <h3>{t('opinion.refer')}</h3>
          <p>{t(`refer.${opinion.refer}`)}</p>
        </section>
        <p className={styles.note}>{t('sign.what')}</p>
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

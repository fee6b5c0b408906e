import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TextArea } from '@/ui/Field';
import { CentreField } from './fields';
import styles from './page.module.css';
import type { Consultation } from './types';
import { useVerb } from './useVerb';
import { Buttons } from './WordsForm';

/** To another centre, with a word why; this one sees the case no longer, so the list comes next. */
export function RouteForm({ view, onDone }: { view: Consultation; onDone: () => void }) {
  const { t } = useTranslation('consult');
  const [centre, setCentre] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const verb = useVerb(view.id, onDone);
  const ready = centre !== null && centre !== view.centre_site?.id && reason.trim() !== '';
  return (
    <form
      className={styles.words}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) verb.mutate({ verb: 'route', words: { centre_site_id: centre, reason: reason.trim() } });
      }}
    >
      <CentreField
        label={t('ask.routeTo')}
        value={centre}
        except={view.requesting_site.id}
        onChange={setCentre}
      />
      <TextArea
        label={t('ask.route')}
        value={reason}
        rows={2}
        maxLength={4000}
        onChange={(event) => setReason(event.target.value)}
      />
      <Buttons verb={t('verb.route')} busy={verb.isPending} ready={ready} onBack={onDone} />
    </form>
  );
}

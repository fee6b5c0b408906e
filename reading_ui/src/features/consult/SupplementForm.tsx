import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TextArea } from '@/ui/Field';
import { FileTiles, useFiles } from './FileTiles';
import styles from './page.module.css';
import { StudyChoice } from './StudyChoice';
import type { Consultation } from './types';
import { useVerb } from './useVerb';
import { Buttons } from './WordsForm';

/** The answer to what was asked: words, files as soon as they are dropped, more studies. */
export function SupplementForm({ view, onDone }: { view: Consultation; onDone: () => void }) {
  const { t } = useTranslation('consult');
  const [text, setText] = useState('');
  const [studies, setStudies] = useState(view.study_ids);
  const files = useFiles(view);
  const verb = useVerb(view.id, onDone);
  const ready = text.trim() !== '' && !files.busy;
  return (
    <form
      className={styles.words}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) verb.mutate({ verb: 'supplement', words: { text: text.trim(), study_ids: studies } });
      }}
    >
      <TextArea
        label={t('ask.supplement')}
        value={text}
        rows={3}
        maxLength={4000}
        autoFocus
        onChange={(event) => setText(event.target.value)}
      />
      <FileTiles view={view} files={files} />
      <StudyChoice view={view} chosen={studies} onChange={setStudies} />
      <Buttons verb={t('verb.supplement')} busy={verb.isPending} ready={ready} onBack={onDone} />
    </form>
  );
}

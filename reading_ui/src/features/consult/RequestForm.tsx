import { type DragEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useKeys } from '@/lib/keys';
import { Button } from '@/ui/Button';
import { TextArea } from '@/ui/Field';
import { Segments } from '@/ui/Segments';
import { toast } from '@/ui/toast';
import * as calls from './calls';
import { completeness, lacking, worthAsking } from './completeness';
import { draftOf, kindOf } from './draft';
import { FileTiles, useFiles } from './FileTiles';
import { CentreField, SpecialtyField } from './fields';
import { ConflictBox, SavedLine } from './KeptLine';
import styles from './request.module.css';
import { StudyChoice } from './StudyChoice';
import { type Consultation, modes, urgencies } from './types';
import { useKeeping } from './useKeeping';
import { useVerb } from './useVerb';

/** One guided page from question to sending: it keeps itself while it is written, and says what is missing. */
export function RequestForm({ view }: { view: Consultation }) {
  const { t } = useTranslation('consult');
  const navigate = useNavigate();
  const [tried, setTried] = useState(false);
  const verb = useVerb(view.id);
  const files = useFiles(view);
  const keeper = useKeeping(
    { value: draftOf(view), version: view.version, savedAt: view.saved_at },
    {
      save: async (draft, version) => {
        const saved = await calls.save(view.id, draft, version);
        return { version: saved.version, savedAt: saved.saved_at };
      },
      fresh: async () => {
        const now = await calls.one(view.id);
        return { value: draftOf(now), version: now.version };
      },
    },
  );
  const { value: draft } = keeper.state;
  const kinds = new Set<string>(view.files.map(({ kind }) => kind));
  const { score, missing } = completeness(draft, kinds);
  const without = lacking(draft, view.files.length);
  const wants = (part: (typeof without)[number]) =>
    tried && without.includes(part) ? t(`request.needs.${part}`) : null;

  const [asking, setAsking] = useState(false);
  const ask = worthAsking(draft, { score, missing });
  const submit = async (sure = false) => {
    setTried(true);
    if (without.length > 0) {
      document
        .querySelector<HTMLElement>(`[data-part="${without[0]}"] :is(textarea, select, input)`)
        ?.focus();
      return;
    }
    if (!sure && ask.length > 0) return setAsking(true);
    setAsking(false);
    const version = await keeper.flush();
    if (version === null) toast(t('kept.notSent'), { tone: 'problem', about: view.id });
    else verb.mutate({ verb: 'submit', words: { version } });
  };
  const drop = () =>
    verb.mutate(
      { verb: 'cancel', words: { reason: '' } },
      { onSuccess: () => void navigate('/consultations') },
    );
  useKeys('consult', [
    { keys: 'ctrl+Enter', label: 'consult:request.submit', whenTyping: true, run: () => void submit() },
  ]);
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event: DragEvent) => {
        event.preventDefault();
        for (const file of event.dataTransfer.files) files.add([file], kindOf(file.name));
      }}
    >
      {keeper.state.phase === 'conflict' && <ConflictBox keeper={keeper} />}
      <div className={styles.fields}>
        <div className={styles.main}>
          <div data-part="question">
            <TextArea
              label={t('field.question')}
              value={draft.question}
              rows={3}
              maxLength={4000}
              autoFocus={draft.question === ''}
              placeholder={t('placeholder.question')}
              problem={wants('question')}
              onChange={(event) => keeper.edit({ question: event.target.value })}
            />
          </div>
          <div className={styles.choices}>
            <Choice
              label={t('field.urgency')}
              hint={t(`urgencyHint.${draft.urgency}`)}
              keys={urgencies}
              words={(key) => t(`urgency.${key}`)}
              chosen={draft.urgency}
              onChoose={(urgency) => keeper.edit({ urgency })}
            />
            <Choice
              label={t('field.mode')}
              hint={t(`modeHint.${draft.mode}`)}
              keys={modes}
              words={(key) => t(`mode.${key}`)}
              chosen={draft.mode}
              onChoose={(mode) => keeper.edit({ mode })}
            />
          </div>
          <div data-part="summary">
            <TextArea
              label={t('field.summary')}
              value={draft.summary}
              rows={7}
              maxLength={4000}
              placeholder={t('placeholder.summary')}
              problem={wants('summary')}
              onChange={(event) => keeper.edit({ summary: event.target.value })}
            />
          </div>
        </div>
        <div className={styles.side}>
          <div data-part="centre">
            <CentreField
              value={draft.centre_site_id}
              name={view.centre_site?.name}
              except={view.requesting_site.id}
              problem={wants('centre')}
              onChange={(centre_site_id) => keeper.edit({ centre_site_id })}
            />
          </div>
          <SpecialtyField
            value={draft.wanted_specialty}
            onChange={(wanted_specialty) => keeper.edit({ wanted_specialty })}
          />
          <div data-part="studies">
            <StudyChoice
              view={view}
              chosen={draft.study_ids}
              problem={wants('studies')}
              onChange={(study_ids) => keeper.edit({ study_ids })}
            />
          </div>
          <FileTiles view={view} files={files} />
        </div>
      </div>
      {asking && ask.length > 0 && (
        <section className={styles.conflict} role="alert" data-testid="ask-incomplete">
          <p>
            {t('request.askIncomplete', {
              what: ask.map((part) => t(`part.${part}`)).join(t('request.comma')),
            })}
          </p>
          <span className={styles.buttons}>
            <Button tone="next" onClick={() => setAsking(false)}>
              {t('request.goOn')}
            </Button>
            <Button busy={verb.isPending} onClick={() => void submit(true)}>
              {t('request.sendAnyway')}
            </Button>
          </span>
        </section>
      )}
      <footer className={styles.foot}>
        <div className={styles.score} data-testid="completeness" data-score={score}>
          <span className={styles.scoreWord}>
            {t('request.completeness')} <b>{score}%</b>
          </span>
          <span className={styles.bar} aria-hidden="true">
            <i style={{ width: `${score}%` }} />
          </span>
          <span className={styles.missing}>
            {asking && ask.length > 0
              ? ''
              : missing.length === 0
                ? t('request.whole')
                : t('request.missing', {
                    what: missing.map((part) => t(`part.${part}`)).join(t('request.comma')),
                  })}
          </span>
        </div>
        <div className={styles.send}>
          <SavedLine state={keeper.state} />
          <Button tone="bare" onClick={drop} disabled={verb.isPending}>
            {t('request.drop')}
          </Button>
          <Button
            type="submit"
            tone="next"
            keys="ctrl+Enter"
            busy={verb.isPending || files.busy}
            disabled={asking && ask.length > 0}
          >
            {t('request.submit')}
          </Button>
        </div>
      </footer>
    </form>
  );
}

interface ChoiceProps<K extends string> {
  label: string;
  hint: string;
  keys: readonly K[];
  words: (key: K) => string;
  chosen: K;
  onChoose: (key: K) => void;
}

function Choice<K extends string>({ label, hint, keys, words, chosen, onChoose }: ChoiceProps<K>) {
  return (
    <div className={styles.choice}>
      <span className={styles.label}>{label}</span>
      <Segments
        label={label}
        segments={keys.map((key) => ({ key, label: words(key) }))}
        chosen={chosen}
        onChoose={onChoose}
      />
      <span className={styles.note}>{hint}</span>
    </div>
  );
}

import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keysOf } from '@/api/queries';
import type { ReportView } from '@/api/types';
import { useKeys } from '@/lib/keys';
import { Button } from '@/ui/Button';
import { ConflictBox } from './ConflictBox';
import { NOTHING_ID, NothingToRead } from './NothingToRead';
import { RestoreBox } from './RestoreBox';
import styles from './report.module.css';
import { SavedLine } from './SavedLine';
import { SectionField, type SectionHandle } from './SectionField';
import { missing, SECTIONS, type Section, type Sections } from './sections';
import type { ReportSlot } from './slot';
import type { Template } from './templates';
import { UnseenImages } from './UnseenImages';
import { useAutosave } from './useAutosave';
import { useSafetyCopy } from './useSafetyCopy';
import { useSubmit } from './useSubmit';
import { Measures, PhraseMenu, TemplateMenu } from './WritingAids';

/** The draft under the reader's hands. */
export function Editor({ report, slot }: { report: ReportView; slot: ReportSlot }) {
  const { t } = useTranslation('report');
  const { study, personId, phrases } = slot;
  const writable = slot.mine && !slot.lost;
  const cache = useQueryClient();
  const askAgain = useCallback(
    () => void cache.invalidateQueries({ queryKey: keysOf.study(report.study_id) }),
    [cache, report.study_id],
  );
  const saver = useAutosave(report, personId, writable, askAgain);
  const { text, phase } = saver.state;
  const copy = useSafetyCopy(report, personId);
  const [current, setCurrent] = useState<Section>('findings');
  const [asked, setAsked] = useState(false);
  const [warned, setWarned] = useState(false);
  const fields = useRef<Partial<Record<Section, SectionHandle | null>>>({});
  const submit = useSubmit(report, saver, slot);
  const nothing = slot.images?.count === 0;
  const readOnly = !writable || phase === 'refused' || submit.busy;
  const lacking = asked ? missing(text) : [];

  const change = (name: Section, value: string) => saver.edit({ ...text, [name]: value });
  const insert = (name: Section, piece: string) => {
    if (!readOnly) fields.current[name]?.insert(piece);
  };
  const fill = (template: Template) => saver.edit(filled(text, template));
  const send = () => {
    if (nothing) return;
    setAsked(true);
    const first = missing(text)[0];
    if (first) fields.current[first]?.focus();
    else if (readOnly || phase === 'conflict') return;
    else if (slot.onLoad) setWarned(true);
    else void submit.run();
  };
  useKeys('report', [{ keys: 'ctrl+Enter', label: 'report:submit', run: send, whenTyping: true }]);

  return (
    <>
      <div className={styles.tools}>
        {!readOnly && <TemplateMenu study={study} onTemplate={fill} />}
        {!readOnly && <PhraseMenu section={current} onPhrase={(phrase) => insert(current, phrase)} />}
      </div>
      <div className={styles.body}>
        {report.return_reason && (
          <p className={styles.given}>{t('givenBack', { reason: report.return_reason })}</p>
        )}
        {copy.found && writable && (
          <RestoreBox
            copy={copy.found}
            older={copy.found.version !== report.version}
            onRestore={() => saver.edit(copy.take())}
            onDiscard={copy.discard}
          />
        )}
        {phase === 'conflict' && <ConflictBox reportId={report.id} saver={saver} />}
        {SECTIONS.map((name) => (
          <SectionField
            key={name}
            name={name}
            value={text[name]}
            readOnly={readOnly}
            lacking={lacking.includes(name)}
            onChange={(value) => change(name, value)}
            onFocus={() => setCurrent(name)}
            handle={(handle) => {
              fields.current[name] = handle;
            }}
          />
        ))}
      </div>
      {!readOnly && <Measures phrases={phrases} onInsert={(piece) => insert('findings', piece)} />}
      {slot.flags({ reportId: report.id, version: saver.state.version })}
      {nothing && <NothingToRead />}
      {warned && slot.onLoad && !nothing && (
        <UnseenImages
          onLoad={() => {
            setWarned(false);
            slot.onLoad?.();
          }}
          onAnyway={() => void submit.run()}
        />
      )}
      <footer className={styles.foot}>
        <SavedLine state={saver.state} savedBefore={report.saved_at} />
        <Button
          tone="next"
          keys="ctrl+Enter"
          busy={submit.busy}
          disabled={readOnly || nothing || phase === 'conflict'}
          aria-describedby={nothing ? NOTHING_ID : undefined}
          onClick={send}
        >
          {t('submit')}
        </Button>
      </footer>
    </>
  );
}

/** A template fills what is empty; what is written stays. */
const filled = (text: Sections, template: Template): Sections => ({
  findings: text.findings.trim() ? text.findings : template.findings,
  impression: text.impression.trim() ? text.impression : template.impression,
  advice: text.advice.trim() ? text.advice : template.advice,
});

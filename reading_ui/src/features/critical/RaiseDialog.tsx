import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keysOf } from '@/api/queries';
import type { CriticalItem, CriticalLevel, StudyView } from '@/api/types';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { SelectField, TextArea } from '@/ui/Field';
import { IdentityStrip } from '@/ui/IdentityStrip';
import { problemText } from '@/ui/problemText';
import { toast } from '@/ui/toast';
import * as calls from './calls';
import styles from './critical.module.css';
import { OTHER } from './states';
import { useCriticalVerb } from './useCriticals';

export interface Suggested {
  item: string;
  text: string;
}

interface Props {
  study: StudyView;
  /** From a flagged phrase of the report. */
  suggested?: Suggested | null;
  onClose: () => void;
}

const levels = [1, 2, 3] as const;

/** Tells the hospital at once: the patient, the item from the list, its level, and what was seen in words. */
export function RaiseDialog({ study, suggested = null, onClose }: Props) {
  const { t } = useTranslation('critical');
  const list = useQuery({
    queryKey: [...keysOf.criticals, 'items'],
    queryFn: calls.items,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [item, setItem] = useState(suggested?.item ?? '');
  const [level, setLevel] = useState<CriticalLevel | null>(null);
  const [text, setText] = useState(suggested?.text ?? '');
  const send = useCriticalVerb((said: calls.Raising) => calls.raise(study.study.id, said));
  const chosen = list.data?.items.find((one) => one.code === item);
  const counts = level ?? chosen?.level ?? null;
  const ready = chosen && counts && (item !== OTHER || text.trim().length > 1);
  const done = () => {
    toast(t('raise.done', { site: study.site.name }));
    onClose();
  };
  return (
    <Dialog title={t('raise.title')} onClose={onClose} wide>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) send.mutate({ item, text: text.trim(), level: counts }, { onSuccess: done });
        }}
      >
        <IdentityStrip
          patient={study.patient}
          siteName={study.site.name}
          studyAt={study.study.study_at}
          modalities={study.study.modalities}
          description={study.study.description}
        />
        <ItemField
          items={list.data?.items ?? []}
          value={item}
          onChoose={(code) => {
            setItem(code);
            setLevel(null);
          }}
        />
        <fieldset className={styles.levels}>
          <legend>{t('raise.level')}</legend>
          {levels.map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="level"
                checked={counts === one}
                disabled={!chosen}
                onChange={() => setLevel(one)}
              />
              {t(`level.${one}`)}
            </label>
          ))}
        </fieldset>
        <TextArea
          label={t('raise.text')}
          hint={t(item === OTHER ? 'raise.textNeeded' : 'raise.textHint')}
          value={text}
          maxLength={500}
          rows={3}
          onChange={(event) => setText(event.target.value)}
        />
        {send.isError && (
          <p className={styles.problem} role="alert">
            {problemText(send.error)}
          </p>
        )}
        <div className={styles.row}>
          <Button onClick={onClose}>{t('ui:cancel')}</Button>
          <Button type="submit" tone="danger" icon="alarm" busy={send.isPending} disabled={!ready}>
            {t('raise.now')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

const kinds = ['imaging', 'ecg'] as const;

function ItemField({
  items,
  value,
  onChoose,
}: {
  items: CriticalItem[];
  value: string;
  onChoose: (code: string) => void;
}) {
  const { t } = useTranslation('critical');
  return (
    <SelectField
      label={t('raise.item')}
      value={value}
      data-first
      onChange={(event) => onChoose(event.target.value)}
    >
      <option value="" disabled>
        {t('ui:choose')}
      </option>
      {kinds.map((kind) => (
        <optgroup key={kind} label={t(`kind.${kind}`)}>
          {items
            .filter((one) => one.kind === kind)
            .map((one) => (
              <option key={one.code} value={one.code}>
                {t(`levelShort.${one.level}`)} {t(`item.${one.code}`)}
              </option>
            ))}
        </optgroup>
      ))}
    </SelectField>
  );
}

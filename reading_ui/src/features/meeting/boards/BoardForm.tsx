import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { SelectField, TextField } from '@/ui/Field';
import * as calls from '../calls';
import styles from '../meeting.module.css';
import type { Board } from '../types';
import { useDeed } from '../useMeeting';
import { type BoardDraft, bodyOf, draftOf, holds } from './draft';
import { People } from './People';

interface Props {
  siteId: string;
  board?: Board;
  onDone: () => void;
}

const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6] as const;

/** A board in one form: its specialties with their people, what makes a quorum, when it meets. */
export function BoardForm({ siteId, board, onDone }: Props) {
  const { t } = useTranslation('meeting');
  const [draft, setDraft] = useState<BoardDraft>(() => draftOf(board));
  const change = (part: Partial<BoardDraft>) => setDraft((before) => ({ ...before, ...part }));
  const save = useDeed<Board>(board?.id ?? '', board ? 'change' : 'make', onDone);
  const send = () =>
    board
      ? calls.changeBoard(board.id, { ...bodyOf(draft), version: board.version, active: draft.active })
      : calls.makeBoard({ ...bodyOf(draft), site_id: siteId });
  return (
    <form
      className={styles.card}
      aria-label={t(board ? 'verb.change' : 'boards.new')}
      onSubmit={(event) => {
        event.preventDefault();
        if (holds(draft)) save.mutate(send);
      }}
    >
      <div className={styles.form}>
        <TextField
          label={t('boards.name')}
          autoFocus
          maxLength={120}
          value={draft.name}
          onChange={(event) => change({ name: event.target.value })}
        />
        <People draft={draft} onChange={setDraft} known={board?.members} />
        <Cadence draft={draft} onChange={change} />
        {board && (
          <label className={styles.tick}>
            <input
              type="checkbox"
              checked={draft.active}
              onChange={(event) => change({ active: event.target.checked })}
            />
            {t('boards.active')}
          </label>
        )}
        <div className={styles.actions}>
          <Button type="submit" tone="next" busy={save.isPending} disabled={!holds(draft)}>
            {t('ui:save')}
          </Button>
          <Button tone="bare" onClick={onDone}>
            {t('ui:cancel')}
          </Button>
        </div>
      </div>
    </form>
  );
}

function Cadence({ draft, onChange }: { draft: BoardDraft; onChange: (part: Partial<BoardDraft>) => void }) {
  const { t } = useTranslation('meeting');
  return (
    <section className={styles.part}>
      <h3>{t('boards.cadence')}</h3>
      <div className={styles.line}>
        <SelectField
          label={t('boards.every')}
          value={draft.every}
          onChange={(event) => onChange({ every: event.target.value })}
        >
          {['weekly', 'biweekly', 'monthly'].map((key) => (
            <option key={key} value={key}>
              {t(`everyShort.${key}`)}
            </option>
          ))}
        </SelectField>
        {draft.every === 'monthly' && (
          <TextField
            label={t('boards.week')}
            type="number"
            min={1}
            max={4}
            value={draft.week}
            onChange={(event) => onChange({ week: Number(event.target.value) })}
          />
        )}
        <SelectField
          label={t('boards.weekday')}
          value={draft.weekday}
          onChange={(event) => onChange({ weekday: Number(event.target.value) })}
        >
          {WEEKDAYS.map((day) => (
            <option key={day} value={day}>
              {t(`weekday.${day}`)}
            </option>
          ))}
        </SelectField>
        <TextField
          label={t('boards.at')}
          type="time"
          value={draft.at}
          onChange={(event) => onChange({ at: event.target.value })}
        />
        <TextField
          label={t('when.minutes')}
          type="number"
          min={15}
          max={480}
          value={draft.minutes}
          onChange={(event) => onChange({ minutes: Number(event.target.value) })}
        />
      </div>
    </section>
  );
}

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { SelectField, TextField } from '@/ui/Field';
import * as calls from '../calls';
import styles from '../meeting.module.css';
import { type Board, specialties } from '../types';
import { useDeed } from '../useMeeting';
import { useSpecialty } from '../Words';
import { type BoardDraft, bodyOf, draftOf, holds, withMember } from './draft';

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
        <People draft={draft} onChange={setDraft} board={board} />
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

function People({
  draft,
  board,
  onChange,
}: {
  draft: BoardDraft;
  board?: Board;
  onChange: (draft: BoardDraft) => void;
}) {
  const { t } = useTranslation('meeting');
  const word = useSpecialty();
  const found = useQuery({ queryKey: ['experts', 'board'], queryFn: ({ signal }) => calls.experts(signal) });
  const known = new Map<string, string>(
    (board?.members ?? []).map(({ person }) => [person.id, [person.name, person.site?.name].join(' · ')]),
  );
  for (const one of found.data?.items ?? [])
    known.set(
      one.person_id,
      [one.name, one.specialty && word(one.specialty), one.site.name].filter(Boolean).join(' · '),
    );
  const used = [...new Set(Object.values(draft.members))];
  return (
    <>
      <section className={styles.part} data-testid="members">
        <h3>{t('boards.members')}</h3>
        {Object.entries(draft.members).map(([person, code]) => (
          <div key={person} className={styles.line}>
            <span className={styles.grow}>{known.get(person) ?? person}</span>
            <select
              className={styles.select}
              aria-label={t('boards.specialtyOf', { name: known.get(person)?.split(' · ')[0] ?? '' })}
              value={code}
              onChange={(event) => onChange(withMember(draft, person, event.target.value))}
            >
              {specialties.map((one) => (
                <option key={one} value={one}>
                  {word(one)}
                </option>
              ))}
            </select>
            <label className={styles.tick}>
              <input
                type="radio"
                name="chair"
                checked={draft.chair === person}
                onChange={() => onChange({ ...draft, chair: person })}
              />
              {t('chair')}
            </label>
            <Button
              tone="bare"
              icon="close"
              aria-label={t('boards.remove')}
              title={t('boards.remove')}
              onClick={() => onChange(withMember(draft, person, null))}
            />
          </div>
        ))}
        <SelectField
          label={t('boards.add')}
          value=""
          hint={t('boards.addHint')}
          onChange={(event) => {
            const one = found.data?.items.find(({ person_id: id }) => id === event.target.value);
            if (one) onChange(withMember(draft, one.person_id, one.specialty || 'other'));
          }}
        >
          <option value="">{t('ui:choose')}</option>
          {(found.data?.items ?? [])
            .filter(({ person_id: id }) => !(id in draft.members))
            .map(({ person_id: id }) => (
              <option key={id} value={id}>
                {known.get(id)}
              </option>
            ))}
        </SelectField>
      </section>
      <section className={styles.part}>
        <h3>{t('boards.quorum')}</h3>
        <div className={styles.line}>
          <TextField
            label={t('boards.least')}
            type="number"
            min={2}
            max={Math.max(2, used.length)}
            value={draft.least}
            onChange={(event) => onChange({ ...draft, least: Number(event.target.value) })}
          />
          {used.map((code) => (
            <label key={code} className={styles.tick}>
              <input
                type="checkbox"
                checked={draft.must.includes(code)}
                onChange={(event) =>
                  onChange({
                    ...draft,
                    must: event.target.checked
                      ? [...draft.must, code]
                      : draft.must.filter((one) => one !== code),
                  })
                }
              />
              {t('boards.must', { specialty: word(code) })}
            </label>
          ))}
        </div>
      </section>
    </>
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

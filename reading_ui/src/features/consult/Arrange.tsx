import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keysOf } from '@/api/queries';
import { useNow } from '@/lib/now';
import { shortTime } from '@/lib/time';
import { SelectField, TextField } from '@/ui/Field';
import { SearchBox } from '@/ui/SearchBox';
import { Segments } from '@/ui/Segments';
import { SkeletonRows, Trouble } from '@/ui/States';
import * as calls from './calls';
import { ExpertRows } from './ExpertRows';
import { SpecialtyField } from './fields';
import styles from './page.module.css';
import { dayWords, farAhead, fromLocal, localTime, soonest, suggestions } from './times';
import { type Consultation, modes } from './types';
import { useSettled } from './useSettled';
import { useVerb } from './useVerb';
import { Buttons } from './WordsForm';

const LENGTHS = [15, 30, 45, 60, 90];

/** Who answers, and when: the directory filtered to what is wanted, the least busy first. */
export function Arrange({ view, onDone }: { view: Consultation; onDone: () => void }) {
  const { t } = useTranslation('consult');
  const now = useNow();
  const [specialty, setSpecialty] = useState(view.wanted_specialty);
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(view.expert?.id ?? '');
  const [seconds, setSeconds] = useState<string[]>(view.seconds.map(({ id }) => id));
  const [mode, setMode] = useState(view.mode);
  const [at, setAt] = useState(() => localTime(soonest(Date.now(), view.urgency === 'urgent')));
  const [minutes, setMinutes] = useState(view.minutes ?? 30);
  const q = useSettled(text);
  const verb = useVerb(view.id, onDone);
  const list = useQuery({
    queryKey: [...keysOf.experts, specialty, q],
    queryFn: ({ signal }) => calls.experts({ specialty, q }, signal),
    placeholderData: keepPreviousData,
  });
  const experts = (list.data?.items ?? []).filter(({ person_id: id }) => id !== view.requester.id);
  const expert = experts.find(({ person_id: id }) => id === chosen);
  const starts = mode === 'room' ? fromLocal(at) : null;
  const [sure, setSure] = useState('');
  const days = farAhead(starts, view.due_at, now);
  const ready =
    expert !== undefined && (mode === 'async' || (starts !== null && (days === null || sure === at)));
  return (
    <form
      className={styles.words}
      onSubmit={(event) => {
        event.preventDefault();
        if (!ready) return;
        const second_ids = seconds.filter((id) => id !== chosen);
        const when = starts ? { starts_at: starts.toISOString(), minutes } : {};
        verb.mutate({ verb: 'assign', words: { expert_id: chosen, second_ids, ...when } });
      }}
    >
      <div className={styles.filters}>
        <SpecialtyField
          value={specialty}
          label={t('experts.specialty')}
          none={t('experts.anySpecialty')}
          onChange={setSpecialty}
        />
        <SearchBox value={text} onValue={setText} placeholder={t('experts.search')} />
      </div>
      {list.isPending && <SkeletonRows rows={4} />}
      {list.isError && <Trouble error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && (
        <ExpertRows
          experts={experts}
          chosen={chosen}
          seconds={seconds}
          onChoose={setChosen}
          onSeconds={setSeconds}
        />
      )}
      <div className={styles.when}>
        <Segments
          label={t('field.mode')}
          answer
          segments={modes.map((key) => ({ key, label: t(`mode.${key}`) }))}
          chosen={mode}
          onChoose={setMode}
        />
        {mode === 'room' ? (
          <>
            <TextField
              label={t('arrange.at')}
              type="datetime-local"
              value={at}
              onChange={(event) => setAt(event.target.value)}
            />
            <SelectField
              label={t('arrange.minutes')}
              value={minutes}
              onChange={(event) => setMinutes(Number(event.target.value))}
            >
              {LENGTHS.map((length) => (
                <option key={length} value={length}>
                  {t('arrange.length', { n: length })}
                </option>
              ))}
            </SelectField>
            <div className={styles.quick}>
              {suggestions(now, expert?.free_at ?? null, view.urgency === 'urgent').map((one) => (
                <button key={one.key} type="button" onClick={() => setAt(localTime(one.at))}>
                  {t(`arrange.${one.key}`)} {shortTime(one.at.toISOString(), now)}
                </button>
              ))}
            </div>
          </>
        ) : (
          <p className={styles.note}>{t('arrange.inWriting')}</p>
        )}
      </div>
      {starts && days !== null && (
        <label className={styles.sure} data-testid="far-ahead">
          <input type="checkbox" checked={sure === at} onChange={() => setSure(sure === at ? '' : at)} />
          {t('arrange.far', { at: dayWords(starts), n: days })}
        </label>
      )}
      <Buttons
        verb={expert ? t('arrange.invite', { name: expert.name }) : t('arrange.choose')}
        busy={verb.isPending}
        ready={ready}
        onBack={onDone}
      />
    </form>
  );
}

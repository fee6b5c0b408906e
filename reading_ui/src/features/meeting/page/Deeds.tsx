import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { Button } from '@/ui/Button';
import { SelectField } from '@/ui/Field';
import { RoomWay } from '@/ui/RoomWay';
import { WhenForm } from '../boards/WhenForm';
import * as calls from '../calls';
import styles from '../meeting.module.css';
import { ReasonForm } from '../ReasonForm';
import { type Meeting, waits } from '../types';
import { useDeed } from '../useMeeting';

type Form = 'move' | 'cancel' | 'finish' | 'replace_chair';

/** What may be done with the meeting as a whole; the way into its room while it runs. */
export function Deeds({ meeting }: { meeting: Meeting }) {
  const { t } = useTranslation('meeting');
  const navigate = useNavigate();
  const [form, setForm] = useState<Form | null>(null);
  const back = () => setForm(null);
  const start = useDeed<Meeting>(meeting.id, 'start', (now) => {
    if (now.room_id) navigate(`/rooms/${now.room_id}`);
  });
  const deed = useDeed<Meeting>(meeting.id, 'saved', back);
  const run = (verb: calls.MeetingVerb, words: object) =>
    deed.mutate(() => calls.act(meeting.id, verb, words));
  const may = (verb: string) => meeting.verbs.includes(verb);
  const live = meeting.state === 'live' ? meeting.room_id : null;
  const left = meeting.agenda.filter(waits).length;
  if (!live && meeting.verbs.every((verb) => verb === 'arrange' || verb === 'set_members')) return null;
  return (
    <section className={styles.deeds} data-testid="deeds">
      {!form && (
        <div className={styles.actions}>
          {live && <RoomWay roomId={live} kind="meeting" subjectId={meeting.id} enter={t('enter')} next />}
          {may('start') && !live && (
            <Button
              tone="next"
              busy={start.isPending}
              disabled={!meeting.agenda.some(({ state }) => state === 'preparing')}
              title={t('startHint')}
              onClick={() => start.mutate(() => calls.act(meeting.id, 'start'))}
            >
              {t('verb.start')}
            </Button>
          )}
          {may('finish') && (
            <Button onClick={() => (left > 0 ? setForm('finish') : run('finish', { reason: '' }))}>
              {t('verb.finish')}
            </Button>
          )}
          {may('move') && <Button onClick={() => setForm('move')}>{t('verb.move')}</Button>}
          {may('replace_chair') && (
            <Button onClick={() => setForm('replace_chair')}>{t('verb.replace_chair')}</Button>
          )}
          {may('cancel') && (
            <Button tone="bare" onClick={() => setForm('cancel')}>
              {t('verb.cancel')}
            </Button>
          )}
        </div>
      )}
      {form === 'move' && (
        <WhenForm
          verb="move"
          at={meeting.starts_at}
          minutes={meeting.minutes}
          busy={deed.isPending}
          onBack={back}
          onSend={(starts_at, minutes) => run('move', { starts_at, minutes, version: meeting.version })}
        />
      )}
      {(form === 'cancel' || form === 'finish') && (
        <ReasonForm
          verb={form}
          danger={form === 'cancel'}
          busy={deed.isPending}
          onBack={back}
          onSend={(reason) => run(form, { reason })}
        />
      )}
      {form === 'replace_chair' && (
        <ChairForm
          meeting={meeting}
          busy={deed.isPending}
          onBack={back}
          onSend={(person_id) => run('chair', { person_id })}
        />
      )}
    </section>
  );
}

interface ChairProps {
  meeting: Meeting;
  busy: boolean;
  onSend: (person: string) => void;
  onBack: () => void;
}

function ChairForm({ meeting, busy, onSend, onBack }: ChairProps) {
  const { t } = useTranslation('meeting');
  const others = meeting.members.filter(({ person }) => person.id !== meeting.chair.id);
  const [person, setPerson] = useState(others[0]?.person.id ?? '');
  return (
    <form
      className={styles.when}
      onSubmit={(event) => {
        event.preventDefault();
        if (person) onSend(person);
      }}
    >
      <SelectField label={t('chair')} value={person} onChange={(event) => setPerson(event.target.value)}>
        {others.map((one) => (
          <option key={one.person.id} value={one.person.id}>
            {one.person.name} · {t(`consult:specialty.${one.specialty}`)}
          </option>
        ))}
      </SelectField>
      <Button type="submit" tone="next" busy={busy} disabled={!person}>
        {t('verb.replace_chair')}
      </Button>
      <Button tone="bare" onClick={onBack}>
        {t('ui:cancel')}
      </Button>
    </form>
  );
}

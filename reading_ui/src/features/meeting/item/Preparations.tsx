import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '@/api/session';
import { Tag } from '@/ui/Band';
import { Button } from '@/ui/Button';
import { TextArea } from '@/ui/Field';
import { Time } from '@/ui/Time';
import * as calls from '../calls';
import styles from '../meeting.module.css';
import type { Item, Meeting, Preparation } from '../types';
import { useDeed } from '../useMeeting';
import { useSpecialty } from '../Words';
import { KeyImagePicker } from './KeyImagePicker';
import { KeyImages } from './KeyImages';

/** How far each specialty is, what it still misses, what it has to say beforehand. */
export function Preparations({ meeting, item }: { meeting: Meeting; item: Item }) {
  const { t } = useTranslation('meeting');
  const me = useSession((session) => session.me?.person.id ?? '');
  const word = useSpecialty();
  const [open, setOpen] = useState<string | null>(null);
  const own = new Set(
    meeting.members.filter(({ person }) => person.id === me).map(({ specialty }) => specialty),
  );
  const mayPrepare = (one: Preparation) => item.verbs.includes('prepare') && own.has(one.specialty);
  return (
    <section className={styles.card} data-testid="preparations">
      <h2>{t('prepare.title')}</h2>
      <ul className={styles.rows}>
        {item.preparations.map((one) => (
          <li key={one.specialty} data-specialty={one.specialty}>
            <div className={styles.line}>
              <b>{word(one.specialty)}</b>
              <Tag
                band={one.missing.length > 0 ? 'yellow' : one.ready ? 'blue' : 'grey'}
                icon={one.missing.length > 0 ? 'question' : one.ready ? 'check' : 'clock'}
              >
                {t(
                  one.missing.length > 0 ? 'prepare.missing' : one.ready ? 'prepare.ready' : 'prepare.waits',
                  {
                    n: one.missing.length,
                  },
                )}
              </Tag>
              {one.by && (
                <span className={styles.dim}>
                  {one.by.name} <Time at={one.at} />
                </span>
              )}
              {mayPrepare(one) && open !== one.specialty && (
                <span className={styles.rest}>
                  <Button onClick={() => setOpen(one.specialty)}>{t('verb.prepare')}</Button>
                </span>
              )}
            </div>
            {open === one.specialty ? (
              <PrepareForm meeting={meeting} item={item} one={one} onDone={() => setOpen(null)} />
            ) : (
              <>
                {one.missing.length > 0 && (
                  <p className={styles.said} data-tone="wait">
                    <b>{t('prepare.lacks')}</b> {one.missing.join(t('comma'))}
                  </p>
                )}
                {one.note && <p className={styles.text}>{one.note}</p>}
                <KeyImages item={item} images={one.key_images} />
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

interface FormProps {
  meeting: Meeting;
  item: Item;
  one: Preparation;
  onDone: () => void;
}

function PrepareForm({ meeting, item, one, onDone }: FormProps) {
  const { t } = useTranslation('meeting');
  const [note, setNote] = useState(one.note);
  const [images, setImages] = useState(one.key_images);
  const [missing, setMissing] = useState(one.missing.join('\n'));
  const save = useDeed<Item>(meeting.id, 'prepare', onDone);
  const lacks = missing
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const send = (ready: boolean) =>
    save.mutate(() =>
      calls.prepare(meeting.id, item.id, {
        specialty: one.specialty,
        version: one.version,
        ready,
        missing: lacks,
        note: note.trim(),
        key_images: images,
      }),
    );
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        send(lacks.length === 0);
      }}
    >
      <TextArea
        label={t('prepare.note')}
        rows={3}
        maxLength={4000}
        autoFocus
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
      <TextArea
        label={t('prepare.missingField')}
        rows={2}
        hint={t('prepare.missingHint')}
        value={missing}
        onChange={(event) => setMissing(event.target.value)}
      />
      <KeyImagePicker item={item} value={images} onChange={setImages} />
      <div className={styles.actions}>
        <Button type="submit" tone="next" busy={save.isPending}>
          {t(lacks.length > 0 ? 'prepare.ask' : 'prepare.done')}
        </Button>
        {lacks.length === 0 && (
          <Button busy={save.isPending} onClick={() => send(false)}>
            {t('prepare.keep')}
          </Button>
        )}
        <Button tone="bare" onClick={onDone}>
          {t('ui:cancel')}
        </Button>
      </div>
    </form>
  );
}

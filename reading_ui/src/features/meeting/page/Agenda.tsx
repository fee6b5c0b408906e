import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { cx } from '@/lib/cx';
import { Tag } from '@/ui/Band';
import { Button } from '@/ui/Button';
import * as calls from '../calls';
import styles from '../meeting.module.css';
import { type Item, type Meeting, waits } from '../types';
import { useDeed } from '../useMeeting';
import { ItemTag, PatientWords, TimeBox } from '../Words';
import { ended, moved, type Place } from './order';

/** The cases in their order with their time boxes; whoever screens or presides arranges them. */
export function Agenda({ meeting, chosen }: { meeting: Meeting; chosen: string | undefined }) {
  const { t } = useTranslation('meeting');
  const [places, setPlaces] = useState<Place[] | null>(null);
  const arrange = useDeed<Meeting>(meeting.id, 'arrange', () => setPlaces(null));
  const waiting = meeting.agenda.filter(waits);
  const mayArrange = meeting.verbs.includes('arrange') && waiting.length > 0;
  const sum = meeting.agenda.reduce((all, one) => all + (ended(one) ? 0 : one.minutes), 0);
  return (
    <nav className={styles.agenda} aria-label={t('agenda.title')} data-testid="agenda">
      <header className={styles.line}>
        <h2 className={styles.label}>{t('agenda.title')}</h2>
        <span className={sum > meeting.minutes ? styles.warn : styles.dim}>
          {t('agenda.sum', { n: meeting.agenda.length, sum, minutes: meeting.minutes })}
        </span>
        {mayArrange && !places && (
          <span className={styles.rest}>
            <Button
              tone="bare"
              onClick={() => setPlaces(waiting.map(({ id, minutes }) => ({ id, minutes })))}
            >
              {t('verb.arrange')}
            </Button>
          </span>
        )}
      </header>
      {places ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            arrange.mutate(() =>
              calls.act(meeting.id, 'agenda', { items: places, version: meeting.version }),
            );
          }}
        >
          <ol>
            {places.map((place, index) => (
              <Placed
                key={place.id}
                item={waiting.find(({ id }) => id === place.id)}
                place={place}
                onMove={(by) => setPlaces(moved(places, index, by))}
                onMinutes={(minutes) =>
                  setPlaces(places.map((one) => (one.id === place.id ? { ...one, minutes } : one)))
                }
              />
            ))}
          </ol>
          <div className={styles.actions}>
            <Button type="submit" tone="next" busy={arrange.isPending}>
              {t('ui:save')}
            </Button>
            <Button tone="bare" onClick={() => setPlaces(null)}>
              {t('ui:cancel')}
            </Button>
          </div>
        </form>
      ) : (
        <ol>
          {meeting.agenda.map((item, index) => (
            <li key={item.id}>
              <Link
                to={`/meetings/${meeting.id}/items/${item.id}`}
                className={cx(styles.entry, item.id === chosen && styles.chosen)}
                aria-current={item.id === chosen || undefined}
              >
                <AgendaWords item={item} place={index + 1} />
              </Link>
            </li>
          ))}
        </ol>
      )}
    </nav>
  );
}

export function AgendaWords({ item, place }: { item: Item; place: number }) {
  const { t } = useTranslation('meeting');
  const word = preparedOf(item);
  return (
    <>
      <span className={styles.entryHead}>
        <span className={styles.dim}>{place}</span>
        <PatientWords patient={item.patient} />
      </span>
      <span className={styles.entryText} title={item.question}>
        {item.question}
      </span>
      <span className={styles.line}>
        <ItemTag item={item} />
        {item.urgent && <Tag band="strong">{t('item.urgent')}</Tag>}
        {item.state === 'preparing' && !item.ready && (
          <span className={styles.dim}>{t('item.prepared', word)}</span>
        )}
        <span className={styles.rest}>
          <TimeBox item={item} />
        </span>
      </span>
    </>
  );
}

const preparedOf = ({ preparations }: Item) => ({
  n: preparations.filter(({ ready }) => ready).length,
  all: preparations.length,
});

interface PlacedProps {
  item: Item | undefined;
  place: Place;
  onMove: (by: -1 | 1) => void;
  onMinutes: (minutes: number) => void;
}

function Placed({ item, place, onMove, onMinutes }: PlacedProps) {
  const { t } = useTranslation('meeting');
  return (
    <li className={styles.entry}>
      <PatientWords patient={item?.patient ?? null} />
      <span className={styles.line}>
        <Button tone="bare" icon="up" aria-label={t('agenda.up')} onClick={() => onMove(-1)} />
        <Button tone="bare" icon="down" aria-label={t('agenda.down')} onClick={() => onMove(1)} />
        <input
          className={styles.short}
          type="number"
          min={3}
          max={120}
          aria-label={t('box.field')}
          value={place.minutes}
          onChange={(event) => onMinutes(Number(event.target.value))}
        />
        <span className={styles.dim}>{t('box.unit')}</span>
      </span>
    </li>
  );
}

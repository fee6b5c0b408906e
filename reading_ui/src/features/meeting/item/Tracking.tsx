import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Tag } from '@/ui/Band';
import { Button } from '@/ui/Button';
import { DueClock } from '@/ui/DueClock';
import { TextArea } from '@/ui/Field';
import { Time } from '@/ui/Time';
import * as calls from '../calls';
import styles from '../meeting.module.css';
import type { Item, Meeting } from '../types';
import { useDeed } from '../useMeeting';

/** What came of the recommendations, and the looks back after 30 and 90 days. */
export function Tracking({ meeting, item }: { meeting: Meeting; item: Item }) {
  const { t } = useTranslation('meeting');
  const mayReview = item.verbs.includes('review');
  if (item.follow_ups.length === 0 && item.reviews.length === 0 && !mayReview) return null;
  return (
    <section className={styles.card} data-testid="tracking">
      <header className={styles.line}>
        <h2>{t('track.title')}</h2>
        {item.follow_ups.length > 0 && (
          <span className={styles.rest}>
            <Link to="/follow-ups">{t('track.all')}</Link>
          </span>
        )}
      </header>
      <ul className={styles.rows}>
        {item.follow_ups.map((one) => (
          <li key={one.id} className={styles.line} data-testid="follow-up">
            <Tag
              band={one.state === 'planned' ? 'blue' : 'grey'}
              icon={one.state === 'done' ? 'check' : 'clock'}
            >
              {t(`cases:followUp.state.${one.state}`)}
            </Tag>
            <span>{one.text}</span>
            <span className={styles.dim}>{one.owner_site.name}</span>
            {one.state === 'planned' && <DueClock dueAt={one.due_at} startedAt={null} band="blue" />}
            {one.reason && <span className={styles.dim}>{one.reason}</span>}
          </li>
        ))}
      </ul>
      {item.reviews.map((one) => (
        <p key={one.at} className={styles.said}>
          <b>
            {t('track.review')} <Time at={one.at} />
          </b>{' '}
          {one.text} {one.discuss_again && t('track.again')}
        </p>
      ))}
      {mayReview && <ReviewForm meeting={meeting} item={item} />}
    </section>
  );
}

function ReviewForm({ meeting, item }: { meeting: Meeting; item: Item }) {
  const { t } = useTranslation('meeting');
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const [again, setAgain] = useState(false);
  const save = useDeed<Item>(meeting.id, 'review', () => {
    setOpen(false);
    setText('');
  });
  if (!open) return <Button onClick={() => setOpen(true)}>{t('verb.review')}</Button>;
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!text.trim()) return;
        save.mutate(() =>
          calls.actOn(meeting.id, item.id, 'review', { text: text.trim(), discuss_again: again }),
        );
      }}
    >
      <TextArea
        label={t('track.field')}
        rows={2}
        maxLength={2000}
        autoFocus
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <label className={styles.tick}>
        <input type="checkbox" checked={again} onChange={(event) => setAgain(event.target.checked)} />
        {t('track.againField')}
      </label>
      <div className={styles.actions}>
        <Button type="submit" tone="next" busy={save.isPending} disabled={text.trim() === ''}>
          {t('ui:save')}
        </Button>
        <Button tone="bare" onClick={() => setOpen(false)}>
          {t('ui:cancel')}
        </Button>
      </div>
    </form>
  );
}

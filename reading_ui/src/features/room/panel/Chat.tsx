import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RoomView } from '@/api/rooms';
import { cx } from '@/lib/cx';
import { composing } from '@/lib/keymap';
import { Button } from '@/ui/Button';
import { Time } from '@/ui/Time';
import { colourOf } from '../stage/colours';
import styles from './panel.module.css';

interface Props {
  room: RoomView;
  /** Names of those who are writing just now. */
  typing: readonly string[];
  onTyping: () => void;
  onSay: (text: string) => Promise<boolean>;
}

/** What is written in the room. It stays with the case. */
export function Chat({ room, typing, onTyping, onSay }: Props) {
  const { t } = useTranslation('room');
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const end = useRef<HTMLLIElement>(null);
  const count = room.chat.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new line is what brings the end into view
  useEffect(() => {
    // Newer browsers answer with a promise, which is no clean-up.
    end.current?.scrollIntoView({ block: 'nearest' });
  }, [count]);
  const people = new Map(room.seats.map((seat) => [seat.id, seat.person_id]));
  const send = async () => {
    if (busy || text.trim() === '') return;
    setBusy(true);
    if (await onSay(text.trim())) setText('');
    setBusy(false);
  };
  return (
    <div className={styles.chat}>
      <ol className={styles.lines} aria-live="polite" aria-label={t('tab.chat')}>
        {count === 0 && <li className={styles.nothing}>{t('chat.empty')}</li>}
        {room.chat.map((line) => (
          <li key={line.id} className={cx(styles.line, line.seat_id === room.my_seat_id && styles.own)}>
            <span className={styles.who}>
              <b style={{ color: colourOf(people.get(line.seat_id) ?? '') }}>{line.name}</b>
              <Time at={line.at} />
            </span>
            <span className={styles.text}>{line.text}</span>
          </li>
        ))}
        <li ref={end} className={styles.typing}>
          {typing.length > 0 && t('chat.typing', { names: typing.join('、') })}
        </li>
      </ol>
      <form
        className={styles.write}
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <textarea
          value={text}
          rows={2}
          maxLength={2000}
          aria-label={t('chat.write')}
          placeholder={t('chat.write')}
          onChange={(event) => {
            setText(event.target.value);
            onTyping();
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || composing(event.nativeEvent)) return;
            event.preventDefault();
            void send();
          }}
        />
        <Button type="submit" tone="next" busy={busy} disabled={text.trim() === ''}>
          {t('chat.send')}
        </Button>
      </form>
    </div>
  );
}

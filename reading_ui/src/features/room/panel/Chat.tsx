import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RoomView } from '@/api/rooms';
import { cx } from '@/lib/cx';
import { composing } from '@/lib/keymap';
import { Button } from '@/ui/Button';
import { problemText } from '@/ui/problemText';
import { Time } from '@/ui/Time';
import type { Waiting } from '../outbox';
import { colourOf } from '../stage/colours';
import { useChat } from '../useChat';
import styles from './panel.module.css';

interface Props {
  room: RoomView;
  /** Names of those who are writing just now. */
  typing: readonly string[];
  onTyping: () => void;
}

/** What is written in the room. It stays with the case; what is not told yet stands below, marked. */
export function Chat({ room, typing, onTyping }: Props) {
  const { t } = useTranslation('room');
  const [text, setText] = useState('');
  const end = useRef<HTMLLIElement>(null);
  const out = useChat(room);
  const count = room.chat.length + out.lines.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new line is what brings the end into view
  useEffect(() => {
    // Newer browsers answer with a promise, which is no clean-up.
    end.current?.scrollIntoView({ block: 'nearest' });
  }, [count]);
  const people = new Map(room.seats.map((seat) => [seat.id, seat.person_id]));
  const send = () => {
    if (text.trim() === '') return;
    out.say(text.trim());
    setText('');
  };
  return (
    <div className={styles.chat}>
      <ol className={styles.lines} aria-live="polite" aria-label={t('tab.chat')}>
        {count === 0 && <li className={styles.nothing}>{t('chat.empty')}</li>}
        {room.chat.map((line) => (
          <li key={line.id} className={cx(styles.line, line.seat_id === room.my_seat_id && styles.own)}>
            <span className={styles.who}>
              <b style={{ color: colourOf(people.get(line.seat_id) ?? '', room.seats) }}>{line.name}</b>
              <Time at={line.at} />
            </span>
            <span className={styles.text}>{line.text}</span>
          </li>
        ))}
        {out.lines.map((line) => (
          <Unsent key={line.id} line={line} onAgain={out.again} onForget={out.forget} />
        ))}
        <li ref={end} className={styles.typing}>
          {typing.length > 0 && t('chat.typing', { names: typing.join('、') })}
        </li>
      </ol>
      <form
        className={styles.write}
        onSubmit={(event) => {
          event.preventDefault();
          send();
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
            send();
          }}
        />
        <Button type="submit" tone="next" disabled={text.trim() === ''}>
          {t('chat.send')}
        </Button>
      </form>
    </div>
  );
}

interface UnsentProps {
  line: Waiting;
  onAgain: (id: string) => void;
  onForget: (id: string) => void;
}

/** A line that the server has not shown yet: it waits and goes by itself, or it was refused and somebody decides. */
function Unsent({ line, onAgain, onForget }: UnsentProps) {
  const { t } = useTranslation('room');
  const refused = line.phase === 'refused';
  return (
    <li className={cx(styles.line, styles.unsent)} data-testid="unsent" data-phase={line.phase}>
      <span className={styles.text}>{line.text}</span>
      <span className={styles.state} role={refused ? 'alert' : 'status'}>
        {refused ? line.problem && problemText(line.problem) : t('chat.waiting')}
      </span>
      {refused && (
        <span className={styles.decide}>
          <Button onClick={() => onAgain(line.id)}>{t('chat.again')}</Button>
          <Button tone="bare" onClick={() => onForget(line.id)}>
            {t('chat.forget')}
          </Button>
        </span>
      )}
    </li>
  );
}

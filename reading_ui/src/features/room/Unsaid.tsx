import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '@/api/session';
import styles from './door.module.css';
import { over, restore, useOutbox } from './outbox';

/** What one wrote and the room never heard, before it was closed: its author can still read it here, and it goes to nobody. */
export function Unsaid({ roomId }: { roomId: string }) {
  const { t } = useTranslation('room');
  const person = useSession((session) => session.me?.person.id ?? '');
  const all = useOutbox((box) => box.lines);
  const lines = all.filter((one) => one.room === roomId && one.person === person && one.phase !== 'said');
  useEffect(() => restore(roomId, person), [roomId, person]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever is still on its way comes to nothing as well
  useEffect(() => over(roomId, person), [roomId, person, all]);
  if (lines.length === 0) return null;
  return (
    <section className={styles.unsaid} data-testid="unsaid">
      <h2>{t('door.unsaid', { count: lines.length })}</h2>
      <ul>
        {lines.map((line) => (
          <li key={line.id}>{line.text}</li>
        ))}
      </ul>
    </section>
  );
}

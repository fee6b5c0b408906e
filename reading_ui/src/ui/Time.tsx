import { useNow } from '@/lib/now';
import { fullTime, shortTime } from '@/lib/time';

/** `14:02` today, `11-21 14:05` otherwise; the full instant on hover. */
export function Time({ at }: { at: string | null | undefined }) {
  const now = useNow();
  if (!at) return null;
  return (
    <time dateTime={at} title={fullTime(at)}>
      {shortTime(at, now)}
    </time>
  );
}

import { useCallback, useEffect, useState } from 'react';

/** Where somebody points at: a place on a picture. */
export interface Pointer {
  seat: string;
  study_id: string;
  sop_uid: string;
  frame: number;
  point: readonly [number, number];
  at: number;
}

const GONE_MS = 3_000;
const word = (found: unknown): string => (typeof found === 'string' ? found : '');
const number = (found: unknown): number => (typeof found === 'number' ? found : Number.NaN);

/** Reads a whisper, trusting nothing; null: the finger has left the picture. */
export function readPointer(seat: string, body: unknown, now: number): Pointer | null {
  if (typeof body !== 'object' || body === null) return null;
  const { study_id, sop_uid, frame, x, y } = body as Record<string, unknown>;
  const point = [number(x), number(y)] as const;
  if (word(sop_uid) === '' || !point.every(Number.isFinite)) return null;
  return { seat, study_id: word(study_id), sop_uid: word(sop_uid), frame: number(frame), point, at: now };
}

/** Fingers of the others; one that says nothing for a while is gone. */
export function usePointers(): {
  pointers: readonly Pointer[];
  heard: (seat: string, body: unknown) => void;
} {
  const [pointers, setPointers] = useState<readonly Pointer[]>([]);
  const heard = useCallback((seat: string, body: unknown) => {
    const found = readPointer(seat, body, Date.now());
    setPointers((all) => {
      const others = all.filter((one) => one.seat !== seat);
      return found ? [...others, found] : others;
    });
  }, []);
  const any = pointers.length > 0;
  useEffect(() => {
    if (!any) return;
    const timer = setInterval(() => {
      const oldest = Date.now() - GONE_MS;
      setPointers((all) =>
        all.some((one) => one.at < oldest) ? all.filter((one) => one.at >= oldest) : all,
      );
    }, 500);
    return () => clearInterval(timer);
  }, [any]);
  return { pointers, heard };
}

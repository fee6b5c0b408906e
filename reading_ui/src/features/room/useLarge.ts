import { useEffect, useRef, useState } from 'react';
import type { Card } from './people';

/** Whose shared screen stands over the pictures: a share that begins comes to the front by itself, once; one may go back to the pictures. */
export function useLarge(cards: readonly Card[]): [string | null, (seat: string | null) => void] {
  const [large, setLarge] = useState<string | null>(null);
  const known = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const sharing = cards.filter((card) => !card.own && card.tile?.sends.screen).map((card) => card.seat.id);
    const begun = sharing.findLast((seat) => !known.current.has(seat));
    known.current = new Set(sharing);
    if (begun) setLarge(begun);
  }, [cards]);
  return [large, setLarge];
}

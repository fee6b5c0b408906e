import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { caseKeys } from '../keys';
import * as calls from '../referralCalls';
import type { ReferralView } from '../types';
import { type Kept, keeper } from './keeper';

const PAUSE_MS = 700;

/** A draft on the screen: what was typed stands there at once and is kept when typing pauses. */
export function useDraft(view: ReferralView) {
  const cache = useQueryClient();
  const [fields, setFields] = useState<ReferralView>(view);
  const [kept, setKept] = useState<Kept>({ phase: 'saved', at: Date.now() });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [keep] = useState(() =>
    keeper(view.version, {
      save: async (changes, version) => {
        const saved = await calls.save(view.id, changes, version);
        cache.setQueryData([...caseKeys.referral(view.id), 'view'], saved);
        return saved.version;
      },
      tell: setKept,
      now: Date.now,
    }),
  );
  useEffect(() => {
    const leaving = (event: BeforeUnloadEvent) => {
      if (keep.dirty()) event.preventDefault();
    };
    window.addEventListener('beforeunload', leaving);
    return () => {
      window.removeEventListener('beforeunload', leaving);
      clearTimeout(timer.current);
      if (keep.dirty()) void keep.flush();
    };
  }, [keep]);
  const change = (changes: calls.Written) => {
    setFields((all) => ({ ...all, ...changes }));
    keep.change(changes);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void keep.flush(), PAUSE_MS);
  };
  const flush = () => {
    clearTimeout(timer.current);
    return keep.flush();
  };
  return { fields, kept, change, flush, version: keep.version };
}

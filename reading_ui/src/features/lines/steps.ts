import type { Went } from '@/ui/Checks';
import type { Check } from './calls';

/** In the order in which they are taken; each is a digit of the code. */
export const STEPS = ['reach', 'echo', 'send', 'back', 'arrivals'] as const;
export type StepName = (typeof STEPS)[number];

export interface Shown {
  name: StepName;
  verdict: Went;
  /** A key below `lines:`. */
  words: string;
  numbers: Record<string, string | number>;
}

/** Every step of a check; those that were not taken say why: not yet, not asked for, or kept by an earlier one. */
export function stepsOf(check: Check): Shown[] {
  return STEPS.map((name) => {
    const found = check.steps.find((step) => step.name === name);
    if (found) {
      return {
        name,
        verdict: found.state as Went,
        words: `${name}.${found.code}`,
        numbers: inUnits(found.numbers),
      };
    }
    if (check.done_at === null) return { name, verdict: 'waiting', words: 'running', numbers: {} };
    const asked = check.with_image || (name !== 'send' && name !== 'back');
    return { name, verdict: 'skipped', words: asked ? 'notTried' : 'notAsked', numbers: {} };
  });
}

/** Bytes as MB, kbit/s as Mbit/s: as people read them out. */
function inUnits(numbers: Record<string, string | number>): Record<string, string | number> {
  const shown = { ...numbers };
  if (typeof numbers.bytes === 'number') shown.mb = (numbers.bytes / 1e6).toFixed(1);
  if (typeof numbers.kbit === 'number') shown.mbit = (numbers.kbit / 1000).toFixed(1);
  if (typeof numbers.ms === 'number') shown.s = (numbers.ms / 1000).toFixed(1);
  return shown;
}

import { expect, test } from 'vitest';
import { quorumShown } from './quorum';

const live = (...states: ('preparing' | 'presenting' | 'concluded' | 'signed')[]) => ({
  state: 'live' as const,
  agenda: states.map((state) => ({ state })),
});

test('beside a conclusion stands the quorum of its own moment, whoever has left since', () => {
  expect(quorumShown(live('concluded', 'preparing'), { quorum_met: true })).toBe('met');
  expect(quorumShown(live('signed'), { quorum_met: false })).toBe('notMet');
});

test('who is in the room counts while a case is still to be concluded, and no longer', () => {
  expect(quorumShown(live('concluded', 'presenting'), { quorum_met: null })).toBe('now');
  expect(quorumShown(live('presenting'))).toBe('now');
  expect(quorumShown(live('concluded', 'signed'))).toBe('rule');
  expect(quorumShown({ state: 'open', agenda: [{ state: 'preparing' }] })).toBe('rule');
});

import { create } from 'zustand';
import { wasRefused } from '@/api/problem';

/** `off`: nobody signed in. `live`: news arrives by itself. `down`: screens poll, and say so. */
export type Connection = 'off' | 'connecting' | 'live' | 'down';

interface ConnectionStore {
  state: Connection;
  since: number;
}

export const useConnection = create<ConnectionStore>()(() => ({ state: 'off', since: Date.now() }));

export function connectionIs(state: Connection): void {
  if (useConnection.getState().state !== state) useConnection.setState({ state, since: Date.now() });
}

/** For one thing on the screen: as `pollEvery`, and no more once this person was refused it. */
export const pollWhileAllowed =
  (line: Connection) =>
  ({ state }: { state: { error: unknown } }): number | false =>
    wasRefused(state.error) ? false : pollEvery(line);

/**
 * How often a list asks by itself: seldom while news is pushed, often while it is not. Images that come in are counted
 * but are no news each, so a list with a study under way (`counting`) looks itself.
 */
export const pollEvery = (state: Connection, counting = false): number =>
  counting ? 2_000 : state === 'live' ? 30_000 : 5_000;

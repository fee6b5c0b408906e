import * as rooms from '@/api/rooms';
import { hindrance, MediaClient, openDevice, probeAddresses, whyOf, withoutTicket } from '@/live/rtc';
import type { Findings } from './result';

const NODE_MS = 12_000;

/** Looks at everything a call needs, one after the other, and tells of each as soon as it is known. */
export async function lookAt(
  tell: (found: Partial<Findings>) => void,
  stopped: () => boolean,
): Promise<void> {
  const no = hindrance();
  tell({ page: no === 'insecure' ? 'insecure' : 'secure' });
  for (const label of ['camera', 'mic'] as const) {
    const found = await device(label);
    if (stopped()) return;
    tell({ [label]: found });
  }
  const way = await rooms.callTest().catch(() => null);
  if (stopped()) return;
  const servers = way?.ice_servers ?? [];
  const addresses = await probeAddresses(servers).catch(() => ({ host: false, relay: false }));
  if (stopped()) return;
  tell({
    network: addresses.host || addresses.relay ? 'ok' : 'loopback',
    turn: servers.length === 0 ? 'unset' : addresses.relay ? 'ok' : 'failed',
  });
  const { node, ms } = await media(way);
  if (!stopped()) tell({ node, nodeMs: ms });
}

async function device(label: 'camera' | 'mic'): Promise<Findings['camera']> {
  try {
    const track = await openDevice(label, null);
    track.stop();
    return 'ok';
  } catch (error) {
    return whyOf(error);
  }
}

/** Enters a room of one's own at the media node, exactly as a call does, and leaves it again. */
async function media(way: rooms.CallTest | null): Promise<{ node: Findings['node']; ms: number | null }> {
  if (!way) return { node: 'unreachable', ms: null };
  if (way.ticket === null || way.media_url === null)
    return { node: withoutTicket(way.media_reason), ms: null };
  const first = { ticket: way.ticket, url: way.media_url, reason: null, iceServers: way.ice_servers };
  let used = false;
  const client = new MediaClient(async () => {
    if (used) throw new Error('one attempt');
    used = true;
    return first;
  });
  const from = performance.now();
  try {
    return await new Promise((resolve) => {
      const timer = setTimeout(() => resolve({ node: 'blocked', ms: null }), NODE_MS);
      const stop = client.store.subscribe(({ phase, why }) => {
        if (phase === 'joining' || phase === 'off') return;
        clearTimeout(timer);
        stop();
        const ms = Math.round(performance.now() - from);
        resolve(phase === 'live' ? { node: 'ok', ms } : { node: why ?? 'unreachable', ms: null });
      });
      client.enter('audio');
    });
  } finally {
    client.close();
  }
}

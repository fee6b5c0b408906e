import { socketAddress } from './rtcLink';

/** Looks at the network before a call: what addresses this browser offers, and whether a node answers. */

export interface IceFinding {
  /** An address of this machine's own. */
  host: boolean;
  /** An address of a TURN server: the way through a firewall. */
  relay: boolean;
}

const TURN_MS = 8_000;
const HOST_MS = 3_000;

/** Gathers addresses without connecting to anybody. */
export async function probeAddresses(iceServers: RTCIceServer[]): Promise<IceFinding> {
  const pc = new RTCPeerConnection({ iceServers });
  const found: IceFinding = { host: false, relay: false };
  try {
    const done = new Promise<void>((resolve) => {
      setTimeout(resolve, iceServers.length > 0 ? TURN_MS : HOST_MS);
      pc.addEventListener('icecandidate', ({ candidate }) => {
        if (!candidate) return resolve();
        if (candidate.type === 'host') found.host = true;
        if (candidate.type === 'relay') found.relay = true;
      });
    });
    pc.createDataChannel('probe');
    await pc.setLocalDescription(await pc.createOffer());
    await done;
  } finally {
    pc.close();
  }
  return found;
}

/** Milliseconds until a node's WebSocket is open; null when it is not within a few seconds. */
export function probeSocket(url: string): Promise<number | null> {
  const from = performance.now();
  return new Promise((resolve) => {
    let socket: WebSocket;
    try {
      socket = new WebSocket(socketAddress(url, location.href));
    } catch {
      return resolve(null);
    }
    const end = (found: number | null) => {
      clearTimeout(timer);
      socket.close();
      resolve(found);
    };
    const timer = setTimeout(() => end(null), 4_000);
    socket.addEventListener('open', () => end(Math.round(performance.now() - from)));
    socket.addEventListener('error', () => end(null));
  });
}

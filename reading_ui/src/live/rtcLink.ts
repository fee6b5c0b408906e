import { type FromNode, type Label, readMessage, type ToNode } from './rtcMessages';
import { hasAddress, PublishPeer, type Sending, SubscribePeer } from './rtcPeers';
import { endsSeat, type MediaWhy } from './rtcPhase';

const DIAL_MS = 3_000;
const CONNECT_MS = 8_000;
const PING_MS = 5_000;
const SILENT_MS = 12_000;
/** A gap in the path heals by itself often enough to wait this long before everything is built anew. */
const GAP_MS = 4_000;
const COMING_BACK = 3_001;

export interface LinkEvents {
  message(message: FromNode): void;
  /** Media can flow. Once. */
  connected(): void;
  /** The node knows what we send: now it can be told what of it is muted. */
  published(): void;
  /** Over, for this reason. Once, and never after `close`. */
  lost(why: MediaWhy): void;
  refused(code: string): void;
}

export interface Admitted {
  url: string;
  ticket: string;
  iceServers: RTCIceServer[];
  audioOnly: boolean;
}

/** `http://node:8090` → `ws://node:8090/rtc`; a path alone is on this page's own host. */
export function socketAddress(url: string, page: string): string {
  const address = new URL(url || '/', page);
  address.protocol = address.protocol.replace(/^http/, 'ws');
  address.pathname = `${address.pathname.replace(/\/+$/, '').replace(/\/rtc$/, '')}/rtc`;
  return address.href;
}

/** One attempt: a WebSocket to a node and the two connections that it agrees on. Lives until it is lost or closed. */
export class Link {
  readonly subscribe: SubscribePeer;
  private publishing: PublishPeer | null = null;
  private readonly socket: WebSocket;
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();
  private heard = performance.now();
  private over = false;
  private ready = false;
  private joined = false;
  private order: Promise<unknown> = Promise.resolve();
  private accepted: ((sdp: string) => void) | null = null;

  constructor(
    private readonly admitted: Admitted,
    private readonly sending: () => Sending[],
    private readonly happen: LinkEvents,
  ) {
    this.subscribe = new SubscribePeer(admitted.iceServers);
    this.watch(this.subscribe.pc);
    this.socket = new WebSocket(socketAddress(admitted.url, location.href));
    this.socket.addEventListener('open', () => {
      this.say({ t: 'join', ticket: admitted.ticket, audio_only: admitted.audioOnly });
      this.beat();
    });
    this.socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') this.hear(data);
    });
    this.socket.addEventListener('close', () => this.end(this.joined ? 'restart' : 'unreachable'));
    this.after(DIAL_MS, () => {
      if (!this.joined) this.end('unreachable');
    });
  }

  private after(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      run();
    }, ms);
    this.timers.add(timer);
  }

  say(message: ToNode): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  private beat(): void {
    this.say({ t: 'ping' });
    this.after(PING_MS, () => {
      if (performance.now() - this.heard > SILENT_MS) this.end('offline');
      else this.beat();
    });
  }

  private hear(text: string): void {
    this.heard = performance.now();
    const message = readMessage(text);
    if (!message || this.over) return;
    // Once inside, only these end the seat; any other refusal is about one request.
    if (message.t === 'refused' && (!this.joined || endsSeat(message.code))) this.refuse(message.code);
    else if (message.t === 'restart') this.end('restart');
    else if (message.t === 'published') this.accepted?.(message.sdp);
    else {
      this.happen.message(message);
      if (message.t === 'joined') void this.build(message.sdp);
    }
  }

  private refuse(code: string): void {
    if (this.over) return;
    this.over = true;
    this.happen.refused(code);
  }

  private async build(offer: string): Promise<void> {
    this.joined = true;
    this.after(CONNECT_MS, () => {
      if (!this.ready) this.end('blocked');
    });
    try {
      const sdp = await this.subscribe.answer(offer);
      if (this.over) return;
      this.say({ t: 'answer', sdp });
      // A browser on a machine with no network but itself offers no address: nothing will ever connect.
      if (!hasAddress(sdp)) this.end('loopback');
      else this.put(...this.sending());
    } catch {
      this.end('unsupported');
    }
  }

  /** Sends tracks from now on; one agreement after another. Before the node has let us in it waits for `build`. */
  put(...all: Sending[]): void {
    if (!this.joined || this.over) return;
    this.order = this.order.then(() => this.agree(all)).catch(() => this.end('restart'));
  }

  private async agree(all: Sending[]): Promise<void> {
    if (this.over || (!this.publishing && !all.some(({ track }) => track))) return;
    if (!this.publishing) {
      this.publishing = new PublishPeer(this.admitted.iceServers);
      this.watch(this.publishing.pc);
    }
    const made: boolean[] = [];
    for (const one of all) made.push(await this.publishing.put(one));
    if (!made.includes(true) || this.over) return;
    const { sdp, tracks } = await this.publishing.offer();
    const answer = new Promise<string>((resolve, reject) => {
      this.accepted = resolve;
      this.after(CONNECT_MS, () => reject(new Error('no answer')));
    });
    this.say({ t: 'publish', sdp, tracks });
    await this.publishing.accept(await answer);
    if (!this.over) this.happen.published();
  }

  muted(label: Label, muted: boolean): void {
    this.say({ t: 'muted', label, muted });
  }

  private watch(pc: RTCPeerConnection): void {
    pc.addEventListener('connectionstatechange', () => {
      const state = pc.connectionState;
      if (state === 'connected' && pc === this.subscribe.pc && !this.ready && !this.over) {
        this.ready = true;
        this.happen.connected();
      } else if (state === 'failed') this.end(this.ready ? 'offline' : 'blocked');
      else if (state === 'disconnected') {
        this.after(GAP_MS, () => {
          if (pc.connectionState === 'disconnected') this.end('offline');
        });
      }
    });
  }

  /** Both connections' statistics, for the quality needle. */
  async stats(): Promise<Array<Record<string, unknown>>> {
    const reports = await Promise.all([this.subscribe.pc.getStats(), this.publishing?.pc.getStats()]);
    const rows: Array<Record<string, unknown>> = [];
    for (const report of reports) {
      report?.forEach((row: Record<string, unknown>) => {
        rows.push(row);
      });
    }
    return rows;
  }

  private end(why: MediaWhy): void {
    if (this.over) return;
    this.over = true;
    this.happen.lost(why);
  }

  /** `leaving`: the seat is given up. Without it the same seat comes back with another ticket. */
  close(leaving: boolean): void {
    this.over = true;
    for (const timer of this.timers) clearTimeout(timer);
    if (leaving) this.say({ t: 'bye' });
    // Closed on purpose the node gives the seat away at once; a code of our own says that we come back.
    this.socket.close(leaving ? 1000 : COMING_BACK);
    this.subscribe.pc.close();
    this.publishing?.pc.close();
  }
}

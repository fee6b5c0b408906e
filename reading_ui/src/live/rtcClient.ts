import { createStore, type StoreApi } from 'zustand/vanilla';
import { publishMediaFacts } from './rtcFacts';
import { Link } from './rtcLink';
import type { FromNode, Label } from './rtcMessages';
import { OwnDevices } from './rtcOwn';
import { type Happened, type MediaWhy, OFF, type PhaseState, step, withoutTicket } from './rtcPhase';
import { Gauge, scoreOf, type Totals, totalsOf } from './rtcQuality';
import { type MediaState, type Mode, NOBODY, type Roster, START, seated } from './rtcState';

/** What admission says of media; without a ticket or a node there is none, and `reason` says why: null for who waits outside. */
export interface Ticket {
  ticket: string | null;
  url: string | null;
  reason: string | null;
  iceServers: RTCIceServer[];
}

const QUALITY_MS = 2_000;
const TICK_MS = 1_000;
/** A page that was not given time for so long has slept; what it was connected to is gone. */
const SLEPT_MS = 15_000;
const MOST_VIDEO = 6;

/**
 * The media half of a seat in a room. `admit` is called for every connection anew: tickets are short-lived and for one
 * use. Everything that may fail fails into `store` with a reason; the room's images never depend on this.
 */
export class MediaClient {
  readonly store: StoreApi<MediaState> = createStore<MediaState>(() => START);
  private phase: PhaseState = OFF;
  private link: Link | null = null;
  private roster: Roster = NOBODY;
  private turn = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly clocks: Array<ReturnType<typeof setInterval>> = [];
  private before: Totals | null = null;
  private gauge = new Gauge();
  private pinned: string | null = null;
  private ticked = Date.now();
  private readonly own = new OwnDevices({
    changed: (label, device) => {
      const { own, mutedByHost } = this.store.getState();
      const heard = mutedByHost === label && device.state === 'on' ? null : mutedByHost;
      this.tell({ own: { ...own, [label]: device }, mutedByHost: heard });
    },
    send: (sending) => this.link?.put(sending),
    muted: (label, muted) => this.link?.muted(label, muted),
  });
  private readonly withdraw: () => void;

  constructor(private readonly admit: () => Promise<Ticket>) {
    this.withdraw = publishMediaFacts(this.store, () => this.link?.stats() ?? Promise.resolve([]));
    this.clocks.push(
      setInterval(() => void this.measure(), QUALITY_MS),
      setInterval(() => this.tick(), TICK_MS),
    );
    window.addEventListener('online', this.back);
  }

  private tell(part: Partial<MediaState>): void {
    this.store.setState(part);
  }

  // --- what the person wants --------------------------------------------------------------------------------------

  /** How one will take part, before one is in. */
  plan = (mode: Mode): void => this.tell({ mode });

  enter = (mode: Mode): void => {
    const before = this.store.getState().mode;
    this.tell({ mode });
    if (mode === 'images') {
      void this.own.switch('camera', false);
      void this.own.switch('mic', false);
      void this.own.switch('screen', false);
      this.happened({ kind: 'unwanted' });
      return;
    }
    if (mode === 'audio') void this.own.switch('camera', false);
    if (before !== mode) this.prefer();
    this.happened({ kind: 'wanted' });
  };

  /** Out of the call for a while: who waits outside is neither heard nor hears. `enter` comes back as before. */
  rest = (): void => this.happened({ kind: 'unwanted' });

  switch = (label: Label, on: boolean): Promise<void> => this.own.switch(label, on);
  choose: OwnDevices['choose'] = (label, id) => this.own.choose(label, id);

  /** Keeps this seat's picture on the screen whoever speaks. */
  pin(seat: string | null): void {
    this.pinned = seat;
    this.prefer();
  }

  muteSeat = (seat: string, label: Label): void => this.link?.say({ t: 'mute_seat', seat, label });
  dropSeat = (seat: string): void => this.link?.say({ t: 'drop_seat', seat });

  /** The picture or voice in a slot; null once the connection is another. */
  stream = (mid: string | null): MediaStream | null =>
    mid === null ? null : (this.link?.subscribe.streams.get(mid) ?? null);

  private prefer(): void {
    const video = this.store.getState().mode === 'video';
    this.link?.say({ t: 'prefs', video, pinned: this.pinned, most_video: video ? MOST_VIDEO : 0 });
  }

  // --- what happens -----------------------------------------------------------------------------------------------

  private happened(what: Happened): void {
    const { state, effects } = step(this.phase, what);
    this.phase = state;
    for (const effect of effects) {
      if (effect.do === 'drop') this.drop(state.phase === 'off');
      else if (effect.do === 'wait') {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.happened({ kind: 'time' }), effect.ms);
      } else void this.join();
    }
    this.tell({ phase: state.phase, why: state.why, tries: state.tries });
  }

  private async join(): Promise<void> {
    this.drop(false);
    const turn = ++this.turn;
    const current = () => turn === this.turn;
    let ticket: Ticket;
    try {
      ticket = await this.admit();
    } catch {
      if (current()) this.happened({ kind: 'lost', why: navigator.onLine ? 'unreachable' : 'offline' });
      return;
    }
    if (!current()) return;
    if (ticket.ticket === null || ticket.url === null) {
      this.happened({ kind: 'lost', why: withoutTicket(ticket.reason) });
      return;
    }
    if (!('RTCPeerConnection' in window)) {
      this.happened({ kind: 'lost', why: 'unsupported' });
      return;
    }
    const { url, iceServers } = ticket;
    const audioOnly = this.store.getState().mode === 'audio';
    this.link = new Link({ url, ticket: ticket.ticket, iceServers, audioOnly }, () => this.own.sending(), {
      message: (message) => current() && this.hear(message),
      published: () => current() && this.repeatMutes(),
      connected: () => current() && this.happened({ kind: 'connected' }),
      lost: (why: MediaWhy) => current() && this.happened({ kind: 'lost', why }),
      refused: (code) => current() && this.happened({ kind: 'refused', code }),
    });
  }

  private hear(message: FromNode): void {
    if (message.t === 'joined') {
      this.roster = { seats: message.seats, slots: message.slots, assigned: {} };
      this.tell({ seat: message.seat, shedding: message.shedding, ...seated(this.roster) });
      this.prefer();
    } else if (message.t === 'seats') this.reseat({ seats: message.seats });
    else if (message.t === 'assign') this.reseat({ assigned: { ...this.roster.assigned, ...message.slots } });
    else if (message.t === 'speaking') this.tell({ speaking: message.seats });
    else if (message.t === 'shedding') this.tell({ shedding: message.video });
    else if (message.t === 'muted_by_host') {
      void this.own.switch(message.label, false);
      this.tell({ mutedByHost: message.label });
    }
  }

  private reseat(part: Partial<Roster>): void {
    this.roster = { ...this.roster, ...part };
    this.tell({ ...seated(this.roster), streams: this.store.getState().streams + 1 });
  }

  /** A new connection starts with everything on: what was off stays off. */
  private repeatMutes(): void {
    for (const { label } of this.own.sending()) {
      if (this.own.isMuted(label)) this.link?.muted(label, true);
    }
  }

  private drop(leaving: boolean): void {
    clearTimeout(this.timer);
    this.turn += 1;
    if (!this.link) return;
    this.link.close(leaving);
    this.link = null;
    this.roster = NOBODY;
    this.before = null;
    this.gauge = new Gauge();
    this.tell({ ...seated(NOBODY), speaking: [], quality: null, shedding: false });
  }

  private async measure(): Promise<void> {
    const { link } = this;
    if (!link || this.phase.phase !== 'live') return;
    const now = totalsOf(await link.stats(), performance.now() / 1000);
    if (link !== this.link) return;
    if (this.before) {
      const level = this.gauge.read(scoreOf(this.before, now));
      if (level !== this.store.getState().quality) link.say({ t: 'quality', level });
      this.tell({ quality: level });
    }
    this.before = now;
  }

  private tick(): void {
    const now = Date.now();
    const slept = now - this.ticked > SLEPT_MS;
    this.ticked = now;
    if (slept) this.back();
  }

  private readonly back = (): void => this.happened({ kind: 'online' });

  close(): void {
    this.happened({ kind: 'unwanted' });
    this.own.close();
    for (const clock of this.clocks) clearInterval(clock);
    window.removeEventListener('online', this.back);
    this.withdraw();
  }
}

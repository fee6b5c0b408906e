import { DeviceRefused, openDevice, openScreen, whyOf } from './rtcDevices';
import type { Label } from './rtcMessages';
import type { Sending } from './rtcPeers';
import { NO_DEVICE, type OwnDevice } from './rtcState';

export interface OwnEvents {
  changed(label: Label, device: OwnDevice): void;
  /** Send this from now on; a null track sends nothing. */
  send(sending: Sending): void;
  muted(label: Label, muted: boolean): void;
}

/** Camera, microphone and screen of this seat: opened when switched on, and let go when switched off. */
export class OwnDevices {
  private readonly devices = new Map<Label, OwnDevice>();
  private readonly chosen = new Map<Label, string | null>();
  private readonly turns = new Map<Label, number>();

  constructor(private readonly happen: OwnEvents) {}

  get = (label: Label): OwnDevice => this.devices.get(label) ?? NO_DEVICE;

  private set(label: Label, device: OwnDevice): void {
    this.devices.set(label, device);
    this.happen.changed(label, device);
  }

  /** What a new connection has to send, muted or not. */
  sending(): Sending[] {
    return [...this.devices].flatMap(([label, { track }]) => (track ? [{ label, track }] : []));
  }

  /** A muted microphone stays open, so that the next word is not lost; its light goes out all the same on a camera. */
  isMuted = (label: Label): boolean => this.get(label).state !== 'on';

  async switch(label: Label, on: boolean): Promise<void> {
    const now = this.get(label);
    if (on === (now.state === 'on' || now.state === 'starting')) return;
    const turn = (this.turns.get(label) ?? 0) + 1;
    this.turns.set(label, turn);
    if (!on) this.off(label, now);
    else if (label === 'mic' && now.track) this.unmute(now.track);
    else await this.on(label, turn);
  }

  private off(label: Label, { track }: OwnDevice): void {
    if (label === 'mic' && track) {
      track.enabled = false;
      this.set(label, { state: 'off', why: null, track });
    } else {
      track?.stop();
      this.set(label, NO_DEVICE);
      this.happen.send({ label, track: null });
    }
    this.happen.muted(label, true);
  }

  private unmute(track: MediaStreamTrack): void {
    track.enabled = true;
    this.set('mic', { state: 'on', why: null, track });
    this.happen.muted('mic', false);
  }

  private async on(label: Label, turn: number): Promise<void> {
    this.set(label, { state: 'starting', why: null, track: null });
    try {
      const id = this.chosen.get(label) ?? null;
      const track = label === 'screen' ? await openScreen() : await openDevice(label, id);
      if (this.turns.get(label) !== turn) {
        track.stop();
        return;
      }
      track.addEventListener('ended', () => this.ended(label, track));
      this.set(label, { state: 'on', why: null, track });
      this.happen.send({ label, track });
      this.happen.muted(label, false);
    } catch (error) {
      if (this.turns.get(label) === turn) this.refused(label, error);
    }
  }

  private refused(label: Label, error: unknown): void {
    const why = whyOf(error);
    // Thinking better of sharing a screen is no trouble that needs words.
    const calm = label === 'screen' && error instanceof DeviceRefused && why === 'denied';
    this.set(label, calm ? NO_DEVICE : { state: 'blocked', why, track: null });
  }

  /** Unplugged, or the browser's own button ended the share. */
  private ended(label: Label, track: MediaStreamTrack): void {
    if (this.get(label).track !== track) return;
    this.set(label, label === 'screen' ? NO_DEVICE : { state: 'blocked', why: 'absent', track: null });
    this.happen.send({ label, track: null });
    this.happen.muted(label, true);
  }

  /** Another camera or microphone; if it is on, it changes at once. */
  async choose(label: 'camera' | 'mic', id: string | null): Promise<void> {
    if ((this.chosen.get(label) ?? null) === id) return;
    this.chosen.set(label, id);
    const { state, track } = this.get(label);
    if (!track && state !== 'blocked') return;
    track?.stop();
    this.devices.set(label, NO_DEVICE);
    if (state === 'on' || state === 'blocked') await this.switch(label, true);
    else this.set(label, NO_DEVICE);
  }

  close(): void {
    for (const label of this.devices.keys()) {
      this.turns.set(label, (this.turns.get(label) ?? 0) + 1);
      this.get(label).track?.stop();
    }
    this.devices.clear();
  }
}

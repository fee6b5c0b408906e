import type { Label } from './rtcMessages';

/** The two connections of a seat: one that the browser offers, one that the node offers, so no two offers ever cross. */

export interface Sending {
  label: Label;
  track: MediaStreamTrack | null;
}

const MOST_BITS: Record<Label, number | undefined> = { camera: 700_000, screen: 1_500_000, mic: undefined };
const GATHER_MS = 1_000;

/** Our own addresses belong into the description: the node is told them once. Never waits long for a silent server. */
export function gathered(pc: RTCPeerConnection, most = GATHER_MS): Promise<void> {
  if (pc.iceGatheringState === 'complete') return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      pc.removeEventListener('icegatheringstatechange', look);
      resolve();
    };
    const look = () => {
      if (pc.iceGatheringState === 'complete') done();
    };
    const timer = setTimeout(done, most);
    pc.addEventListener('icegatheringstatechange', look);
  });
}

export const hasAddress = (sdp: string): boolean => /^a=candidate:/m.test(sdp);

const description = (pc: RTCPeerConnection): string => pc.localDescription?.sdp ?? '';

/** What is received. Tracks stay with their slot for the whole connection; who is in a slot is told apart from it. */
export class SubscribePeer {
  readonly pc: RTCPeerConnection;
  readonly streams = new Map<string, MediaStream>();

  constructor(iceServers: RTCIceServer[]) {
    this.pc = new RTCPeerConnection({ iceServers, bundlePolicy: 'max-bundle' });
    this.pc.addEventListener('track', ({ transceiver, track }) => {
      if (transceiver.mid !== null) this.streams.set(transceiver.mid, new MediaStream([track]));
    });
  }

  async answer(offer: string): Promise<string> {
    await this.pc.setRemoteDescription({ type: 'offer', sdp: offer });
    await this.pc.setLocalDescription(await this.pc.createAnswer());
    await gathered(this.pc);
    return description(this.pc);
  }
}

/** What is sent: one section for each label, kept for the whole connection; switching off sends nothing through it. */
export class PublishPeer {
  readonly pc: RTCPeerConnection;
  private readonly ways = new Map<Label, RTCRtpTransceiver>();

  constructor(iceServers: RTCIceServer[]) {
    this.pc = new RTCPeerConnection({ iceServers, bundlePolicy: 'max-bundle' });
  }

  /** Puts a track on its way. True when a new section was made: then an offer must follow. */
  async put({ label, track }: Sending): Promise<boolean> {
    const way = this.ways.get(label);
    if (way) {
      await way.sender.replaceTrack(track);
      return false;
    }
    if (!track) return false;
    const maxBitrate = MOST_BITS[label];
    const made = this.pc.addTransceiver(track, {
      direction: 'sendonly',
      ...(maxBitrate && { sendEncodings: [{ maxBitrate }] }),
    });
    if (track.kind === 'video') preferVp8(made);
    this.ways.set(label, made);
    return true;
  }

  async offer(): Promise<{ sdp: string; tracks: Array<{ mid: string; label: Label }> }> {
    await this.pc.setLocalDescription(await this.pc.createOffer());
    await gathered(this.pc);
    const tracks = [...this.ways].flatMap(([label, { mid }]) => (mid === null ? [] : [{ mid, label }]));
    return { sdp: description(this.pc), tracks };
  }

  accept = (sdp: string): Promise<void> => this.pc.setRemoteDescription({ type: 'answer', sdp });
}

/** The node finds key frames of VP8 only; H.264 would never be switched onto a slot. */
function preferVp8(way: RTCRtpTransceiver): void {
  const codecs = RTCRtpReceiver.getCapabilities('video')?.codecs ?? [];
  const wanted = codecs.filter(({ mimeType }) => /^video\/(vp8|rtx)$/i.test(mimeType));
  if (wanted.length > 0) way.setCodecPreferences(wanted);
}

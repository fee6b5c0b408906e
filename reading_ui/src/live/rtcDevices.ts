/** Why a camera, microphone or screen cannot be had. Words for each, with the way out, in the room's i18n. */
export type DeviceWhy =
  /** The page did not come by HTTPS (or from this very machine): browsers then have no cameras at all. */
  | 'insecure'
  /** The person, or the browser on their behalf, said no. */
  | 'denied'
  /** The server's own headers, or a frame around the page, forbid it. */
  | 'policy'
  | 'absent'
  /** Another program holds it, or the system does not give it out. */
  | 'busy'
  | 'unsupported'
  | 'failed';

export class DeviceRefused extends Error {
  constructor(
    readonly why: DeviceWhy,
    detail = '',
  ) {
    super(`${why} ${detail}`.trim());
  }
}

const BY_NAME: Record<string, DeviceWhy> = {
  NotAllowedError: 'denied',
  SecurityError: 'policy',
  NotFoundError: 'absent',
  OverconstrainedError: 'absent',
  NotReadableError: 'busy',
  AbortError: 'busy',
  TypeError: 'unsupported',
};

export const whyOf = (error: unknown): DeviceWhy =>
  error instanceof DeviceRefused
    ? error.why
    : ((error instanceof Error ? BY_NAME[error.name] : undefined) ?? 'failed');

/** What this page may do at all, before anybody is asked. */
export function hindrance(): DeviceWhy | null {
  if (!window.isSecureContext) return 'insecure';
  if (!('mediaDevices' in navigator) || !navigator.mediaDevices) return 'unsupported';
  return null;
}

const CAMERA = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 25, max: 30 } };
const MIC = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

function wish(label: 'camera' | 'mic', id: string | null, exact: boolean): MediaStreamConstraints {
  const deviceId = id === null ? {} : { deviceId: exact ? { exact: id } : { ideal: id } };
  return label === 'camera' ? { video: { ...CAMERA, ...deviceId } } : { audio: { ...MIC, ...deviceId } };
}

/** A mere wish is not always heard: the chosen device is asked for by name first. */
async function opened(label: 'camera' | 'mic', id: string | null): Promise<MediaStream> {
  const ask = (exact: boolean) => navigator.mediaDevices.getUserMedia(wish(label, id, exact));
  if (id === null) return ask(false);
  return ask(true).catch((error: unknown) => {
    if (whyOf(error) === 'absent') return ask(false);
    throw error;
  });
}

/** Opens a camera or microphone; the chosen one if it is there, else whichever is. Throws `DeviceRefused`. */
export async function openDevice(label: 'camera' | 'mic', id: string | null): Promise<MediaStreamTrack> {
  const no = hindrance();
  if (no) throw new DeviceRefused(no);
  try {
    const stream = await opened(label, id);
    const track = stream.getTracks()[0];
    if (track) return track;
  } catch (error) {
    throw new DeviceRefused(whyOf(error), error instanceof Error ? error.message : '');
  }
  throw new DeviceRefused('absent');
}

/** Asks the person for a screen or window. Throws `DeviceRefused`; `denied` also when the person thinks better of it. */
export async function openScreen(): Promise<MediaStreamTrack> {
  const no = hindrance();
  if (no) throw new DeviceRefused(no);
  if (!('getDisplayMedia' in navigator.mediaDevices)) throw new DeviceRefused('unsupported');
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({
      video: { frameRate: { ideal: 8, max: 15 } },
      audio: false,
    });
    const track = stream.getVideoTracks()[0];
    if (!track) throw new DeviceRefused('absent');
    track.contentHint = 'detail';
    return track;
  } catch (error) {
    throw new DeviceRefused(whyOf(error), error instanceof Error ? error.message : '');
  }
}

export interface Device {
  id: string;
  name: string;
}
export interface DeviceLists {
  camera: Device[];
  mic: Device[];
  speaker: Device[];
}

/** Devices by name; browsers tell names only after a device has been allowed once. */
export async function listDevices(): Promise<DeviceLists> {
  if (hindrance()) return { camera: [], mic: [], speaker: [] };
  const all = await navigator.mediaDevices.enumerateDevices();
  const of = (kind: MediaDeviceKind) =>
    all
      .filter((device) => device.kind === kind && device.deviceId !== '')
      .map(({ deviceId, label }) => ({ id: deviceId, name: label }));
  return { camera: of('videoinput'), mic: of('audioinput'), speaker: of('audiooutput') };
}

/** Runs whenever something is plugged in or pulled out. */
export function onDevices(run: () => void): () => void {
  if (hindrance()) return () => undefined;
  navigator.mediaDevices.addEventListener('devicechange', run);
  return () => navigator.mediaDevices.removeEventListener('devicechange', run);
}

/** Loudness 0–1 of a microphone, ten times a second, until stopped. */
export function listenToLevel(track: MediaStreamTrack, tell: (level: number) => void): () => void {
  const context = new AudioContext();
  const meter = context.createAnalyser();
  meter.fftSize = 512;
  const source = context.createMediaStreamSource(new MediaStream([track]));
  source.connect(meter);
  const samples = new Float32Array(meter.fftSize);
  const timer = setInterval(() => {
    meter.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
    tell(Math.min(1, Math.sqrt(power) * 6));
  }, 100);
  return () => {
    clearInterval(timer);
    source.disconnect();
    void context.close();
  };
}

/**
 * The sound of a critical finding: two falling tones every few seconds, made here so that no file must load first.
 *
 * A browser gives no sound to a page that nobody has touched since it was loaded. Then the alarm is `blocked` until the
 * first click or key anywhere, and the banner says so.
 */
export type Sound = 'silent' | 'ringing' | 'blocked';

const EVERY_MS = 2_400;
const TONES = [
  { hertz: 932, at: 0 },
  { hertz: 698, at: 0.26 },
  { hertz: 932, at: 0.62 },
  { hertz: 698, at: 0.88 },
] as const;
const LENGTH = 0.2;
const LOUD = 0.22;

let context: AudioContext | null = null;

function opened(): AudioContext | null {
  if (!context && typeof AudioContext !== 'undefined') context = new AudioContext();
  return context;
}

function beep(on: AudioContext): void {
  for (const { hertz, at } of TONES) {
    const start = on.currentTime + at;
    const tone = on.createOscillator();
    const volume = on.createGain();
    tone.type = 'triangle';
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(LOUD, start + 0.015);
    volume.gain.setValueAtTime(LOUD, start + LENGTH - 0.04);
    volume.gain.linearRampToValueAtTime(0, start + LENGTH);
    tone.connect(volume).connect(on.destination);
    tone.start(start);
    tone.stop(start + LENGTH);
  }
}

/** Asks for sound again; a browser listens only while the person clicks or types. */
export const unblock = (): void => void opened()?.resume();

/** Rings until the returned function is called; tells each change between ringing and blocked. */
export function ring(tell: (sound: Sound) => void): () => void {
  const on = opened();
  if (!on) {
    tell('blocked');
    return () => undefined;
  }
  const heard = () => {
    const sounding = on.state === 'running';
    tell(sounding ? 'ringing' : 'blocked');
    if (sounding) beep(on);
  };
  const timer = setInterval(heard, EVERY_MS);
  on.addEventListener('statechange', heard);
  for (const gesture of GESTURES) document.addEventListener(gesture, unblock);
  if (on.state === 'running') heard();
  else {
    tell('blocked');
    void on.resume();
  }
  return () => {
    clearInterval(timer);
    on.removeEventListener('statechange', heard);
    for (const gesture of GESTURES) document.removeEventListener(gesture, unblock);
    tell('silent');
  };
}

const GESTURES = ['pointerdown', 'keydown'] as const;

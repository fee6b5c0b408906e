import type { DeviceWhy, MediaWhy } from '@/live/rtc';

/** What was found, step by step; null: not looked at yet. */
export interface Findings {
  page: 'secure' | 'insecure' | null;
  camera: 'ok' | DeviceWhy | null;
  mic: 'ok' | DeviceWhy | null;
  /** `loopback`: this machine has no address but its own. */
  network: 'ok' | 'loopback' | null;
  node: 'ok' | MediaWhy | null;
  /** Milliseconds until media could flow. */
  nodeMs: number | null;
  /** `unset`: the hospital has no TURN server, which is no fault. */
  turn: 'ok' | 'unset' | 'failed' | null;
}

export const NOTHING: Findings = {
  page: null,
  camera: null,
  mic: null,
  network: null,
  node: null,
  nodeMs: null,
  turn: null,
};

export type StepName = 'page' | 'camera' | 'mic' | 'network' | 'node' | 'turn';
export const STEPS: readonly StepName[] = ['page', 'camera', 'mic', 'network', 'node', 'turn'];

export type Verdict = 'waiting' | 'ok' | 'warn' | 'bad';

/** How one step went. Without a camera one can still speak, without TURN most networks still work. */
export function verdictOf(step: StepName, findings: Findings): Verdict {
  const found = findings[step];
  if (found === null) return 'waiting';
  if (found === 'ok' || found === 'secure' || found === 'unset') return 'ok';
  return step === 'camera' || (step === 'turn' && findings.node === 'ok') ? 'warn' : 'bad';
}

const SHORT: Record<StepName, string> = {
  page: 'PAGE',
  camera: 'CAM',
  mic: 'MIC',
  network: 'NET',
  node: 'NODE',
  turn: 'TURN',
};

const hex = (n: number): string => n.toString(16).toUpperCase();

/**
 * One short code for the telephone: what is wrong first (`CAM-DENIED`), or `OK-` with four digits that say what worked
 * (camera 1, microphone 2, media 4, TURN 8), how long the media took in steps of 20 ms, and a check digit.
 */
export function codeOf(findings: Findings): string | null {
  if (STEPS.some((step) => findings[step] === null)) return null;
  const wrong = STEPS.filter((step) => verdictOf(step, findings) === 'bad');
  const odd = STEPS.filter((step) => verdictOf(step, findings) === 'warn');
  const first = wrong[0] ?? odd[0];
  if (first) return `${SHORT[first]}-${String(findings[first]).toUpperCase().replaceAll('_', '-')}`;
  const works =
    (findings.camera === 'ok' ? 1 : 0) +
    (findings.mic === 'ok' ? 2 : 0) +
    (findings.node === 'ok' ? 4 : 0) +
    (findings.turn === 'ok' ? 8 : 0);
  const steps = Math.min(255, Math.max(0, Math.round((findings.nodeMs ?? 0) / 20)));
  const digits = [works, steps >> 4, steps & 15];
  const check = digits.reduce((sum, digit, at) => sum + digit * (at + 1), 0) % 16;
  return `OK-${[...digits, check].map(hex).join('')}`;
}

import { EcgRefused } from './ecgRecording';
import type { Problem } from './manifest';

/** Why a picture cannot be shown, as a code the screen translates, and what the machine said. */
export interface Failure {
  code: 'session' | 'forbidden' | 'absent' | 'server' | 'network' | 'syntax' | 'decode' | 'empty' | 'problem';
  detail: string;
  /** Code of the server's own reason, when the study was prepared with a problem. */
  problem?: string;
}

export function failureOfStatus(status: number): Failure {
  const detail = status === 0 ? '' : `HTTP ${status}`;
  if (status === 0) return { code: 'network', detail };
  if (status === 401) return { code: 'session', detail };
  if (status === 403) return { code: 'forbidden', detail };
  if (status === 404 || status === 410) return { code: 'absent', detail };
  if (status === 406 || status === 415) return { code: 'syntax', detail };
  return { code: 'server', detail };
}

export const failureOfProblem = ({ code, detail = '' }: Problem): Failure => ({
  code: 'problem',
  detail,
  problem: code,
});

const statusOf = (error: unknown): number | undefined => {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  return typeof error.status === 'number' ? error.status : undefined;
};

/** From whatever the loader rejected with: a request, an error, an event or words. */
export function failureOf(error: unknown): Failure {
  if (error instanceof EcgRefused) return failureOfProblem(error);
  const status = statusOf(error);
  if (status !== undefined) return failureOfStatus(status);
  const message = error instanceof Error ? error.message : typeof error === 'string' ? error : '';
  if (/no decoder for transfer syntax/i.test(message)) return { code: 'syntax', detail: message };
  if (/pixel data is missing|no multipart|boundary/i.test(message)) return { code: 'empty', detail: message };
  if (/failed to fetch|networkerror/i.test(message)) return { code: 'network', detail: message };
  return { code: 'decode', detail: message };
}

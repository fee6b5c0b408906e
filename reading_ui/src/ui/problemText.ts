import i18next from 'i18next';
import { asProblem } from '@/api/problem';
import { toast } from './toast';

/** What happened, in the reader's language; an unknown code shows the server's own detail and the code. */
export function problemText(error: unknown): string {
  const problem = asProblem(error);
  const key = `api:${problem.code}`;
  if (i18next.exists(key)) return i18next.t(key, problem.params);
  return i18next.t('api:unknown', { code: problem.code, detail: problem.detail });
}

/** For mutations: says the refusal at the foot of the screen. */
export const sayProblem = (error: unknown): void => toast(problemText(error), { tone: 'problem' });

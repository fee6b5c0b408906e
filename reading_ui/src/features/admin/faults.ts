import type { Problem } from '@/api/problem';

/** Which field a refusal is about that names none. */
const of: Readonly<Record<string, string>> = {
  'password.weak': 'passcode',
  'peer.identity': 'identity_name',
  'peer.certificate_unreadable': 'certificate',
  'peer.certificate_ended': 'certificate',
  'peer.exists': 'ae_title',
  'site.exists': 'code',
  'person.exists': 'login',
};

/** The name of the form's field that is refused; empty when it is none of them. */
export function faultyField(problem: Problem): string {
  const named = String(problem.params.field ?? problem.params.fields ?? '').split(',')[0] ?? '';
  return named.split('.').at(-1) || (of[problem.code] ?? '');
}

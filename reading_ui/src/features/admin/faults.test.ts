import { describe, expect, it } from 'vitest';
import { Problem } from '@/api/problem';
import { faultyField } from './faults';

const refused = (code: string, params: Record<string, string> = {}) =>
  faultyField(new Problem(422, code, '', params));

describe('the field that a refusal is about', () => {
  it('is the one that the server names', () => {
    expect(refused('peer.reports_nowhere', { field: 'host' })).toBe('host');
    expect(refused('request.invalid', { fields: 'line.passcode, host' })).toBe('passcode');
  });

  it('follows from the code where the server names none', () => {
    expect(refused('password.weak')).toBe('passcode');
    expect(refused('peer.identity')).toBe('identity_name');
    expect(refused('permit.refused')).toBe('');
  });
});

import { describe, expect, it } from 'vitest';
import type { CaseFact } from '../types';
import { isStep, kindOf } from './kinds';
import { caseThen, thereAt } from './replay';

let seq = 0;
const fact = (name: string, subject: string, id: string, details: CaseFact['details'] = {}): CaseFact => {
  seq += 1;
  return {
    seq,
    name,
    subject,
    subject_id: id,
    study_id: subject === 'report' ? 'study' : null,
    case_id: 'case',
    at: `2026-11-22T00:00:${String(seq).padStart(2, '0')}Z`,
    actor: 'a',
    site: 'A',
    details,
    sealed: true,
    title: null,
    roles: [],
  };
};

const way = [
  fact('CaseOpened', 'case', 'case', { state: 'open' }),
  fact('ReportSigned', 'report', 'r', { state: 'signed' }),
  fact('ReferralSubmitted', 'referral', 'up', { state: 'submitted', direction: 'up', priority: 'green' }),
  fact('ImagesOpened', 'study', 'study'),
  fact('ReferralAccepted', 'referral', 'up', { state: 'accepted' }),
  fact('FollowUpPlanned', 'followup', 'f', { state: 'planned' }),
  fact('CaseClosed', 'case', 'case', { state: 'closed' }),
];

describe('the replay of a case', () => {
  it('knows after each step only what had happened by then', () => {
    const states = [1, 3, 5].map((n) => caseThen(way.slice(0, n)).matters.map((one) => one.state));
    expect(states).toEqual([[], ['submitted'], ['accepted']]);
    expect(caseThen(way.slice(0, 6)).state).toBe('open');
    expect(caseThen(way).state).toBe('closed');
    expect(caseThen(way.slice(0, 2)).reading.get('study')).toBe('report.signed');
    expect(caseThen(way.slice(0, 5)).planned.has('f')).toBe(false);
    expect(caseThen(way).planned.has('f')).toBe(true);
  });

  it('keeps what an earlier fact said of the same thing', () => {
    expect(caseThen(way).matters[0]?.details).toMatchObject({ direction: 'up', priority: 'green' });
  });

  it('goes through steps, not through who looked', () => {
    expect(way.filter(isStep)).toHaveLength(6);
  });

  it('tells what was there at a moment', () => {
    expect(thereAt('2026-01-01', null, '2026-01-02')).toBe(true);
    expect(thereAt('2026-01-01', '2026-01-02', '2026-01-02')).toBe(false);
    expect(thereAt('2026-01-03', null, '2026-01-02')).toBe(false);
  });
});

describe('the kinds of the timeline', () => {
  it('put a paper where what it concludes stands, and a critical answer with the findings', () => {
    expect(kindOf(fact('PaperSealed', 'paper', 'p', { kind: 'opinion' }))).toBe('consultation');
    expect(kindOf(fact('PaperSealed', 'paper', 'p', { kind: 'conclusion' }))).toBe('meeting');
    expect(kindOf(fact('CriticalDenied', 'report', 'r'))).toBe('critical');
    expect(kindOf(fact('RoomOpened', 'room', 'r', { kind: 'meeting' }))).toBe('meeting');
  });
});

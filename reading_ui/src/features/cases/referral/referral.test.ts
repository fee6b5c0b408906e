import { describe, expect, it } from 'vitest';
import { mayReceive, missingOf } from '../draft/missing';
import { daysLate, isLate, queryOf } from '../followups/shelves';
import { guessKind } from '../page/files';
import type { Criteria, ReferralView } from '../types';
import { filterOf, searchOf } from './filter';
import { isMet } from './library';
import { complete, dueOn, saidOf, steps } from './verbs';

const item = (code: string, required = false) => ({ code, zh: code, en: code, required });
const list = { items: [item('a', true), item('b')], least: 2, green: true } as Criteria;

describe('a draft', () => {
  it('meets its list with every required tick and enough of them', () => {
    expect(isMet(list, ['a', 'b'])).toBe(true);
    expect(isMet(list, ['b'])).toBe(false);
    expect(isMet({ ...list, least: 1 }, ['b'])).toBe(false);
  });

  it('says what is missing as the server will: up and down ask for different things', () => {
    const written = { direction: 'up', priority: 'normal', ticked: ['a', 'b'], reason: '', summary: 's' };
    const up = { ...written, consent: 'oral', contact_phone: '' } as ReferralView;
    expect(missingOf(up, 'site', list)).toEqual([]);
    expect(missingOf({ ...up, priority: 'green' }, null, list)).toEqual(['to', 'phone']);
    expect(missingOf({ ...up, ticked: [] }, 'site', list)).toEqual(['criteria']);
    expect(missingOf({ ...up, ticked: [], reason: 'r' }, 'site', list)).toEqual([]);
    const down = { ...up, direction: 'down', plan: '', medication: '', turn_back: [''] } as ReferralView;
    expect(missingOf(down, 'site', list)).toEqual(['plan', 'medication']);
  });

  it('goes up to no lower and down to no higher hospital', () => {
    expect(mayReceive('up', 'county', 'city')).toBe(true);
    expect(mayReceive('up', 'county', 'township')).toBe(false);
    expect(mayReceive('down', 'city', 'township')).toBe(true);
    expect(mayReceive('down', 'township', 'county')).toBe(false);
  });
});

describe('the steps of a referral', () => {
  const asks = (move: string) => steps.find((step) => step.move === move)?.asks ?? [];

  it('ask for words where the server wants them', () => {
    expect(complete(asks('accept'), {})).toBe(true);
    expect(complete(asks('complete'), { outcome: 'improved' })).toBe(false);
    expect(complete(asks('decline'), { reason: 'no_bed' })).toBe(true);
    expect(complete(asks('decline'), { reason: 'other' })).toBe(false);
  });

  it('send moments with their zone and nothing for what was left empty', () => {
    expect(saidOf(asks('depart'), { vehicle: ' 120 ' })).toEqual({
      vehicle: '120',
      escort: '',
      expected_at: null,
    });
    expect(saidOf(asks('depart'), { expected_at: '2026-01-01T10:00' }).expected_at).toMatch(/Z$/);
  });
});

describe('advice with a summary', () => {
  it('is sent row by row with the day it is due, and nothing for an empty row', () => {
    const rows = JSON.stringify([
      { text: ' 复查增强CT ', day: '2026-03-01' },
      { text: ' ', day: '' },
      { text: '门诊复诊', day: '' },
    ]);
    const asks = steps.find((step) => step.move === 'complete')?.asks ?? [];
    const said = saidOf(asks, { outcome: 'improved', text: '好转', follow_ups: rows });
    expect(said.follow_ups).toEqual([
      { text: '复查增强CT', due_at: dueOn('2026-03-01') },
      { text: '门诊复诊', due_at: null },
    ]);
    expect(saidOf(asks, {}).follow_ups).toEqual([]);
  });
});

describe('a day to do something by', () => {
  it('is due as it begins, and today never before now', () => {
    const now = new Date('2026-11-22T15:00:00').getTime();
    expect(dueOn('2026-11-23', now)).toBe(new Date('2026-11-23T09:00:00').toISOString());
    expect(Date.parse(dueOn('2026-11-22', now))).toBeGreaterThan(now);
    expect(Date.parse(dueOn('2026-11-21', now))).toBeLessThan(now);
  });
});

describe('the arrival of a patient', () => {
  it('is asked once more when nobody recorded that they left', () => {
    const arrive = steps.find(({ move }) => move === 'arrive');
    expect(arrive?.sure?.({ direction: 'up', departed_at: null })).toBe(true);
    expect(arrive?.sure?.({ direction: 'up', departed_at: '2026-11-22T08:00:00Z' })).toBe(false);
    expect(arrive?.sure?.({ direction: 'down', departed_at: null })).toBe(false);
  });
});

describe('the lists', () => {
  it('stand in the address', () => {
    const there = (text: string) => searchOf(filterOf(new URLSearchParams(text))).toString();
    for (const text of [
      '',
      'box=out',
      'box=all&state=all',
      'state=arrived&direction=down',
      'box=all&state=no_show',
    ])
      expect(there(text)).toBe(text);
  });

  it('count a follow-up as late from the moment it was due', () => {
    const due = { state: 'planned', due_at: '2026-01-01T00:00:00Z' } as const;
    const now = Date.parse('2026-01-04T12:00:00Z');
    expect(isLate(due, now)).toBe(true);
    expect(daysLate(due, now)).toBe(3);
    expect(isLate({ ...due, state: 'done' }, now)).toBe(false);
    expect(queryOf('overdue')).toEqual({ state: 'overdue', mine: true });
  });
});

describe('the kind of a file', () => {
  it('is guessed by its name, then by what it is', () => {
    expect(guessKind({ name: '转诊知情同意书.pdf', type: 'application/pdf' })).toBe('consent');
    expect(guessKind({ name: '血常规.jpg', type: 'image/jpeg' })).toBe('lab');
    expect(guessKind({ name: 'IMG_1.jpg', type: 'image/jpeg' })).toBe('image');
  });
});

import { describe, expect, it } from 'vitest';
import type { Notice } from '@/api/types';
import { fresh, mayDismiss, pathOf } from './words';

const notice = (id: string, seen = false): Notice => ({
  id,
  code: 'report.ready',
  params: {},
  study_id: 's',
  case_id: null,
  at: '',
  seen,
  waits: false,
});

describe('notices', () => {
  it('announce only what came since the last look', () => {
    expect(fresh(null, [notice('a')])).toEqual([]);
    expect(fresh(new Set(['a']), [notice('b'), notice('c', true), notice('a')])).toEqual([notice('b')]);
  });

  it('are dismissed unless they wait for somebody to deal with what they are about', () => {
    expect(mayDismiss(notice('a'))).toBe(true);
    expect(mayDismiss({ seen: false, waits: true })).toBe(false);
    expect(mayDismiss(notice('a', true))).toBe(false);
  });

  it('lead to their study, or to the desk of their kind', () => {
    expect(pathOf({ code: 'report.ready', study_id: 's', params: {} })).toBe('/studies/s');
    expect(pathOf({ code: 'quarantine.refused', study_id: null, params: {} })).toBe('/arrivals');
    const critical = { code: 'critical.raised', study_id: 's', params: { critical_id: 'c' } };
    expect(pathOf(critical)).toBe('/criticals?id=c');
    const order = { code: 'order.no_images', study_id: null, params: { order_id: 'o' } };
    expect(pathOf(order)).toBe('/orders?id=o');
    expect(pathOf({ code: 'other', study_id: null, params: {} })).toBe('/');
  });
});

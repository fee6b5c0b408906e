import { describe, expect, it } from 'vitest';
import { usableIn, usualCentre } from './beginning';

const me = { person: { site: { id: 'county', name: '示例县医院' } } } as Parameters<typeof usualCentre>[2];
const sites = [
  { id: 'county', parent_id: 'city' },
  { id: 'city', parent_id: null },
];

describe('whom a request goes to as a rule', () => {
  it('is the hospital above, when somebody triages there', () => {
    expect(usualCentre(sites, [{ id: 'city', level: 'city' }], me)).toBe('city');
  });
  it('is nobody when no hospital above triages: the doctor chooses', () => {
    expect(usualCentre(sites, [{ id: 'other', level: 'county' }], me)).toBeNull();
  });
});

describe('the study that a request starts from', () => {
  it('goes along although some of its images arrived in conflict', () => {
    expect(usableIn({ problem: 'study.conflict' })).toBe(true);
    expect(usableIn({ problem: null })).toBe(true);
  });
  it('stays out while it is kept back or not open to the reader', () => {
    expect(usableIn({ problem: 'study.held' })).toBe(false);
    expect(usableIn({ problem: 'study.not_shared' })).toBe(false);
  });
});

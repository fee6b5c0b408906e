import { describe, expect, it } from 'vitest';
import type { Side } from './calls';
import { contradicting, differing, writings } from './lines';

const side = (more: Partial<Side>): Side => ({
  name: '测试甲',
  name_full: 'Ceshi^Jia=测试^甲',
  patient_id: 'T1',
  issuer: '示例一县医院',
  sex: 'M',
  birth_date: '19700101',
  accession: 'A1',
  description: '胸部',
  modality: 'CT',
  study_date: '20260101',
  study_id: null,
  objects: 1,
  sender: 'X',
  site: '示例一县医院',
  at: '2026-01-01T00:00:00Z',
  hidden: false,
  ...more,
});

describe('two sides of a conflict', () => {
  it('says every writing of a name', () => {
    expect(writings('Ceshi^Jia=测试^甲=')).toBe('Ceshi Jia / 测试 甲');
  });

  it('marks what both say differently, not what one of them leaves out', () => {
    const other = side({ name: '测试乙', name_full: '测试^乙', sex: 'F', accession: '', sender: 'Y' });
    expect([...differing(other, side({}))]).toEqual(['name', 'writings', 'sex']);
  });

  it('does not mark a writing that one of them leaves out', () => {
    expect(differing(side({ name_full: '测试^甲' }), side({})).size).toBe(0);
  });

  it('marks nothing where the other side is not to be seen', () => {
    expect(differing(side({}), null).size).toBe(0);
    expect(differing(side({ name: '', description: '', hidden: true }), side({})).size).toBe(0);
  });
});

describe('two people whose numbers are to be merged', () => {
  const one = { name: '测试甲', sex: 'M', birth_date: '19700101' };

  it('are told apart by name, sex and date of birth', () => {
    expect(contradicting(one, { ...one, sex: 'F', birth_date: '19710101' })).toEqual(['sex', 'birth']);
    expect(contradicting(one, one)).toEqual([]);
  });

  it('are not told apart by what nobody wrote down', () => {
    expect(contradicting(one, { name: '测试甲', sex: '', birth_date: '' })).toEqual([]);
  });
});

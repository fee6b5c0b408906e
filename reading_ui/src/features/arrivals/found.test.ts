import { describe, expect, it } from 'vitest';
import type { Arrival } from '@/api/types';
import type { Conflict } from './calls';
import { isFound, isFoundConflict } from './found';

const whose = { name: '测试甲', patient_id: 'H001', study_date: '', modality: 'CT', description: '胸部' };
const arrival = { whose, known: null, peer: 'SCANNER_A', site: null, study_uid: '1.2.3', sop_uid: '1.2.3.4' };
const side = { name: '测试乙', name_full: 'Ceshi^Yi', patient_id: 'H002', accession: 'A77', sender: 'CT2' };
const conflict = { claim: { ...side, name: '测试丙', accession: '' }, known: side, study_uid: '1.9' };

describe('what is looked for among what could not be stored', () => {
  it('is found by patient, study or sender, each word of it', () => {
    for (const words of [
      '',
      '测试甲',
      'h001',
      'scanner_a',
      '1.2.3.4',
      '甲 ct',
      'Ｈ００１',
      '测试 甲',
      'ＣＴ',
    ])
      expect(isFound(arrival as unknown as Arrival, words)).toBe(true);
    expect(isFound(arrival as unknown as Arrival, '甲 mr')).toBe(false);
  });

  it('is found by either side of a conflict', () => {
    for (const words of ['丙', 'ceshi', 'a77', 'ct2', '1.9'])
      expect(isFoundConflict(conflict as unknown as Conflict, words)).toBe(true);
    expect(isFoundConflict(conflict as unknown as Conflict, '丁')).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import type { FactView } from '@/api/types';
import { runsOf, spokenOf } from './runs';

let seq = 0;
const fact = (name: string, actor: string, study_id = 's'): FactView => {
  seq += 1;
  return {
    seq,
    name,
    actor,
    site: 'A',
    study_id,
    case_id: null,
    at: '',
    details: {},
    sealed: true,
    subject: 'study',
    subject_id: 's',
  };
};

describe('runs of facts', () => {
  it('take together what one person does again and again, and nothing else', () => {
    const facts = [
      fact('ImagesOpened', 'a'),
      fact('ImagesOpened', 'a'),
      fact('ImagesOpened', 'b'),
      fact('TaskClaimed', 'b'),
      fact('TaskClaimed', 'b'),
      fact('ImagesOpened', 'b'),
      fact('ImagesOpened', 'b', 'other study'),
    ];
    expect(runsOf(facts).map((run) => run.length)).toEqual([2, 1, 1, 1, 1, 1]);
  });

  it('take damaged files together, and say of which kind where all are of one', () => {
    const of = (...kinds: string[]) =>
      kinds.map((kind) => ({ ...fact('StoredBytesFoundBad', 'system'), details: { kind, file: kind } }));
    expect(runsOf(of('missing', 'altered', 'missing')).map((run) => run.length)).toEqual([3]);
    expect(spokenOf(of('missing', 'missing'))?.details.kind).toBe('missing');
    expect(spokenOf(of('missing', 'altered'))?.details).toEqual({});
  });

  it('leave no fact out and keep the order', () => {
    const facts = Array.from({ length: 9 }, (_, n) => fact(n % 4 ? 'ImagesOpened' : 'ReportSigned', 'a'));
    expect(runsOf(facts).flat()).toEqual(facts);
  });
});

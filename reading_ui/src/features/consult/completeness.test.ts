import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { completeness, lacking, type Part, points, worthAsking } from './completeness';

const empty = {
  question: '',
  summary: '',
  wanted_specialty: '',
  study_ids: [] as string[],
  centre_site_id: null,
};

describe('how complete a request is', () => {
  it('counts as the server does', () => {
    const source = readFileSync('../teleconsult/consult/completeness.py', 'utf8');
    for (const [part, worth] of Object.entries(points)) expect(source).toContain(`"${part}": ${worth}`);
    expect(Object.values(points).reduce((sum, worth) => sum + worth, 0)).toBe(100);
  });

  it('names what is missing, and is whole when nothing is', () => {
    expect(completeness(empty, new Set()).score).toBe(0);
    const whole = {
      question: '右上肺结节的性质与处理？',
      summary: '男，56岁，咳嗽伴胸痛两天，无发热，外院抗感染治疗一周未见好转。',
      wanted_specialty: 'respiratory',
      study_ids: ['a'],
    };
    expect(completeness(whole, new Set(['consent', 'lab']))).toEqual({ score: 100, missing: [] });
    expect(completeness(whole, new Set(['consent'])).missing).toEqual(['record']);
  });

  it('knows what the centre cannot do without', () => {
    expect(lacking(empty, 0)).toEqual(['question', 'summary', 'centre', 'studies']);
    expect(lacking({ ...empty, question: 'q', summary: 's', centre_site_id: 'c' }, 1)).toEqual([]);
  });
});

describe('a request that is sent', () => {
  const poor = { score: 45, missing: ['consent', 'record', 'specialty'] as Part[] };
  it('asks once about what is missing, without consent or far from complete', () => {
    expect(worthAsking({ urgency: 'normal' }, poor)).toEqual(['consent', 'record', 'specialty']);
    expect(worthAsking({ urgency: 'elective' }, { score: 85, missing: ['consent'] })).toEqual(['consent']);
    expect(worthAsking({ urgency: 'normal' }, { score: 60, missing: ['summary'] })).toEqual(['summary']);
  });
  it('goes straight through when it is urgent, or when little is missing', () => {
    expect(worthAsking({ urgency: 'urgent' }, poor)).toEqual([]);
    expect(worthAsking({ urgency: 'normal' }, { score: 90, missing: ['record'] })).toEqual([]);
  });
});

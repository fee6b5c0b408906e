import { describe, expect, it } from 'vitest';
import noticesEn from '@/features/notices/i18n/en.json';
import noticesZh from '@/features/notices/i18n/zh-CN.json';
import factsEn from '@/ui/facts/i18n/en.json';
import factsZh from '@/ui/facts/i18n/zh-CN.json';

const leaves = (tree: object, path = ''): string[] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null ? leaves(value, `${path}${key}.`) : [`${path}${key}`],
  );

describe('the journal', () => {
  it.each([
    ['zh-CN', noticesZh.code, factsZh.value],
    ['en', noticesEn.code, factsEn.value],
  ])('says in words what somebody was told: %s', (_language, codes, words) => {
    const known = new Set(leaves(words));
    // The same news of an opinion, with dissent, of an upload or of nobody by name is one code.
    const told = new Set(
      leaves(codes).map((code) => code.replace(/(_upload)?(_one$|_nameless$|_opinion)?(_dissent)?$/, '')),
    );
    expect([...told].filter((code) => !known.has(code))).toEqual([]);
  });

  it.each([
    ['zh-CN', factsZh.value],
    ['en', factsEn.value],
  ])('has words for why a room closed and why somebody was refused: %s', (_language, words) => {
    const known = new Set(leaves(words));
    const codes = [
      ...['closed_by_host', 'too_long', 'absent', 'removed'].map((one) => `room.${one}`),
      ...[
        'cancelled',
        'closed',
        'expired',
        'missed',
        'rejected',
        'rescheduled',
        'time_declined',
        'absent',
      ].map((one) => `consultation.${one}`),
      ...['meeting.finished', 'meeting.absent', 'case.absent'],
    ];
    expect(codes.filter((code) => !known.has(code))).toEqual([]);
  });
});

import i18next from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FactView, Notice } from '@/api/types';
import desk from '@/features/desk/i18n/zh-CN.json';
import notices from '@/features/notices/i18n/zh-CN.json';
import { noticeText } from '@/features/notices/words';
import facts from '@/ui/facts/i18n/zh-CN.json';
import { detailOf, nameOf } from '@/ui/facts/words';
import { paperContext } from '@/ui/reasonText';

beforeAll(() =>
  i18next.init({
    lng: 'zh-CN',
    resources: { 'zh-CN': { facts, notices, desk } },
    interpolation: { escapeValue: false },
  }),
);

const notice = (code: string, params: Notice['params']): Notice => ({
  id: 'n',
  code,
  params: { item: 'M1-1', title: '测试会', ...params },
  study_id: null,
  case_id: 'c',
  at: '',
  seen: false,
  waits: false,
});
const fact = (name: string, details: FactView['details']): Pick<FactView, 'name' | 'details'> => ({
  name,
  details,
});

describe('what a meeting without a quorum came to', () => {
  const opinion = { kind: 'opinion', dissent: 1 };
  it('is announced as an opinion with its dissent, never as a conclusion', () => {
    expect(noticeText(notice('meeting.signed', opinion))).toContain('讨论意见已签署');
    expect(noticeText(notice('meeting.signed', opinion))).toContain('有保留意见 1 条');
    expect(noticeText(notice('meeting.signed', { kind: 'conclusion', dissent: 0 }))).toBe(
      '病例 M1-1 的 MDT 结论已签署',
    );
    for (const code of ['meeting.to_sign', 'meeting.sign_reminder', 'meeting.sign_late'])
      expect(noticeText(notice(code, { kind: 'opinion' }))).toContain('讨论意见');
  });

  it('is an opinion on the desk and in what happened', () => {
    const context = paperContext(opinion);
    expect(i18next.t('desk:kind.meeting_read', { context })).toBe('MDT 讨论意见已签署（有保留意见），请查看');
    expect(i18next.t('desk:verb.read', { context })).toBe('查看意见');
    expect(i18next.t('desk:kind.meeting_sign', { context: paperContext({ kind: 'opinion' }) })).toBe(
      'MDT 讨论意见，请签署',
    );
    expect(nameOf(fact('ConclusionSigned', opinion))).toBe('MDT 讨论意见已签署');
    expect(detailOf(fact('ConclusionSigned', opinion))).toBe('保留意见（条） 1');
    expect(nameOf(fact('ItemConcluded', { quorum_met: false }))).toBe('MDT 形成讨论意见');
    for (const name of ['ConclusionChanged', 'ConclusionPartSigned', 'ConclusionRead'])
      expect(nameOf(fact(name, opinion))).toContain('讨论意见');
    expect(nameOf(fact('ConclusionSigned', { kind: 'conclusion' }))).toBe('MDT 结论已签署');
  });
});

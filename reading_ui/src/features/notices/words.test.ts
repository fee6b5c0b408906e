import i18next from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Notice } from '@/api/types';
import notices from './i18n/zh-CN.json';
import { fresh, mayDismiss, noticeText, pathOf } from './words';

const arrivals = { rejected: { code: { 113001: '质量不合格' } } };

beforeAll(() =>
  i18next.init({
    lng: 'zh-CN',
    resources: { 'zh-CN': { notices, arrivals } },
    interpolation: { escapeValue: false },
  }),
);

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

  it('say whose study it is, and read well where they name nobody', () => {
    const params = { name: '张小东', modality: 'CT', code: '113001', objects: 2 };
    for (const code of ['damaged', 'late', 'late_signed', 'rejected', 'restored'])
      expect(noticeText({ code: `study.${code}`, params })).toMatch(/^张小东的 CT /);
    const nameless = { code: 'study.rejected', params: { ...params, name: '' } };
    expect(noticeText(nameless)).toBe('检查中有 2 幅图像被拒绝（质量不合格），请重新查看');
    expect(noticeText({ code: 'study.damaged', params: {} })).toBe(
      '检查有图像文件损坏或丢失，请从设备重新发送',
    );
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

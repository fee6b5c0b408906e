import i18next from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Notice } from '@/api/types';
import english from './i18n/en.json';
import notices from './i18n/zh-CN.json';
import { fresh, inOneLine, mayDismiss, noticeText, pathOf, toneOf, warns } from './words';

const arrivals = { rejected: { code: { 113001: '质量不合格' } } };

beforeAll(() =>
  i18next.init({
    lng: 'zh-CN',
    resources: { 'zh-CN': { notices, arrivals }, en: { notices: english } },
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
  it('say a device as the source of images, and of a person that they uploaded them', () => {
    const refused = (sender: string, by_person?: true) =>
      noticeText({
        code: 'quarantine.refused',
        params: { sender, count: 4, ...(by_person ? { by_person } : {}) },
      });
    expect(refused('SCANNER_A')).toBe('收到无法入库的影像 4 个（来自 SCANNER_A），请查看');
    expect(refused('测试技师', true)).toBe('测试技师上传的影像中有 4 个文件无法入库，请查看');
  });

  it('ask for images that are lacking without saying what should have sent them', () => {
    const params = { name: '张三', here: 3, expected: 9 };
    expect(noticeText({ code: 'study.lacking', params })).toBe(
      '张三的检查图像不全：已到 3 幅，应有 9 幅，请核对是否已全部发送，缺少的请补发',
    );
  });

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

  it('of damage, withdrawal and lacking images warn until they are seen, good news does not', () => {
    const warnings = ['damaged', 'lacking', 'late_signed', 'rejected'].map((kind) => `study.${kind}`);
    for (const code of [...warnings, 'scrub.found', 'report.images_withdrawn', 'gateway.stat_waits']) {
      expect(toneOf({ code, seen: false })).toBe('caution');
      expect(warns({ code, seen: false })).toBe(true);
      expect(warns({ code, seen: true })).toBe(false);
    }
    for (const code of ['report.ready', 'study.restored', 'report.images_restored'])
      expect([warns({ code, seen: false }), toneOf({ code, seen: false })]).toEqual([false, 'news']);
  });

  it('are counted on the bell, one as one', () => {
    const said = (lng: string, count: number) => i18next.t('notices:bell', { lng, count });
    expect([said('zh-CN', 1), said('zh-CN', 9)]).toEqual(['1 条未读提醒', '9 条未读提醒']);
    expect([said('en', 1), said('en', 9)]).toEqual(['1 unread notice', '9 unread notices']);
  });

  it('lead to their study, or to the desk of their kind', () => {
    expect(pathOf({ code: 'report.ready', study_id: 's', params: {} })).toBe('/studies/s');
    expect(pathOf({ code: 'quarantine.refused', study_id: null, params: {} })).toBe('/arrivals');
    expect(pathOf({ code: 'gateway.silent', study_id: null, params: {} })).toBe('/upload');
    const critical = { code: 'critical.raised', study_id: 's', params: { critical_id: 'c' } };
    expect(pathOf(critical)).toBe('/criticals?id=c');
    const order = { code: 'order.no_images', study_id: null, params: { order_id: 'o' } };
    expect(pathOf(order)).toBe('/orders?id=o');
    expect(pathOf({ code: 'other', study_id: null, params: {} })).toBe('/');
  });

  it('share a line when several come at once: the one that warns, and how many there are besides', () => {
    const grave: Notice = { ...notice('b'), code: 'study.damaged', params: { name: '测试', count: 1 } };
    expect(inOneLine([])).toBeUndefined();
    expect(inOneLine([notice('a')])?.text).toBe(noticeText(notice('a')));
    const said = inOneLine([notice('a'), grave, notice('c')]);
    expect(said?.notice.id).toBe('b');
    expect(said?.text).toBe(`${noticeText(grave)}（另有 2 条提醒）`);
    expect(inOneLine([grave, { ...grave, id: 'd' }])?.notice.id).toBe('d');
    const rejected = (id: string, code: string): Notice => ({
      ...notice(id),
      code: 'study.rejected',
      params: { code },
    });
    expect(inOneLine([rejected('e', '113037'), rejected('f', '113001'), grave])?.notice.id).toBe('e');
  });
});

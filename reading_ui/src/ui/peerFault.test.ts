import i18next from 'i18next';
import { beforeAll, expect, test } from 'vitest';
import api from '@/api/i18n/zh-CN.json';
import ui from './i18n/zh-CN.json';
import { faultStands, peerFault } from './peerFault';

beforeAll(() =>
  i18next.init({ lng: 'zh-CN', resources: { 'zh-CN': { api, ui } }, interpolation: { escapeValue: false } }),
);

test('what a device did wrong is said in words, with the attribute that it is about', () => {
  expect(peerFault('dimse.value: StudyDate cannot be understood')).toBe('查询条件的值无法识别（StudyDate）');
  expect(peerFault('step.missing: PatientID')).toBe('MPPS 缺少必要的属性（PatientID）');
  expect(peerFault('step.value: more than 100 objects')).toBe('MPPS 的属性值无效');
  expect(peerFault("dimse.destination: 'MOVEDST' is no destination of yours")).toBe(
    '请求 C-MOVE 发往未登记或非本院的目的设备（MOVEDST）',
  );
  expect(peerFault('line.too_many: 8 associations at once are its share')).toBe('同时连接数超过限制');
  expect(peerFault('object.unreadable: cut off')).toBe('无法读取该对象');
});

test('a fault of the node itself is called that, an unknown code stays as it is', () => {
  expect(peerFault('AttributeError: no such attribute')).toBe(
    '平台处理请求时出错（AttributeError），已记入节点日志',
  );
  expect(peerFault('some.thing: that nobody knows')).toBe('some.thing（that nobody knows）');
});

test('a fault is past once something good was heard', () => {
  const at = (last_error_at: string | null, last_seen_at: string | null) =>
    faultStands({ last_error_at, last_seen_at });
  expect(at('2026-11-23T12:31:00Z', '2026-11-23T12:34:00Z')).toBe(false);
  expect(at('2026-11-23T12:34:00.5Z', '2026-11-23T12:34:00Z')).toBe(true);
  expect(at('2026-11-23T12:34:00Z', '2026-11-23T12:34:00Z'), 'a gateway that reports its fault').toBe(true);
  expect(at('2026-11-23T12:34:00Z', null)).toBe(true);
  expect(at(null, '2026-11-23T12:34:00Z')).toBe(false);
});

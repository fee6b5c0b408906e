import i18next from 'i18next';
import { beforeAll, expect, test } from 'vitest';
import facts from './i18n/zh-CN.json';
import { detailOf, mood, nameOf } from './words';

beforeAll(() =>
  i18next.init({ lng: 'zh-CN', resources: { 'zh-CN': { facts } }, interpolation: { escapeValue: false } }),
);

const said = (code: string) => {
  const fact = { name: 'ObjectsRejected', details: { objects: 2, code } };
  return `${nameOf(fact)} ${detailOf(fact)}`;
};

test('why an order is for somebody else than the number is known for', () => {
  const details = { known_differs: 'name,birth_date', known_reason: '旧号重新启用' };
  expect(detailOf({ details })).toBe('与已登记患者不同 姓名和出生日期 · 确认不同的原因 旧号重新启用');
});

test('a study that settles without all that was announced has not been received', () => {
  const settled = (details: Record<string, number | boolean>) => {
    const fact = { name: 'StudySettled', details };
    return `${nameOf(fact)} ${detailOf(fact)}`;
  };
  expect(settled({ instances: 9, late: false })).toBe('图像接收完毕 图像数 9');
  expect(settled({ instances: 3, late: false, expected: 9 })).toBe('图像不全，停止等待 图像数 3 · 应有 9');
  expect(settled({ instances: 5, late: false, here: 2, expected: 4 })).toBe(
    '图像不全，停止等待 图像数 5 · 已到 2 · 应有 4',
  );
});

test('damage says of which image and which kind it is, and recovery how many are back', () => {
  const damage = (details: Record<string, number | string>) => {
    const fact = { name: 'StoredBytesFoundBad', details: { file: 'dicom/abc/abc.1.2.1', ...details } };
    return `${nameOf(fact)} ${detailOf(fact)}`;
  };
  expect(damage({ kind: 'missing', series_number: 2, instance_number: 15 })).toBe(
    '巡检发现图像文件丢失 序列 2 · 图像 15',
  );
  expect(damage({ kind: 'altered' })).toBe('巡检发现图像文件内容改变 ');
  expect(nameOf({ name: 'StoredBytesFoundBad', details: {} })).toBe('巡检发现存储文件异常');
  const back = { name: 'StoredBytesBack', details: { objects: 4 } };
  expect(`${nameOf(back)} ${detailOf(back)}`).toBe('损坏或丢失的图像已恢复 图像数 4');
  expect(mood('StoredBytesBack')).toBe('good');
});

test('what a notice was about has words', () => {
  expect(detailOf({ details: { code: 'study.lacking', person_id: null } })).toBe('检查图像不全');
});

test('what goes with an undone decision was rejected by nobody', () => {
  expect(said('undone')).toBe('决定撤销后，图像不再显示 图像数 2');
  expect(said('113001')).toBe('图像被拒绝，不再显示 图像数 2 · 质量不合格');
});

test('why a study has no order says more than that it has none', () => {
  const fact = { name: 'StudyUnmatched', details: { reason: 'order.none' } };
  expect(`${nameOf(fact)} · ${detailOf(fact)}`).toBe(
    '检查未匹配到申请 · 原因 没有检查号或检查 UID 相同的申请',
  );
});

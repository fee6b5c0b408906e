import { describe, expect, it } from 'vitest';
import { cell, csvOf } from './exporting';

const line = {
  at: 't',
  kind: '转诊',
  what: 'w',
  detail: 'a,"b"\nc',
  who: '=HYPERLINK(1)',
  role: '',
  site: 'A',
};

describe('the export of a timeline', () => {
  it('is UTF-8 with a mark, one record a line, quoted where it must be', () => {
    const text = csvOf(['时间', '类别', '事项', '内容', '人员', '角色', '医院'], [line]);
    expect(text.startsWith('\uFEFF时间,')).toBe(true);
    expect(text).toContain('"a,""b""\nc"');
    expect(text.endsWith('\r\n')).toBe(true);
  });

  it('gives no spreadsheet a formula to run', () => {
    for (const bad of ['=1+1', '+1', '-1', '@x', '\tx']) expect(cell(bad)).toMatch(/^"?'/);
    expect(cell('测试')).toBe('测试');
  });
});

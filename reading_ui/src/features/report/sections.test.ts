import { describe, expect, it } from 'vitest';
import { insertAt, missing, plain, sameText } from './sections';
import { templatesFor } from './templates';

describe('sections', () => {
  it('compares texts as the server keeps them', () => {
    expect(plain('\n双肺清晰  \r\n未见异常\n\n')).toBe('双肺清晰\n未见异常');
    const a = { findings: 'x \n', impression: '', advice: '' };
    expect(sameText(a, { ...a, findings: 'x' })).toBe(true);
    expect(sameText(a, { ...a, advice: 'y' })).toBe(false);
  });

  it('names what a submission still lacks; advice may stay empty', () => {
    expect(missing({ findings: ' \n', impression: '', advice: '' })).toEqual(['findings', 'impression']);
    expect(missing({ findings: 'a', impression: 'b', advice: '' })).toEqual([]);
  });

  it('inserts a measurement at the caret and over a selection', () => {
    expect(insertAt('结节，边界清', 2, 2, '约 8.2 mm')).toEqual({ text: '结节约 8.2 mm，边界清', caret: 10 });
    expect(insertAt('大小__。', 2, 4, '3 mm').text).toBe('大小3 mm。');
  });
});

describe('templates', () => {
  it('offers the fitting region first and only the modality at hand', () => {
    const found = templatesFor(['CT'], '胸部平扫').map((template) => template.id);
    expect(found[0]).toBe('ct-chest-normal');
    expect(found.every((id) => id.startsWith('ct'))).toBe(true);
    expect(templatesFor(['CR'], '').map((template) => template.id)).toEqual(['dx-chest-normal']);
    expect(templatesFor(['XA'], '')).toEqual([]);
  });
});

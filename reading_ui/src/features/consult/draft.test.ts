import { describe, expect, it } from 'vitest';
import { kindOf, specialtyOf, toggled, unsaid } from './draft';

describe('what a request is filled with by itself', () => {
  it('knows a file by its name', () => {
    expect(kindOf('会诊知情同意书.jpg')).toBe('consent');
    expect(kindOf('血常规 11-21.pdf')).toBe('lab');
    expect(kindOf('入院记录.docx')).toBe('record');
    expect(kindOf('IMG_2041.HEIC')).toBe('other');
  });

  it('guesses the specialty by what was examined, or not at all', () => {
    expect(specialtyOf(['ECG'], '')).toBe('cardiology');
    expect(specialtyOf(['CT'], 'CHEST 胸部平扫')).toBe('respiratory');
    expect(specialtyOf(['CT'], '头颅平扫')).toBe('neurology');
    expect(specialtyOf(['CT'], 'PELVIS')).toBe('');
  });

  it('keeps chosen studies in one order, each once', () => {
    expect(toggled(['b'], 'a', true)).toEqual(['a', 'b']);
    expect(toggled(['a', 'b'], 'b', true)).toEqual(['a', 'b']);
    expect(toggled(['a', 'b'], 'a', false)).toEqual(['b']);
  });
});

describe('an opinion', () => {
  it('lacks whether to refer until somebody has chosen, although all is written', () => {
    expect(unsaid({ diagnosis: '炎性', treatment: '复查', refer: '' })).toEqual(['refer']);
    expect(unsaid({ diagnosis: '炎性', treatment: '复查', refer: 'no' })).toEqual([]);
    expect(unsaid({ diagnosis: ' ', treatment: '', refer: 'no' })).toEqual(['diagnosis', 'treatment']);
  });
});

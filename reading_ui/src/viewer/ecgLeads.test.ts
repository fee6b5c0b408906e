import { describe, expect, it } from 'vitest';
import { channelName, TWELVE } from './ecgLeads';

const named = (code: string, scheme: string, meaning = '', label = '') =>
  channelName({ code, scheme, meaning }, label, 4);

describe('the name of an ECG channel', () => {
  it('is read from SCP-ECG and MDC codes in every spelling of them', () => {
    const numbers = [1, 2, 61, 62, 63, 64, 3, 4, 5, 6, 7, 8];
    expect(numbers.map((n) => named(`5.6.3-9-${n}`, 'SCPECG').name)).toEqual([...TWELVE]);
    expect(numbers.map((n) => named(`2:${n}`, 'MDC').name)).toEqual([...TWELVE]);
    expect(numbers.map((n) => named(String(0x20000 + n), 'MDC').name)).toEqual([...TWELVE]);
    expect(TWELVE.map((name) => named(`MDC_ECG_LEAD_${name.toUpperCase()}`, 'MDC').name)).toEqual([
      ...TWELVE,
    ]);
  });

  it('is read from words where there is no code that is known', () => {
    const words: Array<[string, string]> = [
      ['Lead I (Einthoven)', 'I'],
      ['aVR, augmented voltage, right', 'aVR'],
      ['Lead AVF', 'aVF'],
      ['Ⅱ导联', 'II'],
      ['V1导联', 'V1'],
      ['ECG lead v3r', 'V3R'],
      ['a VL', 'aVL'],
    ];
    for (const [meaning, name] of words)
      expect([meaning, named('X1', '99ACME', meaning).name]).toEqual([meaning, name]);
    expect(named('', '', '', 'V6').name).toBe('V6');
  });

  it('is the label or the number of the channel where nothing names a lead', () => {
    expect(named('', '', '', 'Resp').name).toBe('Resp');
    expect(named('', '', '').name).toBe('#5');
  });

  it('is doubtful where code and words disagree', () => {
    expect(named('5.6.3-9-3', 'SCPECG', 'Lead aVF')).toEqual({ name: 'V1', doubtful: true });
    expect(named('5.6.3-9-3', 'SCPECG', 'Lead V1').doubtful).toBe(false);
  });

  it('knows the posterior and right-sided leads by their numbers', () => {
    expect(['9', '66', '67', '11', '12'].map((n) => named(`2:${n}`, 'MDC').name)).toEqual([
      'V7',
      'V8',
      'V9',
      'V3R',
      'V4R',
    ]);
  });
});

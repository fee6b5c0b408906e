import { describe, expect, it } from 'vitest';
import { localOf, proceduresOf, reasonOf, saidOf, tooLong } from './form';

describe('the form of an order', () => {
  it('sends texts without outer spaces and leaves the number to the server when none is typed', () => {
    const form = new FormData();
    for (const [name, value] of Object.entries({ patient_id: ' P1 ', name: '张三', accession: ' ' }))
      form.set(name, value);
    expect(saidOf(form)).toMatchObject({ patient_id: 'P1', name: '张三', question: '' });
    expect(saidOf(form)).not.toHaveProperty('accession');
    expect(saidOf(form)).not.toHaveProperty('scheduled_at');
  });

  it('cuts nothing off and names what is too long with its limit', () => {
    const form = new FormData();
    form.set('accession', ' 1234567890123456 ');
    expect(tooLong(form)).toBeNull();
    form.set('accession', '12345678901234567890');
    expect(tooLong(form)).toEqual({ name: 'accession', length: 20, most: 16 });
    expect(saidOf(form).accession).toBe('12345678901234567890');
  });

  it('gives a moment back as it was typed', () => {
    const form = new FormData();
    form.set('scheduled_at', '2026-11-22T09:30');
    expect(localOf(saidOf(form).scheduled_at ?? undefined)).toBe('2026-11-22T09:30');
    expect(localOf(undefined, new Date(2026, 0, 2, 3, 4))).toBe('2026-01-02T03:04');
  });

  it('offers what is often ordered', () => {
    expect(proceduresOf('CR')).toEqual(proceduresOf('DX'));
    expect(proceduresOf('XX')).toEqual([]);
  });

  it("says in the reader's words that an order was registered from its study", () => {
    const words = (more: string) => (more ? `由检查登记：${more}` : '由检查登记');
    expect(reasonOf('registered from the study', words)).toBe('由检查登记');
    expect(reasonOf('registered from the study: 性别选错', words)).toBe('由检查登记：性别选错');
    expect(reasonOf('电话核对', words)).toBe('电话核对');
  });
});

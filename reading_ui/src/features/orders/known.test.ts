import { describe, expect, it } from 'vitest';
import { Problem } from '@/api/problem';
import { saidOf } from './form';
import { adopted, knownOf } from './known';

const typed = (said: Record<string, string>): FormData => {
  const form = new FormData();
  for (const [name, value] of Object.entries(said)) form.set(name, value);
  return form;
};
const refused = (params: Record<string, string>) => new Problem(409, 'order.patient_known', '', params);

describe('a number that is somebody else’s', () => {
  const form = typed({ patient_id: 'DEMO0001', name: ' 李四 ', sex: 'F', birth_date: '1990-09-09' });
  const known = knownOf(
    refused({
      number: 'DEMO0001',
      differs: 'name,birth_date',
      written: '测试甲',
      spelt: 'CESHI JIA',
      sex: '',
      birth_date: '19580312',
    }),
    form,
  );

  it('is shown beside what was typed, with what differs', () => {
    expect(known.rows).toEqual([
      { field: 'name', known: '测试甲', typed: '李四', differs: true },
      { field: 'sex', known: '', typed: 'F', differs: false },
      { field: 'birth_date', known: '1958-03-12', typed: '1990-09-09', differs: true },
    ]);
  });

  it('is taken over with its spelling; what nobody knows stays as typed', () => {
    expect(adopted(known)).toEqual([
      ['name', '测试甲'],
      ['birth_date', '1958-03-12'],
      ['pinyin', 'CESHI JIA'],
    ]);
  });

  it('is ordered for all the same only when that is said, with the reason', () => {
    form.set('differs_reason', '旧号重新启用');
    expect(saidOf(form)).not.toHaveProperty('differs_confirmed');
    form.set('differs_confirmed', 'yes');
    expect(saidOf(form)).toMatchObject({ differs_confirmed: true, differs_reason: '旧号重新启用' });
  });
});

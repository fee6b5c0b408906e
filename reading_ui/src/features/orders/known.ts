import type { Problem } from '@/api/problem';

/** What the hospital knows under a number and what was typed for it, as the form writes them: dates with hyphens. Empty: not said. */
export interface Known {
  number: string;
  rows: { field: 'name' | 'sex' | 'birth_date'; known: string; typed: string; differs: boolean }[];
  spelt: string;
}

/** The fields of the form that say whom an order is for: once one is changed, what was compared is compared no longer. */
export const whose: readonly string[] = ['patient_id', 'issuer', 'name', 'pinyin', 'sex', 'birth_date'];

/** The refusal `order.patient_known` beside the form that it refuses. */
export function knownOf(problem: Problem, form: FormData): Known {
  const said = (name: string) => String(problem.params[name] ?? '');
  const typed = (name: string) => String(form.get(name) ?? '').trim();
  const differs = said('differs').split(',');
  const row = (field: Known['rows'][number]['field'], known: string) => ({
    field,
    known,
    typed: typed(field),
    differs: differs.includes(field),
  });
  return {
    number: said('number'),
    spelt: said('spelt'),
    rows: [
      row('name', said('written')),
      row('sex', said('sex')),
      row('birth_date', said('birth_date').replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3')),
    ],
  };
}

/** What the form's fields are when the known patient is taken; what nobody knows stays as typed. */
export function adopted(known: Known): [field: string, value: string][] {
  const found: [string, string][] = known.rows
    .filter((row) => row.known)
    .map((row) => [row.field, row.known]);
  return found.some(([field]) => field === 'name') ? [...found, ['pinyin', known.spelt]] : found;
}

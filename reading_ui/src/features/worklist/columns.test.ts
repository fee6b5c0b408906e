import { expect, test } from 'vitest';
import { visible } from './columns';

const column = (key: string, more: object = {}) => ({
  key,
  title: key,
  width: '80px',
  cell: () => null,
  ...more,
});
const columns = [
  column('patient', { fixed: true }),
  column('id', { fixed: true, folded: true }),
  column('site', { fixed: true, folded: true }),
  column('due', { fixed: true }),
  column('arrived', { from: 1000 }),
];
const shown = (width: number) => visible(columns, [], width).map(({ key }) => key);

test('on a phone other columns give way before the name does', () => {
  expect(shown(375)).toEqual(['patient', 'due']);
  expect(shown(700)).toEqual(['patient', 'id', 'site', 'due']);
  expect(shown(1366)).toEqual(['patient', 'id', 'site', 'due', 'arrived']);
});

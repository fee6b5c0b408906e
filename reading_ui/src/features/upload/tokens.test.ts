import { describe, expect, it } from 'vitest';
import type { Gateway } from './calls';
import { byToken, nameOf } from './tokens';

const gateway = (id: string, shared: boolean, home?: string, machine?: string) =>
  ({ id, shared, report: { home, machine } }) as unknown as Gateway;

describe('the gateways of a hospital', () => {
  it('stand together by their token, with one word for all that share it', () => {
    const [one, other] = [gateway('p1', true, '00aa11bb', 'CT-PC'), gateway('p1', true, '00aa22cc', 'CT-PC')];
    const [older, alone] = [gateway('p1', false), gateway('p2', false, '77dd', 'DR-PC')];
    const groups = byToken([one, alone, other, older]);
    expect(groups.map((each) => [each.id, each.shared, each.items.length])).toEqual([
      ['p1', true, 3],
      ['p2', false, 1],
    ]);
    expect(groups[0]?.items).toEqual([one, other, older]);
  });

  it('are told apart by machine and number, as far as they say them', () => {
    expect(nameOf(gateway('p1', true, '00aa11bb', 'CT-PC'))).toEqual({ machine: 'CT-PC', digits: '11bb' });
    expect(nameOf(gateway('p1', true))).toEqual({ machine: '', digits: '' });
  });
});

import { expect, it } from 'vitest';
import type { Gateway } from './calls';
import { stateOf } from './gatewayState';

type Report = Gateway['report'];
const quiet: Report = {
  waiting: 0,
  waiting_bytes: 0,
  waiting_stat: 0,
  oldest_seconds: 0,
  parked: 0,
  sent: 0,
  free_bytes: 1,
  bytes_per_second: 0,
  clock_ahead_seconds: 0,
  version: '',
  error: '',
  home: '',
  machine: '',
};
const state = (report: Partial<Report>, shared = false, silent = false) =>
  stateOf({ report: { ...quiet, ...report }, shared }, silent);

it('of a gateway is the gravest of what is wrong with it', () => {
  expect(state({})).toBe('good');
  expect(state({}, true)).toBe('tokenShared');
  expect(state({ waiting: 2, waiting_stat: 2, oldest_seconds: 600 }, true)).toBe('late');
  expect(state({ waiting: 2, waiting_stat: 2, oldest_seconds: 900, error: 'disk.full' })).toBe('trouble');
  expect(state({ error: 'disk.full' }, true, true)).toBe('silent');
});

it('of a gateway is good again when its report came by a line that had been broken', () => {
  expect(state({ waiting: 9, error: 'line.broken' })).toBe('good');
  expect(state({ waiting: 9, error: 'line.timeout' })).toBe('trouble');
  expect(state({ waiting: 0, error: 'line.timeout' })).toBe('good');
});

it('of a gateway with urgent images is good until they wait too long', () => {
  expect(state({ waiting: 2, waiting_stat: 2, oldest_seconds: 599 })).toBe('good');
  expect(state({ waiting: 2, waiting_stat: 0, oldest_seconds: 9_000 })).toBe('good');
  expect(state({ waiting: 2, waiting_stat: 2 })).toBe('good');
});

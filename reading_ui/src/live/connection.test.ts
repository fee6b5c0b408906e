import { describe, expect, it } from 'vitest';
import { Problem } from '@/api/problem';
import { pollWhileAllowed } from './connection';

const asks = (error: unknown) => pollWhileAllowed('live')({ state: { error } });

describe('a page that asks by itself', () => {
  it('stops once its reader was refused what it shows', () => {
    expect(asks(new Problem(404, 'consultation.absent'))).toBe(false);
    expect(asks(new Problem(403, 'permit.refused'))).toBe(false);
  });

  it('goes on while all is well, and when only the line or the server failed', () => {
    expect(asks(null)).toBe(30_000);
    expect(asks(new Problem(0, 'network.unreachable'))).toBe(30_000);
    expect(asks(new Problem(503, 'database.busy'))).toBe(30_000);
  });
});

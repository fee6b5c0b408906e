import type { Level } from './rtcMessages';

/** Running totals of both connections as `getStats` gives them. */
export interface Totals {
  received: number;
  lost: number;
  frozen: number;
  /** Seconds since any fixed instant. */
  at: number;
  /** Round trip of the chosen path, s; null when unknown. */
  trip: number | null;
  /** Share (0–1) of what we sent that the node says it missed. */
  missed: number;
}

type Row = Record<string, unknown>;
const n = (row: Row, key: string): number => {
  const found = row[key];
  return typeof found === 'number' && Number.isFinite(found) ? found : 0;
};

/** Adds up the rows of stats reports. */
export function totalsOf(rows: Iterable<Row>, at: number): Totals {
  const totals: Totals = { received: 0, lost: 0, frozen: 0, at, trip: null, missed: 0 };
  for (const row of rows) {
    if (row.type === 'inbound-rtp') {
      totals.received += n(row, 'packetsReceived');
      totals.lost += n(row, 'packetsLost');
      totals.frozen += n(row, 'totalFreezesDuration');
    } else if (row.type === 'remote-inbound-rtp') {
      totals.missed = Math.max(totals.missed, n(row, 'fractionLost'));
    } else if (
      row.type === 'candidate-pair' &&
      row.nominated === true &&
      n(row, 'currentRoundTripTime') > 0
    ) {
      totals.trip = Math.max(totals.trip ?? 0, n(row, 'currentRoundTripTime'));
    }
  }
  return totals;
}

/** 0 (unusable) to 100 between two readings. */
export function scoreOf(before: Totals, now: Totals): number {
  const received = Math.max(0, now.received - before.received);
  const lost = Math.max(0, now.lost - before.lost);
  const seconds = Math.max(0.001, now.at - before.at);
  const share = received + lost > 0 ? lost / (received + lost) : 0;
  const frozen = Math.max(0, now.frozen - before.frozen) / seconds;
  const slow = Math.max(0, (now.trip ?? 0) - 0.15);
  const score = 100 - 400 * share - 300 * now.missed - 150 * frozen - 120 * slow;
  return Math.max(0, Math.min(100, Math.round(score)));
}

const levelOf = (score: number): Level => (score >= 75 ? 'good' : score >= 45 ? 'fair' : 'poor');
const RANK: Record<Level, number> = { good: 2, fair: 1, poor: 0 };

/** A level sinks at once and rises only when three readings agree: a needle that trembles tells nothing. */
export class Gauge {
  private level: Level | null = null;
  private better = 0;

  read(score: number): Level {
    const found = levelOf(score);
    if (this.level === null || RANK[found] <= RANK[this.level]) {
      this.level = found;
      this.better = 0;
    } else {
      this.better += 1;
      if (this.better >= 3) {
        this.level = found;
        this.better = 0;
      }
    }
    return this.level;
  }
}

import type { Gateway } from './calls';

/** What a report tells of the line is over: the report has come. These last. */
const LASTING = ['disk.full', 'gateway.fault'];
/** Of a line that answers and carries nothing: the centre hears of it as long as something waits. */
const CARRIES_NOTHING = 'line.timeout';
/** So many seconds an urgent image may wait, as for the bell (`imaging/gateways.py`). */
const LATE = 600;

type Report = Gateway['report'];

/** Whether what it reports as its error is so still. */
export const lasts = ({ error, waiting }: Pick<Report, 'error' | 'waiting'>): boolean =>
  LASTING.includes(error) || (error === CARRIES_NOTHING && waiting > 0);

/** Whether urgent images wait longer than they may. An older gateway does not say for how long. */
export const isLate = ({ waiting_stat, oldest_seconds }: Report): boolean =>
  waiting_stat > 0 && oldest_seconds >= LATE;

/** The gravest of what is to be said of it. */
export function stateOf({ report, shared }: Pick<Gateway, 'report' | 'shared'>, silent: boolean) {
  if (silent) return 'silent';
  if (lasts(report)) return 'trouble';
  if (isLate(report)) return 'late';
  return shared ? 'tokenShared' : 'good';
}

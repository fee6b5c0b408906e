import { SECTIONS, type Sections, sameText } from './sections';

/**
 * A copy on this machine of words the server does not have yet: for a crash, a closed window, an expired session. One
 * per report and person, gone as soon as the server has the same text, and after three days in any case.
 */
export interface SafetyCopy {
  text: Sections;
  /** Version of the report that the words were written on. */
  version: number;
  at: number;
}

const ROOT = 'teleconsult.report.';
const KEEP_MS = 3 * 24 * 60 * 60 * 1000;

const keyOf = (reportId: string, personId: string): string => `${ROOT}${reportId}.${personId}`;

function parsed(stored: string | null): SafetyCopy | null {
  try {
    const found: unknown = JSON.parse(stored ?? 'null');
    if (typeof found !== 'object' || found === null) return null;
    const { text, version, at } = found as Record<string, unknown>;
    if (typeof version !== 'number' || typeof at !== 'number' || typeof text !== 'object' || !text)
      return null;
    const parts = text as Record<string, unknown>;
    const [findings, impression, advice] = SECTIONS.map((name) => parts[name]);
    if (typeof findings !== 'string' || typeof impression !== 'string' || typeof advice !== 'string')
      return null;
    return { text: { findings, impression, advice }, version, at };
  } catch {
    return null;
  }
}

/** A full or forbidden store must not stop anybody from writing. */
function quietly(run: () => void): void {
  try {
    run();
  } catch {
    // The words are still on the screen and on their way to the server.
  }
}

export function keepCopy(reportId: string, personId: string, copy: SafetyCopy): void {
  quietly(() => localStorage.setItem(keyOf(reportId, personId), JSON.stringify(copy)));
}

export function dropCopy(reportId: string, personId: string): void {
  quietly(() => localStorage.removeItem(keyOf(reportId, personId)));
}

/** The copy worth offering: of this person, not too old, and different from what the server holds. */
export function findCopy(reportId: string, personId: string, held: Sections, now: number): SafetyCopy | null {
  const copy = parsed(localStorage.getItem(keyOf(reportId, personId)));
  if (!copy || now - copy.at > KEEP_MS || sameText(copy.text, held)) return null;
  return copy;
}

/** Clears what nobody came back for. */
export function sweepCopies(now: number): void {
  quietly(() => {
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(ROOT)) continue;
      const copy = parsed(localStorage.getItem(key));
      if (!copy || now - copy.at > KEEP_MS) localStorage.removeItem(key);
    }
  });
}

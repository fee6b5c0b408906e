import type { Written } from '../referralCalls';

/** What the line below a draft says. */
export type Kept =
  | { phase: 'saved'; at: number }
  | { phase: 'unsaved' }
  | { phase: 'saving' }
  | { phase: 'failed'; error: unknown };

interface Door {
  /** Sends changes made upon this version; answers the version that they made. */
  save: (changes: Written, version: number) => Promise<number>;
  tell: (kept: Kept) => void;
  now: () => number;
}

/** Keeps what is typed: one save at a time, each with everything since the last that succeeded. Nothing typed is lost. */
export function keeper(version: number, door: Door) {
  let pending: Written = {};
  let running: Promise<boolean> | null = null;
  let have = version;

  async function once(): Promise<boolean> {
    const sent = pending;
    pending = {};
    door.tell({ phase: 'saving' });
    try {
      have = await door.save(sent, have);
    } catch (error) {
      pending = { ...sent, ...pending };
      door.tell({ phase: 'failed', error });
      return false;
    }
    return true;
  }

  async function all(): Promise<boolean> {
    while (Object.keys(pending).length > 0) if (!(await once())) return false;
    door.tell({ phase: 'saved', at: door.now() });
    return true;
  }

  return {
    change(changes: Written): void {
      pending = { ...pending, ...changes };
      door.tell({ phase: 'unsaved' });
    },
    /** True when the server holds every letter. */
    flush(): Promise<boolean> {
      running ??= all().finally(() => {
        running = null;
      });
      return running;
    },
    dirty: (): boolean => Object.keys(pending).length > 0 || running !== null,
    version: (): number => have,
  };
}

/**
 * What this browser remembers of an upload that is not finished, to ask for the same folder again after a reload. No
 * name of a patient is in it: several people may use this computer.
 */
export interface Unfinished {
  folder: string;
  siteId: string;
  stat: boolean;
  studies: { uid: string; files: number }[];
}

const KEY = 'teleconsult.upload';

export function remember(upload: Unfinished | null): void {
  try {
    if (upload === null || upload.studies.length === 0) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(upload));
  } catch {
    // private windows keep nothing: then a reload simply begins again, and the platform skips what it has
  }
}

export function remembered(): Unfinished | null {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    return typeof found === 'object' && found !== null && 'folder' in found ? (found as Unfinished) : null;
  } catch {
    return null;
  }
}

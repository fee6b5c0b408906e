export const SHORTEST = 8;

/** The first thing wrong with a new password (i18n key in `auth`), or null. */
export function fault(fresh: string, again: string): string | null {
  if (fresh.length < SHORTEST) return 'password.short';
  if (fresh !== again) return 'password.differs';
  return null;
}

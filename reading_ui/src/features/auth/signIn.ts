import * as calls from '@/api/calls';
import { forgetAnswers } from '@/api/client';
import { queryClient } from '@/api/queries';
import { signedIn, signedOut, useSession } from '@/api/session';
import type { Me } from '@/api/types';
import { speak } from '@/lib/i18n';
import { forgetWords } from '@/lib/kept';
import { type Language, usePrefs } from '@/lib/prefs';

const isLanguage = (word: string | null): word is Language => word === 'zh-CN' || word === 'en';

/** The language that somebody chose by hand before signing in. Whoever signs in next on this page chose it. */
let wished: Language | null = null;

export function wish(language: Language): void {
  wished = language;
}

/** A choice made at the door wins over the account and is kept there; without one the account's language counts, and while nobody chose, the browser's. */
function speakTo({ person }: Me): void {
  const language = wished ?? person.language;
  wished = null;
  if (!isLanguage(language)) return;
  if (language !== person.language) void calls.setLanguage(language).catch(() => undefined);
  if (language !== usePrefs.getState().language) void speak(language);
}

/** Takes over a fresh session; what another person's session had loaded is forgotten first. */
export function enter(me: Me): void {
  const before = useSession.getState().me;
  if (before && before.person.id !== me.person.id) {
    queryClient.clear();
    forgetAnswers();
  }
  forgetWords(me.person.id);
  signedIn(me);
  speakTo(me);
}

export async function signIn(login: string, password: string): Promise<Me> {
  const me = await calls.login(login, password);
  enter(me);
  return me;
}

/** Always ends signed out here, even when the server cannot be reached any more. */
export async function signOut(): Promise<void> {
  try {
    await calls.logout();
  } finally {
    queryClient.clear();
    forgetAnswers();
    forgetWords();
    signedOut();
  }
}

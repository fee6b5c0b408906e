import * as calls from '@/api/calls';
import { forgetAnswers } from '@/api/client';
import { queryClient } from '@/api/queries';
import { signedIn, signedOut, useSession } from '@/api/session';
import type { Me } from '@/api/types';
import { speak } from '@/lib/i18n';
import { usePrefs } from '@/lib/prefs';

const isLanguage = (word: string | null): word is 'zh-CN' | 'en' => word === 'zh-CN' || word === 'en';

/** Takes over a fresh session; what another person's session had loaded is forgotten first. */
export function enter(me: Me): void {
  const before = useSession.getState().me;
  if (before && before.person.id !== me.person.id) {
    queryClient.clear();
    forgetAnswers();
  }
  signedIn(me);
  const { language } = me.person;
  if (isLanguage(language) && language !== usePrefs.getState().language) void speak(language);
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
    signedOut();
  }
}

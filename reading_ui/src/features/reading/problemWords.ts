import i18next from 'i18next';

/** Why an object could not be drawn, by the server's code; an unknown code shows what the server said. */
export function problemWords(code: string, detail = ''): string {
  const key = `reading:problem.${code}`;
  return i18next.exists(key) ? i18next.t(key) : [code, detail].filter(Boolean).join(': ');
}

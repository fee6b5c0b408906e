import type { CaseFact } from '../types';

/** What one line of the export says in words. */
export interface Told {
  at: string;
  kind: string;
  what: string;
  detail: string;
  who: string;
  role: string;
  site: string;
}

/** A cell that no spreadsheet takes for a formula, quoted as RFC 4180 wants it. */
export function cell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** The timeline as a table; the mark at its beginning tells spreadsheets that it is UTF-8. */
export function csvOf(heads: readonly string[], lines: readonly Told[]): string {
  const rows = lines.map((line) => [
    line.at,
    line.kind,
    line.what,
    line.detail,
    line.who,
    line.role,
    line.site,
  ]);
  return `\uFEFF${[heads, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}

/** Every fact as the server gave it, with the words beside it. */
export function jsonOf(number: string, facts: readonly CaseFact[], lines: readonly Told[]): string {
  const items = facts.map((fact, index) => ({ ...fact, words: lines[index] }));
  return `${JSON.stringify({ case: number, facts: items }, null, 2)}\n`;
}

/** Hands a text to the browser as a file. */
export function saveAs(name: string, text: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1_000);
}

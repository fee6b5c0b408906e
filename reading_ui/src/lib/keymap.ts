/** The pure half of the keyboard: which binding does this key press mean? */

export interface Binding {
  /** `j`, `?`, `Enter`, `ctrl+Enter`, or a sequence such as `g w`. Letters are matched without case. */
  keys: string;
  /** i18n key with namespace, e.g. `worklist:keys.claim`; shown in the help sheet. */
  label: string;
  run: () => void;
  /** Also while a text field has the focus. Never set it for a bare letter. */
  whenTyping?: boolean;
  /** i18n key of the heading it stands under in the help sheet; the scope's own when absent. */
  group?: string;
}

export interface Scope {
  name: string;
  bindings: Binding[];
  /** A modal scope (a dialog) hides every scope below it. */
  modal?: boolean;
}

export interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  isComposing: boolean;
  keyCode: number;
}

export const SEQUENCE_MS = 1000;

/** True while an input method composes: those keys belong to it, whatever they are. */
export const composing = (press: Pick<Press, 'isComposing' | 'keyCode'>): boolean =>
  press.isComposing || press.keyCode === 229;

/** `ctrl+Enter`, `shift+Tab`, `j`. Shift is only named with keys that print nothing by themselves. */
export function chord(press: Press): string {
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  const parts: string[] = [];
  if (press.ctrlKey || press.metaKey) parts.push('ctrl');
  if (press.altKey) parts.push('alt');
  if (press.shiftKey && press.key.length > 1) parts.push('shift');
  return [...parts, key === ' ' ? 'Space' : key].join('+');
}

export interface Match {
  binding: Binding | null;
  /** The chord to wait on when it opens a sequence. */
  pending: string | null;
}

const NOTHING: Match = { binding: null, pending: null };

/** Newest scope first; a sequence under way (`pending`) is completed before single keys are looked at. */
export function match(
  scopes: readonly Scope[],
  press: Press,
  pending: string | null,
  typing: boolean,
): Match {
  if (composing(press)) return NOTHING;
  const pressed = chord(press);
  const reachable = reachableScopes(scopes).flatMap((scope) => scope.bindings);
  const allowed = reachable.filter((binding) => !typing || binding.whenTyping === true);
  if (pending) {
    const whole = allowed.find((binding) => binding.keys === `${pending} ${pressed}`);
    if (whole) return { binding: whole, pending: null };
  }
  const single = allowed.find((binding) => binding.keys === pressed);
  if (single) return { binding: single, pending: null };
  const opens = allowed.some((binding) => binding.keys.startsWith(`${pressed} `));
  return opens ? { binding: null, pending: pressed } : NOTHING;
}

/** From the newest scope down to and including the first modal one. */
export function reachableScopes(scopes: readonly Scope[]): Scope[] {
  const found: Scope[] = [];
  for (const scope of scopes.toReversed()) {
    found.push(scope);
    if (scope.modal) break;
  }
  return found;
}

export interface Group {
  /** i18n key of the heading. */
  title: string;
  bindings: Binding[];
}

/** The help sheet: bindings under one heading each, the keys of every screen last. */
export function grouped(scopes: readonly Scope[]): Group[] {
  const found = new Map<string, Binding[]>();
  for (const scope of scopes.toSorted((a, b) => Number(a.name === 'app') - Number(b.name === 'app'))) {
    for (const binding of scope.bindings) {
      const title = binding.group ?? `${scope.name}:keys.title`;
      found.set(title, [...(found.get(title) ?? []), binding]);
    }
  }
  return [...found].map(([title, bindings]) => ({ title, bindings }));
}

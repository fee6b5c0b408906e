import { useEffect, useRef, useSyncExternalStore } from 'react';
import { type Binding, match, reachableScopes, type Scope, SEQUENCE_MS } from './keymap';

export type { Binding } from './keymap';

/** The one keyboard listener of the product. Screens register scopes; nobody else listens for shortcuts. */
let scopes: readonly Scope[] = [];
let pending: string | null = null;
let pendingSince = 0;
const watchers = new Set<() => void>();

function change(next: readonly Scope[]): void {
  scopes = next;
  for (const tell of watchers) tell();
}

const TYPING =
  'input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable=true]';

function listen(event: KeyboardEvent): void {
  if (event.defaultPrevented) return;
  const target = event.target instanceof HTMLElement ? event.target : null;
  const typing = target?.closest(TYPING) != null;
  const open = performance.now() - pendingSince < SEQUENCE_MS ? pending : null;
  const found = match(scopes, event, open, typing);
  pending = found.pending;
  pendingSince = performance.now();
  if (!found.binding) return;
  // A focused button or link keeps its own Enter and Space.
  const pressable = target?.closest('button, a[href], summary, [role=menuitem], [role=tab]') != null;
  if (pressable && (event.key === 'Enter' || event.key === ' ') && !event.ctrlKey) return;
  event.preventDefault();
  found.binding.run();
}

if (typeof document !== 'undefined') document.addEventListener('keydown', listen);

/** Registers bindings while the component is mounted and `enabled`. Newer scopes win; handlers stay current. */
export function useKeys(
  name: string,
  bindings: Binding[],
  options: { enabled?: boolean; modal?: boolean } = {},
): void {
  const { enabled = true, modal = false } = options;
  const latest = useRef(bindings);
  latest.current = bindings;
  const shape = bindings
    .map((binding) => `${binding.keys}|${binding.label}|${binding.whenTyping ?? ''}|${binding.group ?? ''}`)
    .join('\n');
  useEffect(() => {
    if (!enabled) return;
    const rows = shape === '' ? [] : shape.split('\n');
    const scope: Scope = {
      name,
      modal,
      bindings: rows.map((row, index) => {
        const [keys = '', label = '', whenTyping = '', group = ''] = row.split('|');
        const run = () => latest.current[index]?.run();
        return { keys, label, whenTyping: whenTyping === 'true', ...(group && { group }), run };
      }),
    };
    change([...scopes, scope]);
    return () => change(scopes.filter((other) => other !== scope));
  }, [name, shape, enabled, modal]);
}

const subscribe = (tell: () => void) => {
  watchers.add(tell);
  return () => watchers.delete(tell);
};

/** What the keyboard means right now, newest scope first: for the help sheet. */
export function useActiveScopes(): readonly Scope[] {
  const all = useSyncExternalStore(subscribe, () => scopes);
  return reachableScopes(all);
}

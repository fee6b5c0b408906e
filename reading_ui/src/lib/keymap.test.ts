import { describe, expect, it } from 'vitest';
import { type Binding, chord, grouped, match, type Press, type Scope } from './keymap';

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  isComposing: false,
  keyCode: 0,
  ...more,
});
const bind = (keys: string, more: Partial<Binding> = {}): Binding => ({
  keys,
  label: keys,
  run: () => undefined,
  ...more,
});
const scope = (name: string, bindings: Binding[], modal = false): Scope => ({ name, bindings, modal });

const app = scope('app', [bind('?'), bind('g w'), bind('Escape')]);
const list = scope('worklist', [
  bind('j'),
  bind('c'),
  bind('Escape'),
  bind('ctrl+Enter', { whenTyping: true }),
]);

describe('the keymap', () => {
  it('finds the newest scope first', () => {
    expect(match([app, list], press('Escape'), null, false).binding).toBe(list.bindings[2]);
  });

  it('leaves every key to an input method that is composing', () => {
    expect(match([app, list], press('j', { isComposing: true }), null, false).binding).toBeNull();
    expect(match([app, list], press('c', { keyCode: 229 }), null, false).binding).toBeNull();
    expect(
      match([app, list], press('Enter', { ctrlKey: true, keyCode: 229 }), null, true).binding,
    ).toBeNull();
  });

  it('never takes a letter from a text field, but a chord that says so', () => {
    expect(match([app, list], press('j'), null, true).binding).toBeNull();
    expect(match([app, list], press('Enter', { ctrlKey: true }), null, true).binding?.keys).toBe(
      'ctrl+Enter',
    );
  });

  it('waits for the second key of a sequence', () => {
    expect(match([app, list], press('g'), null, false)).toEqual({ binding: null, pending: 'g' });
    expect(match([app, list], press('w'), 'g', false).binding?.keys).toBe('g w');
    expect(match([app, list], press('j'), 'g', false).binding?.keys).toBe('j');
  });

  it('hides everything below a dialog', () => {
    const dialog = scope('dialog', [], true);
    expect(match([app, list, dialog], press('j'), null, false).binding).toBeNull();
  });

  it('spells chords the same with Ctrl and with Command, and letters without case', () => {
    expect(chord(press('J', { shiftKey: true }))).toBe('j');
    expect(chord(press('?', { shiftKey: true }))).toBe('?');
    expect(chord(press('Enter', { metaKey: true }))).toBe('ctrl+Enter');
    expect(chord(press('Tab', { shiftKey: true }))).toBe('shift+Tab');
    expect(chord(press(' '))).toBe('Space');
  });
});

describe('the help sheet', () => {
  it('puts every key under the heading of its group or screen, and the keys of every screen last', () => {
    const room = scope('reading', [bind('n')]);
    const fold = scope('reading', [bind('\\')]);
    const pictures = scope('viewer', [bind('1', { group: 'presets' }), bind('w', { group: 'tools' })]);
    const found = grouped([app, pictures, fold, room]).map(({ title, bindings }) => [
      title,
      bindings.map(({ keys }) => keys).join(' '),
    ]);
    expect(found).toEqual([
      ['presets', '1'],
      ['tools', 'w'],
      ['reading:keys.title', '\\ n'],
      ['app:keys.title', '? g w Escape'],
    ]);
  });
});

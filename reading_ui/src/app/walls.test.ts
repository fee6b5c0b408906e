import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const MOST_LINES = 300;
const files = globSync('src/**/*.{ts,tsx}').filter((file) => !file.endsWith('schema.d.ts'));
const importsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    (found) => found[1] ?? '',
  );

/** Where an import leads inside src; a package stays as it is named. */
const target = (file: string, path: string): string =>
  path.startsWith('@/') ? `src/${path.slice(2)}` : path.startsWith('.') ? join(dirname(file), path) : path;
const room = (path: string): string => path.split('/').slice(0, 3).join('/');

const edges = files.flatMap((file) => importsOf(file).map((path) => ({ file, to: target(file, path) })));
const breaches = (wrong: (edge: { file: string; to: string }) => boolean) =>
  edges.filter(wrong).map(({ file, to }) => `${file} → ${to}`);

describe('the walls between the rooms', () => {
  it('keep features from importing each other, by whatever path', () => {
    const wrong = breaches(
      ({ file, to }) =>
        file.startsWith('src/features/') && to.startsWith('src/features/') && room(file) !== room(to),
    );
    expect(wrong).toEqual([]);
  });

  it('leave each big neighbour one room', () => {
    const only: Array<[RegExp, string]> = [
      [/^@cornerstonejs\//, 'src/viewer/'],
      [/^socket\.io-client$/, 'src/live/'],
    ];
    for (const [neighbour, home] of only) {
      expect(breaches(({ file, to }) => neighbour.test(to) && !file.startsWith(home))).toEqual([]);
    }
  });

  it('keep cameras and peer connections in the media files of src/live', () => {
    const media = /\b(RTCPeerConnection|getUserMedia|getDisplayMedia)\b/;
    const outside = files.filter(
      (file) => !/^src\/live\/rtc\w*\.ts$/.test(file) && file !== 'src/app/walls.test.ts',
    );
    expect(outside.filter((file) => media.test(readFileSync(file, 'utf8')))).toEqual([]);
  });

  it('let nothing below the application import it', () => {
    expect(breaches(({ file, to }) => to.startsWith('src/app/') && !file.startsWith('src/app/'))).toEqual([]);
  });

  it('keep src/lib on packages alone and src/api on src/lib', () => {
    const outside = (home: string[]) => (to: string) =>
      to.startsWith('src/') && !home.some((h) => to.startsWith(h));
    const lib = outside(['src/lib']);
    const api = outside(['src/lib', 'src/api']);
    expect(breaches(({ file, to }) => file.startsWith('src/lib/') && lib(to))).toEqual([]);
    expect(breaches(({ file, to }) => file.startsWith('src/api/') && api(to))).toEqual([]);
  });

  it(`hold no file of more than ${MOST_LINES} lines`, () => {
    const long = files.filter((file) => readFileSync(file, 'utf8').trimEnd().split('\n').length > MOST_LINES);
    expect(long).toEqual([]);
  });
});

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const packable = /\.(js|css|html|svg|wasm|json)$/;
/** Below this a packed file saves less than a packet. */
const WORTH = 1400;
/** Brotli's best level takes ten times as long for 4 % more; a demo's first start waits for this build. */
const QUALITY = 9;

/** Writes `.br` and `.gz` beside every file that gets smaller by it: the web server hands them out as they are. */
export function precompress(): Plugin {
  let out = 'dist';
  return {
    name: 'precompress',
    apply: 'build',
    configResolved(config) {
      out = config.build.outDir;
    },
    async closeBundle() {
      const files = await readdir(out, { recursive: true });
      await Promise.all(files.filter((file) => packable.test(file)).map((file) => pack(join(out, file))));
    },
  };
}

async function pack(file: string): Promise<void> {
  const content = await readFile(file);
  if (content.length < WORTH) return;
  const [small, smaller] = await Promise.all([
    promisify(gzip)(content, { level: 9 }),
    promisify(brotliCompress)(content, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
      },
    }),
  ]);
  if (small.length < content.length) await writeFile(`${file}.gz`, small);
  if (smaller.length < content.length) await writeFile(`${file}.br`, smaller);
}

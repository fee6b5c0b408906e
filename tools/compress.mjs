// Puts a .br and a .gz beside every built file that gets smaller by it: node tools/compress.mjs FOLDER
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const WORTHWHILE = /\.(css|html|js|json|svg|wasm)$/;
const SMALLEST = 1024;
const [folder] = process.argv.slice(2);
// Quality 9 is within 6 % of 11 at a tenth of its time.
const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 22 };
const packers = [
  ['.br', (bytes) => promisify(brotliCompress)(bytes, { params })],
  ['.gz', (bytes) => promisify(gzip)(bytes, { level: 9 })],
];

const files = readdirSync(folder, { recursive: true })
  .map((name) => join(folder, name))
  .filter((file) => WORTHWHILE.test(file) && statSync(file).size >= SMALLEST);

await Promise.all(
  files.flatMap((file) => {
    const bytes = readFileSync(file);
    return packers.map(async ([suffix, pack]) => {
      const packed = await pack(bytes);
      if (packed.length < bytes.length) writeFileSync(file + suffix, packed);
    });
  }),
);

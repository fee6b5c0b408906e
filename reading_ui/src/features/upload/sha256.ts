/**
 * SHA-256 (FIPS 180-4) that takes bytes as they come. The browser's own needs a whole file in memory and is missing
 * on a page that came over plain HTTP, as in a hospital's own network.
 */
const K = new Uint32Array(64);
const START = new Uint32Array(8);

/** The first 32 bits of the fraction of a prime's root. */
const fraction = (root: number): number => ((root - Math.floor(root)) * 2 ** 32) >>> 0;

function constants(): void {
  let found = 0;
  for (let candidate = 2; found < 64; candidate++) {
    let prime = true;
    for (let factor = 2; factor * factor <= candidate; factor++) {
      if (candidate % factor === 0) {
        prime = false;
        break;
      }
    }
    if (!prime) continue;
    if (found < 8) START[found] = fraction(Math.sqrt(candidate));
    K[found++] = fraction(Math.cbrt(candidate));
  }
}
constants();

const turn = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

export class Sha256 {
  private readonly state = START.slice();
  private readonly block = new Uint8Array(64);
  private readonly words = new Uint32Array(64);
  private filled = 0;
  private length = 0;

  update(bytes: Uint8Array): this {
    this.length += bytes.length;
    let at = 0;
    while (at < bytes.length) {
      const taken = Math.min(64 - this.filled, bytes.length - at);
      this.block.set(bytes.subarray(at, at + taken), this.filled);
      this.filled += taken;
      at += taken;
      if (this.filled === 64) this.mix();
    }
    return this;
  }

  /** 64 hexadecimal digits. Nothing may be added afterwards. */
  hex(): string {
    const bits = this.length * 8;
    this.block[this.filled++] = 0x80;
    if (this.filled > 56) {
      this.block.fill(0, this.filled);
      this.mix();
    }
    this.block.fill(0, this.filled);
    const view = new DataView(this.block.buffer);
    view.setUint32(56, Math.floor(bits / 2 ** 32));
    view.setUint32(60, bits >>> 0);
    this.mix();
    return [...this.state].map((word) => word.toString(16).padStart(8, '0')).join('');
  }

  private schedule(): void {
    const { words } = this;
    const view = new DataView(this.block.buffer);
    for (let t = 0; t < 16; t++) words[t] = view.getUint32(t * 4);
    for (let t = 16; t < 64; t++) {
      const early = words[t - 15] ?? 0;
      const late = words[t - 2] ?? 0;
      const s0 = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3);
      const s1 = turn(late, 17) ^ turn(late, 19) ^ (late >>> 10);
      words[t] = (words[t - 16] ?? 0) + s0 + (words[t - 7] ?? 0) + s1;
    }
  }

  private mix(): void {
    this.schedule();
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = this.state;
    for (let t = 0; t < 64; t++) {
      const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
      const one = (h + s1 + ((e & f) ^ (~e & g)) + (K[t] ?? 0) + (this.words[t] ?? 0)) | 0;
      const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
      const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    for (const [place, word] of [a, b, c, d, e, f, g, h].entries())
      this.state[place] = (this.state[place] ?? 0) + word;
    this.filled = 0;
  }
}

const PIECE = 1 << 20;
const AT_ONCE = 64 << 20;

/** Of a file: by the browser's own where there is one and the file is small enough for memory, else piece by piece. */
export async function digestOf(file: Blob): Promise<string> {
  const native: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  if (native && file.size <= AT_ONCE) {
    const digest = new Uint8Array(await native.digest('SHA-256', await file.arrayBuffer()));
    return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }
  return slowDigestOf(file);
}

/** As `digestOf`, without the browser's help. */
export async function slowDigestOf(file: Blob): Promise<string> {
  const sha = new Sha256();
  for (let at = 0; at < file.size; at += PIECE)
    sha.update(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()));
  return sha.hex();
}

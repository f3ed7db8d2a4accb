/**
 * Random streams seeded by name.
 *
 *     stream("spec/p3p").at(17).normal()
 *
 * A stream is a Philox key and a count of draws; its name decides the key. Streams of different
 * names, children and indices are independent, so adding a draw in one place moves no other, and any
 * failure can be replayed from the name it prints. Every draw has the same bits on every machine.
 * Sources: [Salmon2011] for the generator, [BoxMuller1958] doi:10.1214/aoms/1177706645 for normals.
 */

import { stableCosSin, stableLog } from "./elementary.js";
import { philox } from "./philox.js";

/** Third counter word: tells draws, keys of indexed children and absorbed names apart. */
const DRAW = 0;
const INDEX = 1;
const NAME = 2;

export interface Stream {
  /** What the stream was seeded with, for replaying: "name/child#index". */
  readonly name: string;
  /** Uniform on [0, 1), a multiple of 2⁻⁵³. */
  uniform(): number;
  /** As many draws of uniform() as `out` holds, written to and returned as out: no number is boxed on the way. */
  uniforms(out: Float64Array): Float64Array;
  /** Standard normal. */
  normal(): number;
  /** Uniform on 0 … n − 1, without bias. @throws RangeError unless n is an integer in 1 … 2³². */
  integer(n: number): number;
  /** Puts `items` in uniformly random order, in place, and returns it. */
  shuffle<T extends { [index: number]: unknown; length: number }>(items: T): T;
  /** Uniform on the unit sphere of R^d, written to and returned as out [d]; d = 3 by default. */
  sphere(out?: Float64Array): Float64Array;
  /** Unit quaternion (w, x, y, z) of a uniform rotation, written to and returned as out [4]. */
  unitQuaternion(out?: Float64Array): Float64Array;
  /** Uniform rotation matrix, row-major, written to and returned as out [9]. */
  rotation(out?: Float64Array): Float64Array;
  /** The independent stream of this name below this one, from its start. */
  child(name: string): Stream;
  /** The independent stream of this index below this one, from its start. */
  at(index: number): Stream;
}

/** The stream of this name, from its start. */
export function stream(name: string): Stream {
  return new PhiloxStream(name, absorb(new Uint32Array(2), name));
}

/** Sine and cosine on their way to a pair of normals. */
const circle = new Float64Array(2);
/** One uniform number on its way out. */
const single = new Float64Array(1);

class PhiloxStream implements Stream {
  private readonly counter = new Uint32Array(4);
  private readonly words = new Uint32Array(4);
  private used = 4;
  private spare = 0;
  private hasSpare = false;

  constructor(
    readonly name: string,
    private readonly key: Uint32Array,
  ) {
    this.counter[2] = DRAW;
  }

  /** The next 32 random bits. */
  private word(): number {
    if (this.used === 4) this.refill();
    return this.words[this.used++];
  }

  private refill(): void {
    philox(this.counter, this.key, this.words);
    if (++this.counter[0] === 0x100000000) this.counter[1]++;
    this.used = 0;
  }

  uniform(): number {
    return this.uniforms(single)[0];
  }

  uniforms(out: Float64Array): Float64Array {
    for (let i = 0; i < out.length; i++) {
      const high = this.word() >>> 5;
      const low = this.word() >>> 6;
      out[i] = (high * 0x4000000 + low) / 0x20000000000000;
    }
    return out;
  }

  normal(): number {
    if (this.hasSpare) {
      this.hasSpare = false;
      return this.spare;
    }
    // 1 − u lies in (0, 1], where the logarithm is finite.
    const radius = Math.sqrt(-2 * stableLog(1 - this.uniform()));
    stableCosSin(this.uniform(), circle);
    this.spare = radius * circle[1];
    this.hasSpare = true;
    return radius * circle[0];
  }

  integer(n: number): number {
    if (!(Number.isInteger(n) && n >= 1 && n <= 0x100000000))
      throw new RangeError(`integer: expected an integer n in 1 … 2^32, got ${n}`);
    // Words at or above the largest multiple of n would favour small remainders: they are redrawn.
    const limit = 0x100000000 - (0x100000000 % n);
    let word = this.word();
    while (word >= limit) word = this.word();
    return word % n;
  }

  shuffle<T extends { [index: number]: unknown; length: number }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const item = items[i];
      items[i] = items[j];
      items[j] = item;
    }
    return items;
  }

  sphere(out: Float64Array = new Float64Array(3)): Float64Array {
    let squared = 0;
    for (let i = 0; i < out.length; i++) {
      out[i] = this.normal();
      squared += out[i] * out[i];
    }
    const length = Math.sqrt(squared);
    // All normals are exactly zero with probability 2⁻⁵³ a pair: a pole is as uniform as any point.
    if (length === 0) out[0] = 1;
    else for (let i = 0; i < out.length; i++) out[i] /= length;
    return out;
  }

  unitQuaternion(out: Float64Array = new Float64Array(4)): Float64Array {
    return this.sphere(out);
  }

  rotation(out: Float64Array = new Float64Array(9)): Float64Array {
    const [w, x, y, z] = this.unitQuaternion();
    out[0] = 1 - 2 * (y * y + z * z);
    out[1] = 2 * (x * y - w * z);
    out[2] = 2 * (x * z + w * y);
    out[3] = 2 * (x * y + w * z);
    out[4] = 1 - 2 * (x * x + z * z);
    out[5] = 2 * (y * z - w * x);
    out[6] = 2 * (x * z - w * y);
    out[7] = 2 * (y * z + w * x);
    out[8] = 1 - 2 * (x * x + y * y);
    return out;
  }

  child(name: string): Stream {
    return new PhiloxStream(`${this.name}/${name}`, absorb(this.key, name));
  }

  at(index: number): Stream {
    if (!(Number.isSafeInteger(index) && index >= 0))
      throw new RangeError(`at: expected an integer index >= 0, got ${index}`);
    const block = Uint32Array.of(index, Math.floor(index / 0x100000000), INDEX, 0);
    philox(block, this.key, block);
    return new PhiloxStream(`${this.name}#${index}`, block.slice(0, 2));
  }
}

/** The key [2] reached from another by absorbing a text, eight bytes of UTF-8 at a time. */
function absorb(from: Uint32Array, text: string): Uint32Array {
  const bytes = new TextEncoder().encode(text);
  const key = Uint32Array.from(from);
  const block = new Uint32Array(4);
  // The length goes in with every block, so that no text is another's beginning.
  for (let start = 0; start === 0 || start < bytes.length; start += 8) {
    block.fill(0);
    for (let i = start; i < Math.min(start + 8, bytes.length); i++)
      block[(i - start) >> 2] |= bytes[i] << (8 * (i & 3));
    block[2] = NAME;
    block[3] = bytes.length;
    philox(block, key, block);
    key[0] = block[0];
    key[1] = block[1];
  }
  return key;
}

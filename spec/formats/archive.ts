/** Archives and arrays written by hand, so that a spec can lie in every field. */
import { crc32, deflateRawSync } from "node:zlib";

/** An entry as it is to be written; what is left out is written truthfully. */
export interface Part {
  readonly name: string;
  readonly content?: Uint8Array;
  readonly method?: number;
  /** The bytes put into the archive, if not the content (deflated where the method says so). */
  readonly packed?: Uint8Array;
  readonly size?: number;
  readonly crc?: number;
  readonly flags?: number;
  /** What the entry's own header says, if not what the directory says. */
  readonly local?: { name?: string; size?: number; crc?: number; method?: number };
  /** Where the directory says that the entry begins. */
  readonly offset?: number;
  /** Sizes and offset in a zip64 field of the directory. */
  readonly zip64?: boolean;
}

/** A zip archive; `zip64` ends it with the 64-bit records. */
export function archive(parts: readonly Part[], zip64 = false): Uint8Array {
  const chunks: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const part of parts) {
    const content = part.content ?? new Uint8Array(0);
    const method = part.method ?? 0;
    const packed = part.packed ?? (method === 8 ? deflateRawSync(content) : content);
    const size = part.size ?? content.length;
    const crc = part.crc ?? crc32(content);
    const name = Buffer.from(part.name);
    const localName = Buffer.from(part.local?.name ?? part.name);
    const local = record([
      [4, 0x04034b50],
      [2, 20],
      [2, part.flags ?? 0],
      [2, part.local?.method ?? method],
      [4, 0],
      [4, part.local?.crc ?? crc],
      [4, packed.length],
      [4, part.local?.size ?? size],
      [2, localName.length],
      [2, 0],
    ]);
    const offset = part.offset ?? at;
    const wide: [number, number][] = [
      [2, 1],
      [2, 24],
      [8, size],
      [8, packed.length],
      [8, offset],
    ];
    const extra = part.zip64 ? record(wide) : new Uint8Array(0);
    const narrow = (value: number) => (part.zip64 ? 0xffffffff : value);
    directory.push(
      record([
        [4, 0x02014b50],
        [4, 20 | (20 << 16)],
        [2, part.flags ?? 0],
        [2, method],
        [4, 0],
        [4, crc],
        [4, narrow(packed.length)],
        [4, narrow(size)],
        [2, name.length],
        [2, extra.length],
        [2, 0],
        [8, 0],
        [4, narrow(offset)],
      ]),
      name,
      extra,
    );
    chunks.push(local, localName, packed);
    at += local.length + localName.length + packed.length;
  }
  const listing = Buffer.concat(directory);
  const end = at + listing.length;
  const count = parts.length;
  const wideEnd = record([
    [4, 0x06064b50],
    [8, 44],
    [4, 45 | (45 << 16)],
    [8, 0],
    [8, count],
    [8, count],
    [8, listing.length],
    [8, at],
    [4, 0x07064b50],
    [4, 0],
    [8, end],
    [4, 1],
  ]);
  const last = record([
    [4, 0x06054b50],
    [4, 0],
    [2, zip64 ? 0xffff : count],
    [2, zip64 ? 0xffff : count],
    [4, zip64 ? 0xffffffff : listing.length],
    [4, zip64 ? 0xffffffff : at],
    [2, 0],
  ]);
  return Buffer.concat([...chunks, listing, ...(zip64 ? [wideEnd] : []), last]);
}

/** Little-endian fields [width in bytes, value] in a row. */
function record(fields: readonly (readonly [number, number])[]): Uint8Array {
  return Buffer.concat(
    fields.map(([width, value]) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(BigInt(value));
      return bytes.subarray(0, width);
    }),
  );
}

/** An .npy array with a header of any text. */
export function npy(header: string, data: Uint8Array, version = 1): Uint8Array {
  const text = Buffer.from(header);
  const length = version === 1 ? record([[2, text.length]]) : record([[4, text.length]]);
  const magic = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  return Buffer.concat([magic, length, text, data]);
}

/** The header numpy writes. */
export function header(descr: string, shape: readonly number[], fortran = false): string {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const order = fortran ? "True" : "False";
  return `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${axes}), }`;
}

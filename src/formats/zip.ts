/**
 * The directory of a zip archive, read without trust.
 *
 * Source: PKWARE APPNOTE 6.3.10, sections 4.3 (layout) and 4.5.3 (zip64). Only what numpy and
 * common zip programs write is read: one disk, no encryption, stored or deflated entries. What the
 * archive says twice has to agree: sizes and checksums in an entry's own header and in the
 * directory, the directory's place and the place it is found at. Entries may not overlap, which is
 * how a small archive would otherwise declare one stream a thousand times.
 */
import { crc32 } from "node:zlib";
import { FormatError, shown } from "./format-error.js";
import { greatestDeflateRatio, inflated } from "./inflate.js";
import type { ReadLimits } from "./limits.js";

const endSignature = 0x06054b50;
const zip64LocatorSignature = 0x07064b50;
const zip64EndSignature = 0x06064b50;
const directorySignature = 0x02014b50;
const localSignature = 0x04034b50;
const unset16 = 0xffff;
const unset32 = 0xffffffff;

/** One file of an archive, checked but not yet read. */
export interface ZipEntry {
  readonly name: string;
  readonly method: "stored" | "deflated";
  readonly crc: number;
  /** Bytes in the archive. */
  readonly packed: number;
  /** Bytes of content, as declared. */
  readonly size: number;
  /** Where the packed bytes begin. */
  readonly start: number;
}

/**
 * The entries of an archive in directory order, folders left out.
 *
 * @throws FormatError if the archive is truncated, contradicts itself, declares more than the
 * limits allow, or holds a name that is absolute, leaves its folder or occurs twice.
 */
export function zipEntries(bytes: Uint8Array, file: string, limits: ReadLimits): ZipEntry[] {
  const fail = (where: string, expected: string, got: string): never => {
    throw new FormatError(file, where, expected, got);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = directoryPlace(view, file);
  if (directory.count > limits.entries)
    fail("directory", `at most ${limits.entries} entries`, `${directory.count}`);

  const entries: ZipEntry[] = [];
  const spans: { name: string; from: number; to: number }[] = [];
  const names = new Set<string>();
  let declared = 0;
  let at = directory.start;
  for (let index = 0; index < directory.count; index++) {
    const where = `directory entry ${index}`;
    if (at + 46 > directory.end || view.getUint32(at, true) !== directorySignature)
      fail(where, "a directory header", "something else or the directory's end");
    const flags = view.getUint16(at + 8, true);
    const method = view.getUint16(at + 10, true);
    const crc = view.getUint32(at + 16, true);
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > directory.end) fail(where, "a header inside the directory", "one that leaves it");
    const name = entryName(bytes.subarray(at + 46, at + 46 + nameLength), where, file);
    if (names.has(name)) fail(name, "a name that occurs once", "a second entry of that name");
    names.add(name);
    // Bits 0, 5, 6 and 13: encryption, patches, strong encryption, masked headers.
    if (flags & 0x2061) fail(name, "a plain entry", `one with flags 0x${flags.toString(16)}`);
    if (method !== 0 && method !== 8)
      fail(name, "a stored or deflated entry (method 0 or 8)", `method ${method}`);
    const [size, packed, offset] = zip64Fields(
      view,
      at + 46 + nameLength,
      extraLength,
      [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)],
      name,
      file,
    );
    at = next;

    if (method === 0 && size !== packed)
      fail(name, `a stored entry of ${size} bytes`, `${packed} bytes in the archive`);
    if (method === 8 && size > packed * greatestDeflateRatio)
      fail(name, `at most ${greatestDeflateRatio} times its ${packed} packed bytes`, `${size}`);
    declared += size;
    if (declared > limits.bytes)
      fail(name, `entries of at most ${limits.bytes} bytes in all`, `${declared} up to here`);

    const start = contentStart(
      view,
      bytes,
      { name, offset, flags, method, crc, size, packed },
      file,
    );
    if (start + packed > directory.start)
      fail(name, `content before the directory at ${directory.start}`, `${start} + ${packed}`);
    spans.push({ name, from: offset, to: start + packed });
    if (name.endsWith("/")) {
      if (size > 0) fail(name, "a folder without content", `${size} bytes`);
    } else {
      entries.push({
        name,
        method: method === 0 ? "stored" : "deflated",
        crc,
        packed,
        size,
        start,
      });
    }
  }
  if (at !== directory.end)
    fail("directory", `${directory.count} entries up to byte ${directory.end}`, `an end at ${at}`);

  spans.sort((a, b) => a.from - b.from);
  for (let i = 1; i < spans.length; i++)
    if (spans[i].from < spans[i - 1].to)
      fail(spans[i].name, `content apart from that of ${spans[i - 1].name}`, "an overlap");
  return entries;
}

/**
 * The content of an entry [entry.size bytes]; a stored one is a view of the archive.
 *
 * @throws FormatError if the stream is corrupt, or its size or checksum is not the declared one.
 */
export function zipContent(bytes: Uint8Array, entry: ZipEntry, file: string): Uint8Array {
  const packed = bytes.subarray(entry.start, entry.start + entry.packed);
  let content = packed;
  if (entry.method === "deflated") {
    try {
      content = inflated(packed, entry.size);
    } catch (error) {
      const expected = `a deflate stream of ${entry.size} bytes`;
      throw new FormatError(file, entry.name, expected, (error as Error).message);
    }
  }
  if (content.length !== entry.size)
    throw new FormatError(file, entry.name, `${entry.size} bytes`, `${content.length}`);
  const crc = crc32(content);
  if (crc !== entry.crc)
    throw new FormatError(file, entry.name, `checksum ${hex(entry.crc)}`, hex(crc));
  return content;
}

const hex = (n: number) => `0x${n.toString(16).padStart(8, "0")}`;

/** Where the directory lies, from the record that ends the archive and its zip64 twin. */
function directoryPlace(view: DataView, file: string) {
  const fail = (expected: string, got: string): never => {
    throw new FormatError(file, "end of archive", expected, got);
  };
  const length = view.byteLength;
  let record = length - 22;
  const last = Math.max(0, record - unset16);
  while (
    record >= last &&
    (view.getUint32(record, true) !== endSignature ||
      view.getUint16(record + 20, true) !== length - record - 22)
  )
    record--;
  if (record < last) fail("a zip archive's end record", "none: the archive is truncated or no zip");
  const disks = [view.getUint16(record + 4, true), view.getUint16(record + 6, true)];
  let count = view.getUint16(record + 10, true);
  let size = view.getUint32(record + 12, true);
  let start = view.getUint32(record + 16, true);
  let end = record;
  if (view.getUint16(record + 8, true) !== count || disks.some((d) => d !== 0 && d !== unset16))
    fail("an archive on one disk", "parts on several");

  const locator = record - 20;
  if (locator >= 0 && view.getUint32(locator, true) === zip64LocatorSignature) {
    end = safe(view, locator + 8, "end of archive", file);
    if (end + 56 > locator || view.getUint32(end, true) !== zip64EndSignature)
      fail("a zip64 end record where the locator points", `no such record at ${end}`);
    if (safe(view, end + 4, "end of archive", file) + 12 !== locator - end)
      fail("a zip64 end record that reaches its locator", "another length");
    if (count === unset16) count = safe(view, end + 32, "end of archive", file);
    if (size === unset32) size = safe(view, end + 40, "end of archive", file);
    if (start === unset32) start = safe(view, end + 48, "end of archive", file);
  }
  if (start + size !== end) fail(`a directory that ends at ${end}`, `${start} + ${size}`);
  return { start, end, count };
}

/** An unsigned 64-bit integer that a double holds, or an error. */
function safe(view: DataView, at: number, where: string, file: string): number {
  const value = view.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER))
    throw new FormatError(file, where, "a size below 2^53", `${value}`);
  return Number(value);
}

/** Size, packed size and offset, each taken from the zip64 extra field where the header says so. */
function zip64Fields(
  view: DataView,
  extra: number,
  extraLength: number,
  fields: [number, number, number],
  name: string,
  file: string,
): [number, number, number] {
  if (!fields.includes(unset32)) return fields;
  const end = extra + extraLength;
  for (let at = extra; at + 4 <= end; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    let field = at + 4;
    const stop = Math.min(end, field + view.getUint16(at + 2, true));
    return fields.map((value) => {
      if (value !== unset32) return value;
      if (field + 8 > stop)
        throw new FormatError(file, name, "a zip64 field with every missing size", "a short one");
      field += 8;
      return safe(view, field - 8, name, file);
    }) as [number, number, number];
  }
  throw new FormatError(file, name, "a zip64 field", "none, and sizes left to it");
}

/** The name of an entry, refused if a program that unpacks it could write outside its folder. */
function entryName(bytes: Uint8Array, where: string, file: string): string {
  let name: string;
  try {
    name = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new FormatError(file, where, "a name in UTF-8", "other bytes");
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  const odd = /[\u0000-\u001f\\:]/.test(name);
  const parts = name.replace(/\/$/, "").split("/");
  if (odd || parts.some((part) => part === "" || part === "." || part === ".."))
    throw new FormatError(file, where, "a relative name inside the archive", shown(name));
  return name;
}

interface LocalFacts {
  readonly name: string;
  readonly offset: number;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly size: number;
  readonly packed: number;
}

/** Where the content begins, after the entry's own header, which must agree with the directory. */
function contentStart(view: DataView, bytes: Uint8Array, entry: LocalFacts, file: string): number {
  const { name, offset } = entry;
  const fail = (expected: string, got: string): never => {
    throw new FormatError(file, name, expected, got);
  };
  if (offset + 30 > view.byteLength || view.getUint32(offset, true) !== localSignature)
    fail(`an entry header at byte ${offset}`, "something else or the file's end");
  const nameLength = view.getUint16(offset + 26, true);
  const extraLength = view.getUint16(offset + 28, true);
  const start = offset + 30 + nameLength + extraLength;
  if (start > view.byteLength) fail("an entry header inside the file", "one that leaves it");
  const local = bytes.subarray(offset + 30, offset + 30 + nameLength);
  if (new TextDecoder().decode(local) !== name)
    fail("the same name in the entry's own header", shown(new TextDecoder().decode(local)));
  if (view.getUint16(offset + 8, true) !== entry.method)
    fail(`method ${entry.method} in the entry's own header`, `${view.getUint16(offset + 8, true)}`);
  // Bit 3: written to a stream, sizes and checksum follow the content and are zero here.
  if (view.getUint16(offset + 6, true) & 8) return start;
  const [size, packed] = zip64Fields(
    view,
    offset + 30 + nameLength,
    extraLength,
    [view.getUint32(offset + 22, true), view.getUint32(offset + 18, true), 0],
    name,
    file,
  );
  if (size !== entry.size || packed !== entry.packed)
    fail(`sizes ${entry.size} and ${entry.packed} in the entry's own header`, `${size}, ${packed}`);
  if (view.getUint32(offset + 14, true) !== entry.crc)
    fail(`checksum ${hex(entry.crc)} in the entry's own header`, "another");
  return start;
}

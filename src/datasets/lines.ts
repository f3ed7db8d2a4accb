/** Lines of a text file of any length, one at a time. */
import { FormatError } from "../formats/format-error.js";
import { type FileSource, pieces, type ReadOptions, sourceName } from "./source.js";

/** Longest line read, in bytes: a row of a table has some hundreds. */
const LONGEST = 2 ** 20;
const [NEWLINE, RETURN] = [10, 13];

export interface Line {
  /** Counted from 1, as editors do. */
  readonly number: number;
  /** Without the line's end, and without the mark that some programs put before the first line. */
  readonly text: string;
}

/**
 * The lines of a source in UTF-8, ended by \n or \r\n; the last needs no end. Empty lines at the end of
 * the file are left out, others are handed on.
 *
 * @throws FormatError naming the line, if it is no UTF-8 or longer than a mebibyte.
 */
export async function* lines(source: FileSource, options?: ReadOptions): AsyncGenerator<Line> {
  const file = sourceName(source);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let rest: Uint8Array[] = [];
  let held = 0;
  let number = 0;
  let blank = 0;
  const take = function* (part: Uint8Array): Generator<Line> {
    const bytes = held === 0 ? part : joined([...rest, part], held + part.length);
    rest = [];
    held = 0;
    number++;
    if (bytes.length > LONGEST)
      throw new FormatError(file, `line ${number}`, `at most ${LONGEST} bytes`, `${bytes.length}`);
    const end =
      bytes.length > 0 && bytes[bytes.length - 1] === RETURN ? bytes.length - 1 : undefined;
    let text: string;
    try {
      text = decoder.decode(bytes.subarray(0, end));
    } catch {
      throw new FormatError(file, `line ${number}`, "text in UTF-8", "other bytes");
    }
    if (number === 1 && text.startsWith("\ufeff")) text = text.slice(1);
    if (text.trim() === "") {
      blank++;
      return;
    }
    for (; blank > 0; blank--) yield { number: number - blank, text: "" };
    yield { number, text };
  };
  for await (const piece of pieces(source, options)) {
    let from = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, from)) {
      yield* take(piece.subarray(from, end));
      from = end + 1;
    }
    if (from < piece.length) {
      rest.push(piece.slice(from));
      held += piece.length - from;
    }
    if (held > LONGEST)
      throw new FormatError(file, `line ${number + 1}`, `at most ${LONGEST} bytes`, "more");
  }
  if (held > 0) yield* take(new Uint8Array(0));
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

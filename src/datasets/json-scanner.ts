/**
 * The members of a JSON file, one at a time: a table of a million rows is never held as a whole.
 *
 * The file is an object or a list; what it holds is parsed member by member. Members of the root that
 * `enter` names are walked into in the same way. Only whole members are given to JSON.parse, so that
 * its strictness is ours; a member named twice, which it would pass over, is refused at every level.
 */
import { FormatError, shown } from "../formats/format-error.js";
import { jsonHazard } from "../formats/json-hazard.js";
import { JsonPlace } from "./json-place.js";

export interface JsonScanOptions {
  readonly root: "object" | "list";
  /** Members of the root object whose own members are items. */
  readonly enter?: readonly string[];
  /** Reads a bare NaN, which is no JSON but what Python writes, as the text "NaN". */
  readonly nan?: boolean;
}

/** A member, with its place in the file: "12" or "results/12" of objects, "[12]" of lists. */
export interface JsonItem {
  /** The member of the root that was entered, if any. */
  readonly parent: string | undefined;
  /** Name in an object, index in a list. */
  readonly key: string | number;
  readonly value: JsonPlace;
}

/** Most bytes of one member, and of a name; deepest nesting in a member. */
const [LONGEST, LONGEST_NAME, DEEPEST] = [2 ** 26, 2 ** 16, 32];

type Mode = "value" | "name" | "colon" | "comma" | "in value" | "in name" | "end";

interface Container {
  readonly kind: "object" | "list";
  readonly name: string | undefined;
  /** Members so far; names, to find one that comes twice. */
  count: number;
  readonly names: Set<string>;
}

const code = (character: string) => character.charCodeAt(0);
const [QUOTE, BACKSLASH, COLON, COMMA] = ['"', "\\", ":", ","].map(code);
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = ["{", "}", "[", "]"].map(code);
const MARK = [0xef, 0xbb, 0xbf];
const isSpace = (byte: number) => byte === 32 || byte === 10 || byte === 13 || byte === 9;

export class JsonScanner {
  private mode: Mode = "value";
  private readonly open: Container[] = [];
  private readonly decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  /** What was captured of the present name or value in earlier pieces. */
  private parts: Uint8Array[] = [];
  private held = 0;
  private name = "";
  private offset = 0;
  // Of the value in capture: open brackets, and whether we are in a string, behind a backslash.
  private depth = 0;
  private inString = false;
  private escaped = false;
  private scalar = false;

  constructor(
    private readonly file: string,
    private readonly options: JsonScanOptions,
  ) {}

  *items(piece: Uint8Array): Generator<JsonItem> {
    let from = 0;
    for (let i = 0; i < piece.length; i++, this.offset++) {
      const byte = piece[i];
      if (this.mode === "in value") {
        if (!this.isEnd(byte)) continue;
        // A number ends before the byte that ends it; anything else with it.
        const end = this.scalar ? i : i + 1;
        yield this.item(this.captured(piece.subarray(from, end)));
        this.mode = "comma";
        if (!this.scalar) continue;
      } else if (this.mode === "in name") {
        if (this.escaped) this.escaped = false;
        else if (byte === BACKSLASH) this.escaped = true;
        else if (byte === QUOTE) {
          this.named(this.captured(piece.subarray(from, i + 1)));
          this.mode = "colon";
        }
        continue;
      }
      if (isSpace(byte) || (this.offset < 3 && byte === MARK[this.offset])) continue;
      if (this.begins(byte)) from = i;
    }
    if (this.mode === "in value" || this.mode === "in name") {
      this.parts.push(piece.slice(from));
      this.held += piece.length - from;
      const most = this.mode === "in name" ? LONGEST_NAME : LONGEST;
      if (this.held > most) this.fail(`a member of at most ${most} bytes`, "more");
    }
  }

  finish(): void {
    if (this.offset === 0) this.fail("JSON", "an empty file");
    if (this.mode !== "end") this.fail("a whole file", "one that ends early");
  }

  private fail(expected: string, got: string, where = this.here()): never {
    throw new FormatError(this.file, where, expected, got);
  }

  /** Where we are: the last member that was named, or the byte. */
  private here(): string {
    const top = this.open[this.open.length - 1];
    if (!top) return "file";
    const key = top.kind === "list" ? `[${top.count}]` : this.name;
    return `${top.name === undefined ? "" : `${top.name}/`}${key}` || `byte ${this.offset}`;
  }

  /** Takes a byte between members; true if it begins a capture. */
  private begins(byte: number): boolean {
    const top = this.open[this.open.length - 1];
    const first = top?.count === 0;
    switch (this.mode) {
      case "value":
        if (top?.kind === "list" && first && byte === CLOSE_BRACKET) this.close();
        else if (!top || this.isEntered(top)) this.enter(byte);
        else {
          this.beginValue(byte);
          return true;
        }
        return false;
      case "name":
        if (byte === CLOSE_BRACE && first) this.close();
        else if (byte === QUOTE) {
          this.mode = "in name";
          return true;
        } else this.fail("a name in quotes", this.seen(byte));
        return false;
      case "colon":
        if (byte !== COLON) this.fail("a colon after the name", this.seen(byte));
        this.mode = "value";
        return false;
      case "comma":
        if (byte === COMMA) this.mode = top.kind === "list" ? "value" : "name";
        else if (byte === (top.kind === "list" ? CLOSE_BRACKET : CLOSE_BRACE)) this.close();
        else this.fail("a comma or the end after a member", this.seen(byte));
        return false;
      default:
        return this.fail("nothing after the end", this.seen(byte), "file");
    }
  }

  private seen(byte: number): string {
    return `${shown(String.fromCharCode(byte))} at byte ${this.offset}`;
  }

  private isEntered(top: Container): boolean {
    return (
      this.open.length === 1 && !!this.options.enter?.includes(this.name) && top.kind === "object"
    );
  }

  private enter(byte: number): void {
    const top = this.open[0];
    const kind = top ? "object" : this.options.root;
    if (byte !== (kind === "list" ? OPEN_BRACKET : OPEN_BRACE))
      this.fail(kind === "list" ? "a list" : "an object", this.seen(byte));
    this.open.push({ kind, name: top && this.name, count: 0, names: new Set() });
    this.mode = kind === "list" ? "value" : "name";
  }

  private close(): void {
    const closed = this.open.pop();
    const top = this.open[this.open.length - 1];
    if (top) {
      top.count++;
      this.name = closed?.name ?? "";
    }
    this.mode = top ? "comma" : "end";
  }

  private beginValue(byte: number): void {
    if (byte === COMMA || byte === COLON || byte === CLOSE_BRACE || byte === CLOSE_BRACKET)
      this.fail("a value", this.seen(byte));
    this.mode = "in value";
    this.depth = byte === OPEN_BRACE || byte === OPEN_BRACKET ? 1 : 0;
    this.inString = byte === QUOTE;
    this.escaped = false;
    this.scalar = this.depth === 0 && !this.inString;
  }

  /** Takes a byte of a value; true for the byte that ends it, or stands behind it if it is a number. */
  private isEnd(byte: number): boolean {
    if (this.scalar)
      return isSpace(byte) || byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET;
    if (this.inString) {
      if (this.escaped) this.escaped = false;
      else if (byte === BACKSLASH) this.escaped = true;
      else if (byte === QUOTE) {
        this.inString = false;
        return this.depth === 0;
      }
      return false;
    }
    if (byte === QUOTE) this.inString = true;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (++this.depth > DEEPEST) this.fail(`at most ${DEEPEST} levels`, "more");
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) return --this.depth === 0;
    return false;
  }

  /** The captured bytes as text. */
  private captured(last: Uint8Array): string {
    const length = this.held + last.length;
    if (length > LONGEST) this.fail(`a member of at most ${LONGEST} bytes`, `${length}`);
    let bytes = last;
    if (this.held > 0) {
      bytes = new Uint8Array(length);
      let at = 0;
      for (const part of [...this.parts, last]) {
        bytes.set(part, at);
        at += part.length;
      }
      this.parts = [];
      this.held = 0;
    }
    try {
      return this.decoder.decode(bytes);
    } catch {
      return this.fail("text in UTF-8", "other bytes");
    }
  }

  private named(quoted: string): void {
    const top = this.open[this.open.length - 1];
    const name = this.parsed(quoted) as string;
    if (top.names.has(name)) this.fail("members that occur once", `${shown(name)} twice`);
    top.names.add(name);
    this.name = name;
  }

  private item(text: string): JsonItem {
    const top = this.open[this.open.length - 1];
    const where = this.here();
    const hazard = jsonHazard(text, DEEPEST);
    if (hazard) this.fail(hazard.expected, hazard.got);
    const value = new JsonPlace(this.file, where, this.parsed(text));
    const key = top.kind === "list" ? top.count : this.name;
    top.count++;
    return { parent: top.name, key, value };
  }

  private parsed(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (error) {
      const bare = withoutBareNaN(text);
      if (bare === text) return this.fail("JSON", (error as Error).message);
      if (!this.options.nan) return this.fail("finite numbers", "NaN");
      try {
        return JSON.parse(bare);
      } catch (other) {
        return this.fail("JSON", (other as Error).message);
      }
    }
  }
}

/** The text with every NaN outside of strings in quotes. */
function withoutBareNaN(text: string): string {
  return text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|\bNaN\b/gs, (found) =>
    found === "NaN" ? '"NaN"' : found,
  );
}

/** A value of a JSON file together with its place, so that what is wrong with it can be said. */
import { FormatError, shown } from "../formats/format-error.js";

export class JsonPlace {
  constructor(
    readonly file: string,
    /** As in "results/12/rotation[2]". */
    readonly path: string,
    readonly value: unknown,
  ) {}

  /** @throws FormatError, always. */
  fail(expected: string, got = described(this.value)): never {
    throw new FormatError(this.file, this.path, expected, got);
  }

  /** Member of an object; it must be there. */
  member(name: string): JsonPlace {
    const value = this.optional(name);
    return value ?? this.fail(`a member ${shown(name)}`, `none among ${nameList(this.object())}`);
  }

  /** Member of an object, or undefined if it is not there. */
  optional(name: string): JsonPlace | undefined {
    const object = this.object();
    return Object.hasOwn(object, name)
      ? new JsonPlace(this.file, `${this.path}/${name}`, object[name])
      : undefined;
  }

  object(): Readonly<Record<string, unknown>> {
    const { value } = this;
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : this.fail("an object");
  }

  /** The members of an object that are not among `known`; undefined if there is none. */
  others(known: readonly string[]): Readonly<Record<string, unknown>> | undefined {
    const found = Object.entries(this.object()).filter(([name]) => !known.includes(name));
    return found.length > 0 ? Object.fromEntries(found) : undefined;
  }

  list(): JsonPlace[] {
    const { value } = this;
    if (!Array.isArray(value)) return this.fail("a list");
    return value.map((item, i) => new JsonPlace(this.file, `${this.path}[${i}]`, item));
  }

  number(): number {
    const { value } = this;
    return typeof value === "number" && Number.isFinite(value)
      ? value
      : this.fail("a finite number", value === Infinity ? "one beyond 1.8e308" : undefined);
  }

  positive(): number {
    const value = this.number();
    return value > 0 ? value : this.fail("a positive number");
  }

  /** A whole number from 0 on. */
  natural(): number {
    const { value } = this;
    return Number.isSafeInteger(value) && (value as number) >= 0
      ? (value as number)
      : this.fail("a whole number from 0 on");
  }

  text(): string {
    const { value } = this;
    return typeof value === "string" ? value : this.fail("text");
  }

  /** A list of so many finite numbers. */
  numbers(length: number): Float64Array {
    const { value } = this;
    if (!Array.isArray(value) || value.length !== length)
      return this.fail(`a list of ${length} numbers`);
    value.forEach((item, i) => {
      if (typeof item !== "number" || !Number.isFinite(item))
        new JsonPlace(this.file, `${this.path}[${i}]`, item).number();
    });
    return Float64Array.from(value);
  }
}

function described(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object" && value !== null ? "an object" : shown(value);
}

function nameList(object: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(object);
  return names.length === 0 ? "no members" : shown(names.join(", "));
}

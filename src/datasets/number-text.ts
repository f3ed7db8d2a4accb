/** Numbers as files of data sets print them: the shortest decimals that read back to the same bits. */

const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The finite double a decimal stands for; undefined if the text is none. */
export function decimalValue(text: string): number | undefined {
  if (!decimal.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** The whole number from 0 on that a text stands for; undefined if it stands for none. */
export function naturalValue(text: string): number | undefined {
  if (!/^\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/**
 * The shortest decimal that reads back as n, "-0.0" for −0: "-0" is a whole number to some readers.
 *
 * @throws RangeError if n is NaN or infinite.
 */
export function decimalText(n: number): string {
  if (!Number.isFinite(n)) throw new RangeError(`decimalText: expected a finite number, got ${n}`);
  return Object.is(n, -0) ? "-0.0" : String(n);
}

/** A value as JSON on one line, typed arrays as lists, numbers by decimalText. */
export function jsonText(value: unknown): string {
  if (typeof value === "number") return decimalText(value);
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return `[${Array.from(value as ArrayLike<unknown>, jsonText).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}: ${jsonText(member)}`).join(", ")}}`;
}

/** An object as JSON with a member a line, in the order given. */
export function jsonLines(
  members: Iterable<readonly [name: string | number, value: unknown]>,
): string {
  const lines = Array.from(
    members,
    ([name, value]) => `  ${JSON.stringify(String(name))}: ${jsonText(value)}`,
  );
  return lines.length === 0 ? "{}\n" : `{\n${lines.join(",\n")}\n}\n`;
}

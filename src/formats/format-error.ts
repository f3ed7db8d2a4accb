/** What is wrong with a file, and where. Every reader of this folder throws it and nothing else. */
export class FormatError extends Error {
  override readonly name = "FormatError";

  /**
   * @param file name of the file, as the caller gave it
   * @param where the place inside the file: an entry of an archive, a path in JSON, a line
   */
  constructor(
    readonly file: string,
    readonly where: string,
    readonly expected: string,
    readonly got: string,
  ) {
    super(`${file}: ${where}: expected ${expected}, got ${got}`);
  }
}

/** A value from a file as an error shows it: on one line, with a length that a terminal can hold. */
export function shown(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    text = undefined;
  }
  text ??= String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Shape as Python prints it: (), (3,), (2, 3). */
export function shapeText(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}

/** A list of known names for an error: "a, b or c". */
export function oneOf(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} or ${names[names.length - 1]}`;
}

/** Checks on arrays from files, for whoever knows what shape and range they should have. */
import type { ClaimArray } from "./claims.js";
import { FormatError, shapeText } from "./format-error.js";

/**
 * Asserts a shape.
 *
 * @param where the array's name in the file, such as "input/x2d"
 * @throws FormatError naming expected and got.
 */
export function expectShape(
  array: ClaimArray,
  shape: readonly number[],
  file: string,
  where: string,
): void {
  if (array.shape.length !== shape.length || array.shape.some((n, axis) => n !== shape[axis]))
    throw new FormatError(file, where, `shape ${shapeText(shape)}`, shapeText(array.shape));
}

/**
 * Asserts that every number is finite.
 *
 * @throws FormatError naming the first that is not, and its index.
 */
export function expectFinite(array: ClaimArray, file: string, where: string): void {
  const at = array.data.findIndex((number) => !Number.isFinite(number));
  if (at < 0) return;
  let rest = at;
  const index = array.shape.map((_, axis) => {
    const stride = array.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
    const i = Math.floor(rest / stride);
    rest -= i * stride;
    return `[${i}]`;
  });
  throw new FormatError(file, where + index.join(""), "a finite number", `${array.data[at]}`);
}

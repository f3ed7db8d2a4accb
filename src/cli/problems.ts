/** Problems of a file as the commands take them: checked, one by one. */
import { writeFile } from "node:fs/promises";
import ndarray from "ndarray";
import type { ClaimArray, Claims } from "../formats/index.js";
import { type Correspondences, correspondencesBatch } from "../problem/correspondences.js";
import { CommandError } from "./failure.js";

/** Writes a file. @throws CommandError if it cannot be written. */
export async function written(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (error) {
    throw new CommandError(
      `${path}: could not be written (${(error as NodeJS.ErrnoException).code})`,
    );
  }
}

/** Checked problems of a file, its shared arrays given to each. */
export function problemsOf(claims: Claims, file: string): Correspondences[] {
  const { input, convention } = claims;
  const array = ({ shape, data }: ClaimArray) => ndarray(data, [...shape]);
  const weights = input.w2d && array(shared(input.w2d, input.x2d));
  try {
    return correspondencesBatch({
      x2d: array(input.x2d),
      x3d: array(input.x3d),
      K: array(input.K),
      ...(weights && (convention.weights === "w2" ? { omega2d: weights } : { w2d: weights })),
    });
  } catch (error) {
    throw new CommandError(`${file}: input: ${(error as Error).message.replace(/^\w+: /, "")}`);
  }
}

/** An array without a batch axis, repeated along that of another. */
function shared(array: ClaimArray, like: ClaimArray): ClaimArray {
  if (array.shape.length !== like.shape.length - 1) return array;
  const [size] = like.shape;
  const data = new Float64Array(size * array.data.length);
  for (let b = 0; b < size; b++) data.set(array.data, b * array.data.length);
  return { shape: [size, ...array.shape], data };
}

/** One number of [B] or of a shared scalar. */
export function entry(array: ClaimArray | undefined, b: number): number | undefined {
  return array?.data[array.data.length === 1 ? 0 : b];
}

/** Arrays with axes exchanged that have the shape they should: nothing but their numbers can tell. */
import { arrangements, rearranged } from "../audit/axes.js";
import type { Mistake } from "./case-truth.js";

/** Every rearrangement of a quantity that keeps its shape. */
export function* transposedArrays(
  quantity: string,
  truth: Float64Array,
  shape: readonly number[],
): Generator<Mistake> {
  for (const axes of arrangements(shape, shape))
    yield { slug: "transposed", quantity, array: rearranged(truth, shape, axes) };
}

/** One problem of a claims file as a file of its own, which the same audit can be run on. */
import type { ClaimArray, Claims } from "../formats/claims.js";
import { methods } from "../formats/methods.js";
import { arrangements } from "./axes.js";
import { batchAxis } from "./methods.js";

/**
 * Problem b with the claim of one quantity; null where the claim is not about single problems: a sum over the
 * batch, or a gradient of its mean.
 */
export function singleProblem(
  claims: Claims,
  quantity: string,
  expected: readonly number[],
  b: number,
): Claims | null {
  const axis = batchAxis(claims, quantity);
  const mean = claims.convention.reduction === "mean" && quantity.startsWith("grad_");
  if (axis < 0 || (mean && expected[axis] > 1)) return null;
  const { shape } = claims.claim[quantity];
  const plain = expected.every((n, k) => n === shape[k]);
  const claimed = plain ? axis : arrangements(expected, shape)[0]?.[axis];
  if (claimed === undefined) return null;
  const { inputs } = methods[claims.method];
  const input = Object.entries(claims.input).map(([name, array]) => {
    const at = inputs[name].findIndex((letter) => letter === "B" || letter === "B?");
    const batched = at >= 0 && array.shape.length === inputs[name].length;
    return [name, batched ? slice(array, at, b) : array] as const;
  });
  const { [quantity]: declared } = claims.expect;
  return {
    ...claims,
    expect: declared === undefined ? {} : { [quantity]: declared },
    input: Object.fromEntries(input),
    claim: { [quantity]: slice(claims.claim[quantity], claimed, b) },
  };
}

/** The b-th place of an axis, which is left with length one. */
function slice({ shape, data }: ClaimArray, axis: number, b: number): ClaimArray {
  const inner = shape.slice(axis + 1).reduce((a, n) => a * n, 1);
  const outer = shape.slice(0, axis).reduce((a, n) => a * n, 1);
  const out = new Float64Array(outer * inner);
  for (let k = 0; k < outer; k++) {
    const from = (k * shape[axis] + b) * inner;
    out.set(data.subarray(from, from + inner), k * inner);
  }
  return { shape: shape.map((n, k) => (k === axis ? 1 : n)), data: out };
}

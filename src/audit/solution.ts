import type { Claims } from "../formats/claims.js";
import type { Located } from "./forward.js";
import type { Sizes } from "./methods.js";
import type { ClaimReport } from "./report.js";
export function solutionReports(
  _claims: Claims,
  _sizes: Sizes,
  _shapes: ReadonlyMap<string, readonly number[]>,
  _located: readonly Located[],
): ClaimReport[] {
  return [];
}

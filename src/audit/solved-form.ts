/** One evaluation of a derivative formula, solved: the common step of truth, candidates and noise. */
import { constraintDerivative, type PoseBlocks } from "../definitions/bpnp.js";
import { type BpnpForm, exactForm } from "../definitions/bpnp-force.js";
import type { Reprojection } from "../definitions/reprojection-cost.js";
import { multiply, solve, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { axisAngleMap, mappedConstraint } from "./rotation-map.js";

/** A formula of bpnp.ts, on true rotations or on those of code that guards its axis with an ε. */
export interface Formula extends BpnpForm {
  /** ε of the axis ω / (θ + ε); 0 for the exponential map. */
  readonly axisEpsilon: number;
}

/** The exact derivative of the argmin. */
export const exactFormula: Formula = { ...exactForm, axisEpsilon: 0 };

/** −H⁻¹ times everything: derivatives of the pose, the Newton step, and H⁻¹ itself. Chart AA. */
export interface SolvedForm<S> extends PoseBlocks<S> {
  /** −H⁻¹ g [6]: nothing but noise at a stationary point. */
  readonly step: S[];
  /** H⁻¹ [6][6]: the covariance of the pose (PNP-12). */
  readonly covariance: S[][];
}

/**
 * A formula evaluated at y = (ω, t) [6] and solved for the pose: by elimination or, as most published
 * code does, by inverting H and multiplying, which is the same mathematics but loses more digits.
 *
 * @throws RangeError if H is exactly singular.
 */
export function solvedForm<S extends Real<S>>(
  y: Vector<S>,
  problem: Reprojection<S>,
  form: Formula,
  route: "eliminate" | "invert" = "eliminate",
): SolvedForm<S> {
  const at = form.axisEpsilon
    ? mappedConstraint(y, problem, form, axisAngleMap(form.axisEpsilon))
    : constraintDerivative(y, problem, form);
  const n = problem.x2d.length;
  const unit = at.y.map((row, j) => row.map((v, k) => v.of(j === k ? -1 : 0)));
  const right = at.g.map((g, j) => [
    ...unit[j],
    g,
    ...at.x2d[j].flat(),
    ...at.x3d[j].flat(),
    ...at.K[j],
    ...at.w2d[j].flat(),
    at.delta[j],
  ]);
  const solved =
    route === "eliminate"
      ? solve(at.y, right)
      : multiply(solve(at.y, unit), right).map((row) => row.map((v) => v.negated()));
  const rows = solved.map((row) => row.map((v) => v.negated()));
  const points = (row: readonly S[], from: number, width: number): S[][] =>
    Array.from({ length: n }, (_, i) => row.slice(from + width * i, from + width * (i + 1)));
  return {
    covariance: rows.map((row) => row.slice(0, 6)),
    step: rows.map((row) => row[6]),
    x2d: rows.map((row) => points(row, 7, 2)),
    x3d: rows.map((row) => points(row, 7 + 2 * n, 3)),
    K: rows.map((row) => row.slice(7 + 5 * n, 16 + 5 * n)),
    w2d: rows.map((row) => points(row, 16 + 5 * n, 2)),
    delta: rows.map((row) => row[16 + 7 * n]),
  };
}

/** Why a problem has no answer, in a word each: what an implementation should refuse. */
import type { ExplicitMethod } from "../audit/explicit-method.js";
import { isSmooth, isSound, type Located } from "../audit/forward.js";
import { lifted } from "../audit/problem.js";
import { poseDerivatives, poseJacobian } from "../definitions/pose-jacobian.js";
import type { Claims } from "../formats/claims.js";
import { big } from "../scalar/big.js";
import { multiply, transpose } from "../scalar/matrix.js";
import { unitRoundoff } from "../scalar/rounding.js";

/** Every reason, with its meaning. */
export const reasons = {
  contract: "an input is outside the domain of the method: expect an error that names it",
  "rank-deficient":
    "the data leave a motion of the pose free: there is no pose, or no derivative of it",
  indefinite: "the stationary pose is a saddle of the cost, not a minimum",
  kink: "a residual lies on the Huber threshold, where second derivatives jump",
  "ill-posed": "the quantity is not defined here, or jumps: it has no value that could be compared",
} as const;
export type Reason = keyof typeof reasons;

export const isReason = (text: string): text is Reason => Object.hasOwn(reasons, text);

/** Why a quantity of an explicit method is not there; null if it is. */
export function explicitRefusal<Recipe, Problem>(
  method: ExplicitMethod<Recipe, Problem>,
  { dtype }: Claims,
  problems: readonly Problem[],
  quantity: string,
  recipe: Recipe,
): Reason | null {
  const u = unitRoundoff[dtype];
  return problems.some((problem) => method.seam?.(problem, quantity, recipe, u))
    ? "ill-posed"
    : null;
}

/** Why a quantity of a pose that was solved for is not there; null if it is. */
export function solvedRefusal(located: readonly Located[], quantity: string): Reason | null {
  // A pose and its cost are the same on either side of a kink.
  const fine = quantity === "pose" || quantity === "cost" ? isSound : isSmooth;
  const bad = located.find((at) => !fine(at));
  if (!bad) return null;
  if (rankLost(bad)) return "rank-deficient";
  return bad.status === "kink" ? "kink" : "indefinite";
}

/** A pose like any other, for problems that have none. */
const anyPose = [0.3, -0.2, 0.5, 0.1, 0.2, 7];
/** Shares of a diagonal entry below which a pivot at 64 digits is zero. */
const zeroPivot = 1e-40;

/**
 * Whether a motion of the pose moves no weighted pixel: a pivot of JᵀW²J vanishes at 64 digits. Doubles see no
 * more of it than noise, of either sign.
 */
function rankLost({ problem, y }: Located): boolean {
  const { x3d, w2d, K } = lifted(problem, (v) => big(v));
  const pose = poseDerivatives(Array.from(y.every(Number.isFinite) ? y : anyPose, (v) => big(v)));
  const J = x3d.flatMap((z, i) =>
    poseJacobian(pose, z, K).map((row, k) => row.map((v) => v.times(w2d[i][k]))),
  );
  const rest = multiply(transpose(J), J);
  const diagonal = rest.map((row, j) => row[j]);
  for (let j = 0; j < rest.length; j++) {
    if (!diagonal[j].times(zeroPivot).lessThan(rest[j][j])) return true;
    for (let i = j + 1; i < rest.length; i++) {
      const factor = rest[i][j].over(rest[j][j]);
      rest[i] = rest[i].map((v, k) => v.minus(factor.times(rest[j][k])));
    }
  }
  return false;
}

/** The differences between a model's points in two poses, under a recipe: add, adds, proj, mssd, mspd. */
import { projection } from "../definitions/projection.js";
import { composedMotion, type RigidMotion } from "../definitions/symmetry.js";
import { moved } from "../definitions/vertex-distance.js";
import {
  apply,
  dot,
  type Matrix,
  multiply,
  scale,
  subtract,
  transpose,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { nearestCandidates } from "./metrics-neighbours.js";
import {
  type MetricName,
  type MetricRecipe,
  type PoseReading,
  seesPixels,
  seesSymmetries,
} from "./metrics-recipe.js";

/** Two poses [R | t] [3][4], and what they are compared on. */
export interface PoseComparison<S> {
  readonly estimate: RigidMotion<S>;
  readonly truth: RigidMotion<S>;
  /** Model points [M][3]; none where nothing is claimed of them. */
  readonly points: Matrix<S>;
  readonly K: Matrix<S> | null;
  /** The symmetries of the model, the identity alone where none were given. */
  readonly symmetries: readonly RigidMotion<S>[];
  readonly diameter: S | null;
  readonly imageWidth: S | null;
}

/** A pose as it is, with its rotation transposed, or the motion back. */
export function readPose<S extends Real<S>>(P: RigidMotion<S>, as: PoseReading): RigidMotion<S> {
  if (as === "given") return P;
  const R = transpose(P.map((row) => row.slice(0, 3)));
  const t = P.map((row) => row[3]);
  const shift = as === "transposed" ? t : apply(R, t).map((v) => v.negated());
  return R.map((row, i) => [...row, shift[i]]);
}

/** The poses that the estimate is compared with: the true one, or it under every symmetry, or those chosen. */
export function posesToMeet<S extends Real<S>>(
  { truth, symmetries }: PoseComparison<S>,
  name: MetricName,
  recipe: MetricRecipe,
  chosen: readonly number[] = symmetries.map((_, s) => s),
): readonly RigidMotion<S>[] {
  const T = readPose(truth, recipe.truth);
  if (!seesSymmetries(name) || recipe.symmetries === "none") return [T];
  const still = (A: RigidMotion<S>) => A.map((row) => [...row.slice(0, 3), row[3].of(0)]);
  return chosen.map((s) => {
    const A = recipe.symmetries === "without-offsets" ? still(symmetries[s]) : symmetries[s];
    return recipe.symmetries === "of-camera" ? composedMotion(A, T) : composedMotion(T, A);
  });
}

/** P̂v less what it is compared with, point by point [poses][M][3], or pixels [poses][M][2]. */
export function pointGaps<S extends Real<S>>(
  { estimate, points, K }: PoseComparison<S>,
  poses: readonly RigidMotion<S>[],
  name: MetricName,
  recipe: MetricRecipe,
): S[][][] {
  const model = recipe.points === 1 ? points : points.map((v) => scale(v, recipe.points));
  const seen = (P: RigidMotion<S>) => {
    if (!seesPixels(name)) return model.map((v) => moved(P, v));
    const M = recipe.camera === "composed" && K ? multiply(K, P) : P;
    return model.map((v) => pixel(moved(M, v), K, recipe));
  };
  const estimated = seen(readPose(estimate, recipe.estimate));
  return poses.map((P) =>
    name === "adds"
      ? nearestGaps(estimated, seen(P), recipe.direction)
      : seen(P).map((x, i) => subtract(estimated[i], x)),
  );
}

/** From every point that looks to the nearest of those it looks among. */
function nearestGaps<S extends Real<S>>(
  estimated: Matrix<S>,
  true_: Matrix<S>,
  direction: MetricRecipe["direction"],
): S[][] {
  const forth = direction === "truth to estimate";
  const [lookers, targets] = forth ? [true_, estimated] : [estimated, true_];
  return nearestCandidates(lookers, targets).map((near, i) => {
    const gaps = near.map((j) => subtract(targets[j], lookers[i]));
    return gaps.reduce((a, b) => (dot(b, b).lessThan(dot(a, a)) ? b : a));
  });
}

/** A pixel [2] of a camera point. */
function pixel<S extends Real<S>>(
  X: Vector<S>,
  K: Matrix<S> | null,
  { camera }: MetricRecipe,
): S[] {
  if (camera === "none" || camera === "composed" || K === null)
    return [X[0].over(X[2]), X[1].over(X[2])];
  if (camera === "undivided") return apply(K, X).slice(0, 2);
  if (camera === "transposed") return projection(X, transpose(K));
  const [[fx, s, cx], [r, fy, cy], last] = K;
  return projection(X, camera === "K" ? K : [[fy, s, cx], [r, fx, cy], last]); // biome-ignore format: one line
}

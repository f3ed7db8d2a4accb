/**
 * What is claimed of an estimated pose P̂ beside the true one P (method metrics):
 *
 *     add   (1/M) Σ_v ‖P̂v − Pv‖               adds  (1/M) Σ_v min_u ‖P̂u − Pv‖
 *     proj  (1/M) Σ_v ‖π(P̂v) − π(Pv)‖ [px]
 *     mssd  min_S max_v ‖P̂v − PSv‖            mspd  min_S max_v ‖π(P̂v) − π(PSv)‖ [px]
 *     te    ‖t̂ − t‖                           npe   ‖t̂ − t‖ / ‖t‖
 *     ad    the angle of R̂Rᵀ [rad]            re_deg  the same in degrees
 *
 * and what else goes by these names (metrics-recipe.ts). Source: EQUATIONS REPRO-M1, M2, M4, M5, LM-M1,
 * BOP-M1, M3, M4.
 */
import { rotationError, traceRotationError } from "../definitions/pose-error.js";
import type { RigidMotion } from "../definitions/symmetry.js";
import type { Double } from "../scalar/double.js";
import { type Matrix, norm, subtract } from "../scalar/matrix.js";
import { abs, min, type Real } from "../scalar/real.js";
import { latest } from "./latest.js";
import { distanceUnder, gathered, gatheredDoubles } from "./metrics-gathering.js";
import { type PoseComparison, pointGaps, posesToMeet, readPose } from "./metrics-points.js";
import {
  type MetricName,
  type MetricRecipe,
  seesPoints,
  seesSymmetries,
} from "./metrics-recipe.js";

/** An error under a recipe; NaN where an input that the recipe needs was not given. */
export type Measure<S> = (quantity: MetricName, recipe: MetricRecipe) => S;

/** ε of the published npe, in the unit of t. */
const publishedGuard = 1e-7;

/**
 * Of the poses that symmetries make of the truth, which are the nearest under a recipe; null where there is
 * but one. The others need no more digits than it takes to leave them out.
 */
export type NearestPoses = (name: MetricName, recipe: MetricRecipe) => readonly number[] | null;

/** The errors of one comparison. */
export function metrics<S extends Real<S>>(
  given: PoseComparison<S>,
  nearest: NearestPoses,
): Measure<S> {
  const ofOne = remembered((name, recipe) =>
    pointGaps(given, posesToMeet(given, name, recipe), name, recipe),
  );
  return (quantity, recipe) => {
    const name = recipe.instead ?? quantity;
    if (!seesPoints(name)) return shared(poseError(given, name, recipe), given, recipe);
    const chosen = nearest(name, recipe);
    const gaps = chosen
      ? pointGaps(given, posesToMeet(given, name, recipe, chosen), name, recipe)
      : ofOne(name, recipe);
    const errors = gaps.map((one) => error(one, name, recipe));
    const least = errors.reduce((a, b) => min(a, b));
    return shared(least, given, recipe);
  };
}

/** The nearest poses of a comparison in doubles: those that doubles cannot tell from the nearest one. */
export function nearestPoses(given: PoseComparison<Double>): NearestPoses {
  const width = (name: MetricName) => (name === "mspd" ? 2 : 3);
  const flatGaps = remembered((name, recipe) =>
    pointGaps(given, posesToMeet(given, name, recipe), name, recipe).map((gaps) =>
      Float64Array.from(gaps.flat(), (v) => v.value),
    ),
  );
  const nearest = latest(({ name, recipe }: { name: MetricName; recipe: MetricRecipe }) => {
    const errors = flatGaps(name, recipe).map((flat) =>
      gatheredDoubles(flat, width(name), name, recipe),
    );
    const [least, most] = [Math.min(...errors), Math.max(...errors)];
    // What is subtracted is larger than what is left of it, by no more than a part in 10¹⁰ can hide.
    return errors.flatMap((e, s) => (e > least + 1e-10 * most ? [] : [s]));
  });
  return (name, recipe) => {
    if (!seesSymmetries(name) || given.symmetries.length === 1 || recipe.symmetries === "none")
      return null;
    const camera = recipe.camera === "composed" ? "K" : recipe.camera;
    return nearest({ name, recipe: { ...recipe, camera } });
  };
}

/** The error that differences point by point make. */
function error<S extends Real<S>>(gaps: Matrix<S>, name: MetricName, recipe: MetricRecipe): S {
  const distances = gaps.map((gap) => distanceUnder(gap, recipe));
  return gathered(distances, name, recipe);
}

/** 180/π. */
export const degrees = <S extends Real<S>>(like: S): S => like.of(45).over(like.of(1).atan2(1));

/** te, npe, ad or re_deg. */
function poseError<S extends Real<S>>(
  given: PoseComparison<S>,
  name: MetricName,
  recipe: MetricRecipe,
): S {
  const [estimate, truth] = [
    readPose(given.estimate, recipe.estimate),
    readPose(given.truth, recipe.truth),
  ];
  if (name === "ad") return angle(estimate, truth, recipe);
  if (name === "re_deg") return angle(estimate, truth, recipe).times(degrees(truth[0][3]));
  const [to, from] = [estimate, truth].map((P) => P.map((row) => row[3]));
  const distance = distanceUnder(subtract(to, from), recipe);
  if (name === "te") return distance;
  switch (recipe.divisor) {
    case "truth":
      return distance.over(norm(from));
    case "guarded":
      return distance.over(norm(from).plus(publishedGuard));
    case "estimate":
      return distance.over(norm(to));
    case "depth":
      return distance.over(abs(from[2]));
    case "one":
      return distance;
  }
}

/** The angle of R̂Rᵀ [rad], or what is taken for it. */
function angle<S extends Real<S>>(
  estimate: RigidMotion<S>,
  truth: RigidMotion<S>,
  recipe: MetricRecipe,
): S {
  if (recipe.angle === "arccosine") return traceRotationError(estimate, truth);
  if (recipe.angle === "chord")
    return norm(estimate.flatMap((row, i) => subtract(row.slice(0, 3), truth[i].slice(0, 3))));
  const θ = rotationError(estimate, truth);
  return recipe.angle === "logarithm-norm" ? θ.times(θ.of(2).sqrt()) : θ;
}

/** A number as a share of what the recipe says. */
function shared<S extends Real<S>>(
  value: S,
  { diameter, imageWidth }: PoseComparison<S>,
  { share }: MetricRecipe,
): S {
  const unknown = value.of(Number.NaN);
  if (share === "none") return value;
  if (share === "diameter") return value.over(diameter ?? unknown);
  return value.times(share === "640-pixels" ? 640 : 1).over(imageWidth ?? unknown);
}

/** Differences that are kept: of many points under many symmetries, each may be some megabytes. */
const mostKept = 8;

/** Differences by what they depend on: how they are measured and gathered does not change them. */
function remembered<T>(make: (name: MetricName, recipe: MetricRecipe) => T) {
  const made = new Map<string, T>();
  return (name: MetricName, recipe: MetricRecipe): T => {
    const { estimate, truth, direction, points, camera, symmetries } = recipe;
    const key = [name, estimate, truth, direction, points, camera, symmetries].join();
    const found = made.get(key) ?? make(name, recipe);
    // The last used come last, and the first goes.
    made.delete(key);
    made.set(key, found);
    if (made.size > mostKept) made.delete(made.keys().next().value ?? "");
    return found;
  };
}

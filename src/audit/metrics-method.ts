/** Method metrics: errors of estimated poses beside the true ones. */
import type { Claims } from "../formats/claims.js";
import { double } from "../scalar/double.js";
import type { Real } from "../scalar/real.js";
import type { ExplicitMethod, Lift } from "./explicit-method.js";
import { ContractError, type Sizes } from "./methods.js";
import { metrics, type NearestPoses, nearestPoses } from "./metrics.js";
import { metricDifferences } from "./metrics-again.js";
import { metricBank } from "./metrics-bank.js";
import { areStored, cosine, leastDepth, type MetricProblem, unusual } from "./metrics-facts.js";
import type { PoseComparison } from "./metrics-points.js";
import {
  type MetricName,
  type MetricRecipe,
  metricContract,
  seesPixels,
  seesPoints,
  seesRotations,
} from "./metrics-recipe.js";

export const metricsMethod: ExplicitMethod<MetricRecipe, MetricProblem> = {
  forward: "Poses and points are taken as given.",
  unusual,
  recipe: () => metricContract,
  problems,
  inputs: ({ poses, points, K, symmetries }) => [
    ...Object.values(poses),
    ...[points, K, symmetries].flatMap((array) => array ?? []),
  ],
  truthScalar: () => "double-double",
  values(problem, lift) {
    const measure = metrics(lifted(problem, lift), nearestOf(problem));
    return (quantity, recipe) => [measure(quantity as MetricName, recipe)];
  },
  differences: (problem, lift) => metricDifferences(lifted(problem, lift)),
  seam: (problem, quantity, _, u) => {
    if (quantity === "npe" && problem.poses.t_gt.every((v) => v === 0))
      return "t_gt is 0, and npe is divided by its length.";
    return seesPixels(quantity) && leastDepth(problem) <= 16 * u
      ? "A point lies in the camera's plane, where its pixel is infinitely far."
      : null;
  },
  alsoHonest(quantity, recipe) {
    // The arc cosine of a trace loses half of all digits beside 0 and π, and is what evaluators print.
    if (seesRotations(quantity) && recipe.angle === "arctangent")
      return [{ ...recipe, angle: "arccosine" }];
    // What K[R | t] rounds is the same for all points, and no mean takes it away.
    return seesPixels(quantity) && recipe.camera === "K" ? [{ ...recipe, camera: "composed" }] : [];
  },
  asStored: areStored,
  undefinedBy(problem, quantity, u) {
    if (!seesRotations(quantity)) return null;
    return 1 - Math.abs(cosine(problem)) <= 16 * u ? unclamped : null;
  },
  bank: metricBank,
};

/** What an arc cosine without clamps gives where rounding carries its argument past one. */
export const unclamped = {
  slug: "unclamped-arccosine",
  kind: "wrong",
  sentence:
    "the rotations differ by 0 or π up to rounding, and the arc cosine of a trace rounded past its range is no number",
  remedy: "clamp its argument to −1 … 1, or take the arc tangent of sine and cosine (REPRO-M2)",
} as const;

function problems({ input, claim }: Claims, { B, M, S }: Sizes): MetricProblem[] {
  for (const quantity of Object.keys(claim)) {
    const needed = [
      ...(seesPoints(quantity) ? ["points"] : []),
      ...(seesPixels(quantity) ? ["K"] : []),
    ];
    for (const name of needed)
      if (!input[name])
        throw new ContractError(`claim/${quantity}: expected input/${name} beside it, got none`);
  }
  if (input.points && M === 0)
    throw new ContractError("input/points: expected at least one point, got none");
  if (input.symmetries && S === 0)
    throw new ContractError("input/symmetries: expected at least one, the identity, got none");
  const slice = (name: string, b: number, length: number): Float64Array | null => {
    const array = input[name];
    if (!array) return null;
    // A shared input holds one problem's worth, whatever B is.
    const start = array.data.length === length ? 0 : b * length;
    return array.data.subarray(start, start + length);
  };
  const positive = (name: string, b: number): Float64Array | null => {
    const value = slice(name, b, 1);
    if (value && !(value[0] > 0))
      throw new ContractError(`input/${name}[${b}]: expected a length > 0, got ${value[0]}`);
    return value;
  };
  return Array.from({ length: B }, (_, b) => ({
    index: b,
    poses: {
      R_est: slice("R_est", b, 9)!,
      t_est: slice("t_est", b, 3)!,
      R_gt: slice("R_gt", b, 9)!,
      t_gt: slice("t_gt", b, 3)!,
    },
    points: slice("points", b, 3 * M),
    K: slice("K", b, 9),
    symmetries: slice("symmetries", b, 12 * S),
    diameter: positive("diameter", b),
    imageWidth: positive("image_width", b),
  }));
}

/** The nearest symmetric poses of a problem, found once for all number systems and runs. */
function nearestOf(problem: MetricProblem): NearestPoses {
  const found = remembered.get(problem) ?? nearestPoses(lifted(problem, double));
  remembered.set(problem, found);
  return found;
}
const remembered = new WeakMap<MetricProblem, NearestPoses>();

/** A problem in the scalars that `lift` makes of doubles. */
function lifted<S extends Real<S>>(
  { poses, points, K, symmetries, diameter, imageWidth }: MetricProblem,
  lift: Lift<S>,
): PoseComparison<S> {
  const rows = (values: ArrayLike<number>, width: number): S[][] =>
    Array.from({ length: values.length / width }, (_, i) =>
      Array.from({ length: width }, (_, k) => lift(values[width * i + k])),
    );
  const motion = (R: Float64Array, t: Float64Array) =>
    rows(R, 3).map((row, i) => [...row, lift(t[i])]);
  const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];
  const motions = rows(symmetries ?? identity, 4);
  return {
    estimate: motion(poses.R_est, poses.t_est),
    truth: motion(poses.R_gt, poses.t_gt),
    points: points ? rows(points, 3) : [],
    K: K && rows(K, 3),
    symmetries: motions.flatMap((_, i) => (i % 3 ? [] : [motions.slice(i, i + 3)])),
    diameter: diameter && lift(diameter[0]),
    imageWidth: imageWidth && lift(imageWidth[0]),
  };
}

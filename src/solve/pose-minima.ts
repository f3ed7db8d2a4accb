/**
 * Distinct minima of the reprojection cost reached from a list of starts, the best first.
 *
 * A minimum counts before another if fewer of its points lie behind the camera, then if its
 * Hessian is positive definite, then if its cost is lower: a pose no camera could have taken
 * cannot win by its residuals.
 */
import { type PointSet, type Polished, polish, polished } from "./polish.js";

/** A pose R [3, 3], t [3] with what `polish` said of it. */
export interface PoseMinimum {
  readonly R: Float64Array;
  readonly t: Float64Array;
  readonly at: Polished;
}

/** The minimum that Newton reaches from (R, t), which are copied. */
export function poseMinimum(
  points: PointSet,
  R: Float64Array,
  t: Float64Array,
  delta: number,
  maxIterations: number,
): PoseMinimum {
  const found = { R: R.slice(), t: t.slice(), at: polished() };
  polish(points, found.R, found.t, delta, maxIterations, found.at);
  return found;
}

/** Order of preference: negative when a comes before b. */
export function preference(a: PoseMinimum, b: PoseMinimum): number {
  if (a.at.behind !== b.at.behind) return a.at.behind - b.at.behind;
  if (a.at.minimum !== b.at.minimum) return a.at.minimum ? -1 : 1;
  return a.at.cost - b.at.cost;
}

/**
 * Whether two minima are the same point: rotations closer than 1e-6 rad, where the slope of a flat
 * valley still leaves Newton's last digits apart, and costs that agree as far.
 */
export function coincide(a: PoseMinimum, b: PoseMinimum): boolean {
  let distance = 0;
  for (let i = 0; i < 9; i++) distance += (a.R[i] - b.R[i]) ** 2;
  return (
    distance < 2e-12 || (distance < 2e-6 && Math.abs(a.at.cost - b.at.cost) <= 1e-9 * a.at.cost)
  );
}

/** Adds `found` to `minima`, kept in order of preference, unless it is there already. */
export function insertMinimum(minima: PoseMinimum[], found: PoseMinimum): void {
  if (!Number.isFinite(found.at.cost)) return;
  const known = minima.findIndex((other) => coincide(other, found));
  if (known >= 0) {
    if (
      preference(found, minima[known]) < 0 &&
      found.at.stationarity < minima[known].at.stationarity
    )
      minima[known] = found;
    return;
  }
  minima.push(found);
  minima.sort(preference);
}

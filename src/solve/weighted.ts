/**
 * Weighted PnP (PNP-11): choose the points, find the pose most of them agree on, then minimise PNP-1.
 *
 * With w = 1/σ this is the maximum-likelihood pose under Gaussian noise. RANSAC, whose pose it starts
 * at, ignores the weights. Without consensus, the start is `solvePnP`'s own.
 * Source: [LC2023] section 4.5, selection rules from its public implementation.
 */
import type { Correspondences } from "../problem/correspondences.js";
import { type CorrespondencesInput, correspondences } from "../problem/correspondences.js";
import { ransac } from "./ransac.js";
import type { PnPSolution, SolveOptions } from "./solution.js";
import { solveCorrespondences } from "./solve-pnp.js";

export interface WeightedOptions extends Omit<SolveOptions, "poseInit"> {
  /** Share of points dropped, those of least wₓ + w_y, in [0, 1). Default: 0; published 0.3 for dense maps. */
  readonly quantile?: number;
  /** RANSAC's inlier threshold [px]. Default: 3; Infinity leaves RANSAC out. */
  readonly threshold?: number;
  /** Whether only RANSAC's inliers are kept. Default: false. */
  readonly inliersOnly?: boolean;
}

export interface WeightedSolution extends PnPSolution {
  /** 1 where a correspondence took part [N]. */
  readonly selected: Uint8Array;
}

/**
 * The weighted pose and the points it rests on. At least four points are kept, whatever the quantile.
 *
 * @throws TypeError or RangeError on malformed input or options.
 */
export function weightedPnP(
  input: CorrespondencesInput,
  options: WeightedOptions = {},
): WeightedSolution {
  const { quantile = 0, threshold = 3, inliersOnly = false, ...solve } = options;
  if (!(quantile >= 0 && quantile < 1))
    throw new RangeError(`weightedPnP: expected quantile in [0, 1), got ${quantile}`);
  const problem = correspondences(input);
  let selected = heaviest(problem, quantile);
  let part = subset(problem, selected);
  if (threshold === Infinity) return { ...solveCorrespondences(part, solve), selected };
  const agreed = ransac(part, { threshold });
  if (agreed.status !== "ok") return { ...solveCorrespondences(part, solve), selected };
  if (inliersOnly && agreed.inlierCount >= LEAST) {
    let rank = 0;
    selected = selected.map((chosen) => (chosen ? agreed.inliers[rank++] : 0));
    part = subset(problem, selected);
  }
  const poseInit = { R: agreed.R, t: agreed.t };
  return { ...solveCorrespondences(part, { ...solve, poseInit }), selected };
}

/** Fewest points that determine a pose. */
const LEAST = 4;

/** 1 for all but the `quantile` of points of least wₓ + w_y, ties kept [N]. */
function heaviest({ n, w2d }: Correspondences, quantile: number): Uint8Array {
  const sum = Float64Array.from({ length: n }, (_, i) => w2d[2 * i] + w2d[2 * i + 1]);
  const dropped = Math.min(Math.floor(quantile * n), Math.max(n - LEAST, 0));
  const least = n > 0 ? sum.slice().sort()[dropped] : 0;
  return Uint8Array.from(sum, (value) => (value >= least ? 1 : 0));
}

function subset(problem: Correspondences, selected: Uint8Array): Correspondences {
  const indices = [...selected.keys()].filter((i) => selected[i]);
  const pick = (from: Float64Array, width: number) =>
    Float64Array.from(indices.flatMap((i) => [...from.subarray(width * i, width * (i + 1))]));
  const { x2d, x3d, w2d, K } = problem;
  return { n: indices.length, x2d: pick(x2d, 2), x3d: pick(x3d, 3), w2d: pick(w2d, 2), K };
}

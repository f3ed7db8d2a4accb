/**
 * What the exact backward pass of BPnP costs beside the faster one: in operations, and in time.
 *
 * Operations are counted twice: of the closed forms as the definitions have them, and of the recipe of published code,
 * which differentiates automatically (audit/backward-operations.ts). Times are those of the kernels that this project
 * solves with, and of that recipe run in recorded doubles. Times are no seeded numbers: a run repeats them, not their
 * digits. Source: EQUATIONS BPNP-2, BPNP-3, EXP-R7; SYSTEMS S-02 (4); [UAVA2021] Table 7.
 */
import {
  type BackwardRoute,
  backwardOperations,
  backwardRoutes,
  type CountedVariant,
} from "../audit/backward-operations.js";
import { poseGradient, poseVjp } from "../differentiate/implicit.js";
import { rotationVector } from "../kernels/rodrigues.js";
import { poseOf } from "../problem/pose.js";
import { type Scene, scene } from "../problem/scenes.js";
import { type FlatPose, median, solvedFromTruth } from "./cloud.js";
import type { Cell, Figure, Measures, Study, StudySettings } from "./study.js";

interface CostSettings extends StudySettings {
  /** Numbers of correspondences. */
  readonly points: readonly number[];
  /** The greatest of them at which the recipe is run. */
  readonly most: number;
  /** Noise of the pixels [px]. */
  readonly noise: number;
  /** Blocks whose median time counts, and correspondences that make a block. */
  readonly blocks: number;
  readonly work: number;
}

const cellOf = (route: BackwardRoute, n: number): Cell => ({
  id: `${route}/N=${n}`,
  factors: { route, N: n },
});
const variants = ["exact", "faster"] as const;

export const fasterCost: Study<CostSettings> = {
  name: "faster-cost",
  sentence: "What does the exact backward pass of BPnP cost beside the faster one?",
  revision: 1,
  full: {
    ...{ repetitions: 8, points: [8, 16, 32, 64, 256], most: 16, noise: 3, blocks: 5, work: 1e5 },
  },
  quick: { repetitions: 2, points: [6, 12], most: 6, noise: 3, blocks: 2, work: 1e4 },
  cells: ({ points, most }) =>
    backwardRoutes.flatMap((route) =>
      points.filter((n) => route === "closed forms" || n <= most).map((n) => cellOf(route, n)),
    ),
  measure({ factors }, { noise, blocks, work }, name) {
    const route = factors.route as BackwardRoute;
    const n = Number(factors.N);
    const made = scene("generic", { seed: name, n, noise });
    const pose = solvedFromTruth(made.correspondences, made);
    const operations = (variant: CountedVariant) => countedOperations(made, pose, route, variant);
    const passes = route === "closed forms" ? Math.ceil(work / n) : 1;
    const times = blockTimes(
      blocks,
      passes,
      variants.map((variant) =>
        route === "closed forms" ? kernelPass(made, pose, variant) : () => operations(variant),
      ),
    );
    return costMeasures(
      variants.map((variant, i) => ({ count: operations(variant), time: median(times[i]) })),
    );
  },
  printed: [
    { value: 2.73 / 0.53, drone: "M2ED" },
    { value: 2.68 / 0.54, drone: "Tello" },
  ].map(({ value, drone }) => ({
    ...{ cell: cellOf("published recipe", 8).id, measure: "ratio of times", value },
    source: `[UAVA2021] Table 7, ${drone}`,
  })),
  figures: ({ points, most }): Figure[] => [
    {
      ...{ name: "ratio", x: "points", y: "exact over faster", at: points, logarithmic: true },
      caption: "Cost of the exact backward pass in units of the faster one's.",
      series: backwardRoutes.flatMap((route) =>
        (["operations", "times"] as const).map((what) => ({
          ...{ name: `${route}, ${what}`, measure: `ratio of ${what}` },
          cells: points
            .filter((n) => route === "closed forms" || n <= most)
            .map((n) => cellOf(route, n).id),
        })),
      ),
    },
  ],
  remarks: [
    "By closed forms the exact pass takes 1.65 times the operations of the faster one, whatever the number of points, and hardly more time: the second derivatives of a projection are few, and are had from its first.",
    "The recipe of published code, which differentiates projections automatically and then once more, takes 1.9 times the operations. In time it is two to four times as slow, since each of six passes back walks through all that the coefficients came of.",
    "Printed is a ratio of 5.2 in the time of a backward pass, 2.73 s to 0.53 s for a batch of 24. It is one of how a gradient is computed, not of which: the exact gradient by closed forms takes microseconds an image, less than the faster one by the recipe.",
    "Times are of one machine at one time, and no seeded numbers; exact and faster are measured in turns.",
  ],
};

interface Cost {
  readonly count: number;
  /** Of one backward pass [µs]. */
  readonly time: number;
}

function costMeasures([exact, faster]: readonly Cost[]): Measures {
  return {
    ...{ "operations, exact": exact.count, "operations, faster": faster.count },
    "ratio of operations": exact.count / faster.count,
    ...{ "time, exact [µs]": exact.time, "time, faster [µs]": faster.time },
    "ratio of times": exact.time / faster.time,
  };
}

/** The upstream gradient of all of them. */
const upstream = Float64Array.of(0.3, -0.2, 0.5, 1, -0.7, 0.4);

function countedOperations(
  { correspondences }: Scene,
  { R, t }: FlatPose,
  route: BackwardRoute,
  variant: CountedVariant,
): number {
  const y = new Float64Array(6);
  const omega = y.subarray(0, 3);
  rotationVector(R, omega);
  // The same turn the other way round: below 1 rad definitions run a series, which would be counted.
  const angle = Math.hypot(...omega);
  if (angle < 1) for (let k = 0; k < 3; k++) omega[k] *= 1 - (2 * Math.PI) / angle;
  y.set(t, 3);
  return backwardOperations({ ...correspondences, y }, upstream, route, variant).operations;
}

/**
 * Times of one pass of each kind [µs], block by block and in turns, so that whatever else the machine does falls on all
 * of them. One block each comes before, and is not counted.
 */
function blockTimes(
  blocks: number,
  passes: number,
  kinds: readonly (() => unknown)[],
): readonly number[][] {
  const times: number[][] = kinds.map(() => []);
  for (let block = 0; block <= blocks; block++)
    kinds.forEach((pass, i) => {
      const start = performance.now();
      for (let k = 0; k < passes; k++) pass();
      if (block > 0) times[i].push((1e3 * (performance.now() - start)) / passes);
    });
  return times;
}

/** One backward pass of the kernels, into room that is there. */
function kernelPass({ correspondences }: Scene, { R, t }: FlatPose, variant: CountedVariant) {
  const [room, pose] = [poseGradient(correspondences.n), poseOf(R, t)];
  return () => poseVjp(correspondences, pose, upstream, { variant }, room);
}

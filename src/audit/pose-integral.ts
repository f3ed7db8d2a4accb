/**
 * What a Monte Carlo pose loss estimates, and its slopes, by two routes with error bars:
 *
 *     L = c(y_gt) + log ∫ exp(−c(y)) dy        ∂L/∂θ = ∂c(y_gt)/∂θ − E ∂c(y)/∂θ,   E over exp(−c)/∫ exp(−c)
 *
 * One route is this project's adaptive sampler, the other draws around the minima in their tangents
 * (tangent-draws.ts). Each runs in parts, and its error bar is what the parts differ by. They share the
 * kernel of costs; the audit holds that to the definitions on some of the samples (drawn-loss.ts).
 *
 * The measure is dt dσ(q), q and −q both counted, or dt dβ. Source: EQUATIONS EPRO-4, EPRO-6, EPRO-20.
 */
import { poseProjections, poseSampleCosts } from "../kernels/pose-sample-cost.js";
import { givenSamplesPoseLoss } from "../loss/monte-carlo-pose-loss.js";
import { monteCarloPoseLoss, seededLossSentences } from "../loss/seeded-pose-loss.js";
import type { Correspondences } from "../problem/correspondences.js";
import { stream } from "../random/stream.js";
import { clampRow } from "../solve/normal-equations.js";
import { distance } from "./blocks.js";
import { chanceOf } from "./chance.js";
import { meanOf } from "./over-seeds.js";
import type { PosedProblem } from "./posed-problem.js";
import { posePeaks, tangentDraws } from "./tangent-draws.js";

export type IntegralQuantity = "loss" | "grad_x3d" | "grad_x2d" | "grad_w2d";

/** A quantity's value, and how far it may be off, as a norm. */
export interface Estimated {
  readonly value: Float64Array;
  readonly error: number;
}

/** Poses with the logarithm of the density that they are drawn from. */
export interface DrawnPoses {
  readonly poses: Float64Array;
  readonly logDensities: Float64Array;
}

export interface PoseIntegral {
  /** Null where it was computed; else why there is nothing to compute. */
  readonly failure: string | null;
  readonly of: (quantity: IntegralQuantity) => Estimated;
  /** By how much the mean of the adaptive sampler leans to one side with so few samples, as a norm. */
  readonly leaning: (quantity: IntegralQuantity, samples: number) => number;
  /** Some of the samples of the second route, of finite density. */
  readonly some: DrawnPoses;
}

/** Parts of a route, and samples in each. */
const parts = 8;
const samples = 8192;
/** Runs with as few samples as the code under audit draws. */
const smallParts = 64;
/** How often an error bar may be too short, and how often routes that are both right may contradict each other. */
const tails = { bar: 1e-2, contradiction: 1e-5 };

type Part = Readonly<Record<IntegralQuantity, Float64Array>>;

/** Loss and slopes of a problem whose y is the target; `count` samples are given back. */
export function poseIntegral(problem: PosedProblem, count: number): PoseIntegral {
  const points: Correspondences = { n: problem.n, ...problem.arrays };
  const none = { poses: new Float64Array(0), logDensities: new Float64Array(0) };
  const failed = (failure: string): PoseIntegral => ({
    failure,
    of: () => ({ value: new Float64Array(0), error: Number.POSITIVE_INFINITY }),
    leaning: () => 0,
    some: none,
  });
  const adaptive = byAdaptiveSampling(points, problem, parts, samples);
  if (typeof adaptive === "string") return failed(adaptive);
  const tangent = byTangentDraws(points, problem, count);
  if (typeof tangent === "string") return failed(tangent);
  const [first, second] = [adaptive, tangent.found];
  const of = (quantity: IntegralQuantity) =>
    together(averaged(first, quantity), averaged(second, quantity));
  const small = new Map<number, Part[] | string>();
  return {
    failure: null,
    of,
    leaning(quantity, count) {
      const found = small.get(count) ?? byAdaptiveSampling(points, problem, smallParts, count);
      small.set(count, found);
      if (typeof found === "string") return Number.POSITIVE_INFINITY;
      const { value } = averaged(found, quantity);
      return distance(value, of(quantity).value, [0, value.length]);
    },
    some: tangent.some,
  };
}

function byAdaptiveSampling(
  points: Correspondences,
  { y, delta, zMin, index }: PosedProblem,
  runs: number,
  count: number,
): Part[] | string {
  const found: Part[] = [];
  for (let part = 0; part < runs; part++) {
    const seed = `audit/integral/${index}/${count}/${part}`;
    const options = { delta, clamps: { zMin }, samples: count, seed };
    const at = monteCarloPoseLoss(points, y, options);
    if (at.status !== "ok") return seededLossSentences[at.status];
    found.push(partOf(at));
  }
  return found;
}

function byTangentDraws(
  points: Correspondences,
  { y, delta, zMin, index }: PosedProblem,
  count: number,
): { found: Part[]; some: DrawnPoses } | string {
  const width = y.length === 4 ? 4 : 7;
  const peaks = posePeaks(points, width, delta);
  if (peaks.length === 0) return "No minimum of the cost was found to draw poses around.";
  const { n, x2d, x3d, w2d, K } = points;
  const clamps = clampRow("poseIntegral", { zMin })?.bounds ?? null;
  const projections = new Float64Array(12 * samples);
  const costs = new Float64Array(samples);
  const found: Part[] = [];
  let some: DrawnPoses | null = null;
  for (let part = 0; part < parts; part++) {
    const draw = stream(`audit/tangent/${index}`).at(part);
    const { poses, logDensities } = tangentDraws(peaks, width, samples, draw);
    some ??= leading(poses, logDensities, width, count);
    poseProjections(samples, width, poses, K, projections);
    poseSampleCosts(n, x2d, x3d, w2d, 0, samples, projections, delta, clamps, costs);
    const logWeights = costs.map((c, s) =>
      c < Number.POSITIVE_INFINITY && logDensities[s] > Number.NEGATIVE_INFINITY
        ? -c - logDensities[s]
        : Number.NEGATIVE_INFINITY,
    );
    const given = { poses, logDensities, costs, projections, logWeights };
    const at = givenSamplesPoseLoss(points, y, given, { delta, clamps: { zMin } });
    if (at.status !== "ok") return seededLossSentences[at.status];
    found.push(partOf(at));
  }
  return { found, some: some! };
}

/** The first poses of finite density. */
function leading(
  poses: Float64Array,
  logDensities: Float64Array,
  width: number,
  count: number,
): DrawnPoses {
  const chosen: number[] = [];
  for (let s = 0; s < logDensities.length && chosen.length < count; s++)
    if (logDensities[s] > Number.NEGATIVE_INFINITY) chosen.push(s);
  return {
    poses: Float64Array.from(
      chosen.flatMap((s) => [...poses.subarray(s * width, (s + 1) * width)]),
    ),
    logDensities: Float64Array.from(chosen, (s) => logDensities[s]),
  };
}

interface PartSource {
  readonly loss: number;
  readonly slopes: Readonly<Record<"x3d" | "x2d" | "w2d", Float64Array>>;
}

const partOf = ({ loss, slopes }: PartSource): Part => ({
  loss: Float64Array.of(loss),
  grad_x3d: slopes.x3d,
  grad_x2d: slopes.x2d,
  grad_w2d: slopes.w2d,
});

/** The mean of a route's parts, its standard error, and how far chance may have carried it, as norms. */
function averaged(found: readonly Part[], quantity: IntegralQuantity) {
  const arrays = found.map((part) => part[quantity]);
  const value = meanOf(arrays);
  const deviations = arrays.map((array) => array.map((v, k) => v - value[k]));
  const whole = [[0, value.length]] as const;
  const squares = deviations.reduce((sum, d) => sum + distance(d, null, whole[0]) ** 2, 0);
  return {
    value,
    standard: Math.sqrt(squares / arrays.length / (arrays.length - 1)),
    bar: chanceOf(deviations, whole, tails.bar)[0],
    most: chanceOf(deviations, whole, tails.contradiction)[0],
  };
}

type Averaged = ReturnType<typeof averaged>;

/** Two routes' mean, each by what it knows, with its error bar: infinite where they contradict each other. */
function together(a: Averaged, b: Averaged): Estimated {
  const both = a.standard ** 2 + b.standard ** 2;
  const share = both > 0 ? b.standard ** 2 / both : 1 / 2;
  const value = a.value.map((v, k) => share * v + (1 - share) * b.value[k]);
  const apart = distance(a.value, b.value, [0, value.length]);
  if (!(apart <= a.most + b.most)) return { value, error: Number.POSITIVE_INFINITY };
  return { value, error: Math.hypot(share * a.bar, (1 - share) * b.bar) };
}

/** True for what has an error bar here; other quantities of a loss are formulas of their inputs. */
export const isIntegral = (quantity: string): quantity is IntegralQuantity =>
  quantity === "loss" || quantity.startsWith("grad_");

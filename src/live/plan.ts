/**
 * Plans of problems: a few choices each, from which questions are made number by number (questions.ts).
 *
 * Aimed plans stand where implementations go wrong: no turn and exact turns, turns near π, few points,
 * planes, strong perspective, weights of many sizes, shared points, residuals beside the Huber kink,
 * depths below the clamp. Random plans mix the same choices by fast-check, which also knows how to make
 * any plan simpler, one choice at a time: the first of each list is the simplest.
 */
import fc from "fast-check";
import type { SceneName } from "../problem/scene-kinds.js";
import type { SceneRotation, SceneWeights } from "../problem/scenes.js";
import { stream } from "../random/stream.js";

export interface Plan {
  readonly scene: SceneName;
  /** Correspondences of each problem; for metrics, points of the model. */
  readonly points: number;
  /** Problems in the question; more than one may share object points and camera. */
  readonly problems: number;
  readonly shared: boolean;
  /** Standard deviation of the noise, as a multiple of the scene's own. */
  readonly noise: 0 | 1 | 5;
  readonly weights: SceneWeights;
  readonly rotation: SceneRotation;
  /** Where methods have a choice, a yaw in place of a quaternion. */
  readonly yaw: boolean;
  /** Huber threshold beside the residuals: far above, among them, or at one of them. */
  readonly threshold: "above" | "among" | "beside";
  readonly seed: number;
}

const scenes: readonly SceneName[] = [
  ...(["generic", "cube", "minimal", "planar", "near-planar", "deep", "far"] as const),
  ...(["outliers", "D2", "D4", "D5", "D7"] as const),
];
const mostPoints = 12;

/** Every plan of the random kind; `shrink` of it makes a plan simpler. */
export const planArbitrary: fc.Arbitrary<Plan> = fc.record({
  scene: fc.constantFrom(...scenes),
  points: fc.integer({ min: 4, max: mostPoints }),
  problems: fc.constantFrom(1, 1, 1, 1, 2, 3),
  shared: fc.constantFrom(false, false, true),
  noise: fc.constantFrom(0, 1, 1, 5),
  weights: fc.constantFrom<SceneWeights[]>("ones", "given", "uniform", "uniform", "log-normal"),
  rotation: fc.constantFrom<SceneRotation[]>(
    ...(["identity", "given", "given", "uniform", "exact-turn", "tiny", "near-pi"] as const),
  ),
  yaw: fc.constantFrom(false, false, true),
  threshold: fc.constantFrom<Plan["threshold"][]>("above", "among", "beside"),
  seed: fc.nat({ max: 2 ** 30 }),
});

const generic: Plan = {
  ...{ scene: "generic", points: 8, problems: 1, shared: false, noise: 1, weights: "uniform" },
  ...{ rotation: "given", yaw: false, threshold: "among", seed: 0 },
};

/** What plans are aimed at, in the order in which they are asked. */
const aims: readonly Partial<Plan>[] = [
  {},
  { rotation: "identity" },
  { rotation: "exact-turn", weights: "ones" },
  { rotation: "near-pi" },
  { rotation: "tiny" },
  { yaw: true },
  { noise: 0 },
  { threshold: "above" },
  { threshold: "beside" },
  { problems: 3 },
  { problems: 2, shared: true },
  { scene: "minimal", points: 4, weights: "ones" },
  { points: 5, weights: "log-normal" },
  { scene: "planar", points: 10 },
  { scene: "near-planar", points: 10 },
  { scene: "deep" },
  { scene: "far" },
  { scene: "outliers", points: 12 },
  { weights: "zero-axis", points: 12 },
  { scene: "D4", noise: 5 },
  { scene: "behind-camera", points: 12 },
  { scene: "D2", points: 24 },
  { weights: "zeros" },
  { scene: "collinear" },
  { scene: "coincident" },
];

/**
 * The plans of an audit: of `count`, up to a half are aimed, and the rest random. The same seed gives
 * the same plans, and more of them begin with fewer.
 */
export function plans(count: number, seed: string): Plan[] {
  const draw = stream(`live/${seed}`);
  const own = draw.integer(2 ** 30);
  const random = fc.sample(planArbitrary, {
    seed: draw.integer(2 ** 31),
    numRuns: Math.max(1, count),
  });
  return Array.from({ length: count }, (_, k) => {
    // Aimed and random by turns, so that a short audit has some of both.
    const aim = k >> 1;
    return k % 2 === 0 && aim < aims.length
      ? { ...generic, seed: own + k, ...aims[aim] }
      : random[k];
  });
}

/** Plans of well conditioned problems, all of one size, that answers are compared with each other on. */
export function lawPlans(seed: string, count = 3): Plan[] {
  const own = stream(`live/${seed}/laws`).integer(2 ** 30);
  return Array.from({ length: Math.min(count, 3) }, (_, k) => ({ ...generic, seed: own + k }));
}

/** A plan in a few words. */
export function planLabel({ scene, points, problems, shared, weights, rotation }: Plan): string {
  const batch = problems > 1 ? `, ${problems} ${shared ? "views of one object" : "problems"}` : "";
  return `scene ${scene}, N = ${points}, weights ${weights}, rotation ${rotation}${batch}`;
}

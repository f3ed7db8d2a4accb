/**
 * How often `solvePnP` finds the global minimum: its cost against the best of many random restarts.
 *
 *     npx tsx spec/certify/global-minimum.ts [problems per row] [restarts]
 *
 * prints one line a family. A restart is a uniform random rotation, the translation that puts the
 * centroid on its ray at the depth of a scaled orthographic camera, and Newton's descent from there;
 * only strict minima with every point in front of the camera compete. `solvePnP` misses when a
 * restart is lower by more than the rounding of the costs.
 */
import { argv, stdout } from "node:process";
import { pathToFileURL } from "node:url";
import type { Correspondences, Pose, SceneName } from "../../src/problem/index.js";
import { scene } from "../../src/problem/index.js";
import { type Stream, stream } from "../../src/random/index.js";
import { residualMagnitude } from "../../src/solve/depths.js";
import { polish, polished } from "../../src/solve/polish.js";
import { solveCorrespondences } from "../../src/solve/solve-pnp.js";

export interface Family {
  readonly name: string;
  readonly scene: SceneName;
  readonly n: readonly number[];
  readonly noise: readonly number[];
  /** Least share of problems on which the global minimum must be found. */
  readonly promised: number;
}

export const families: readonly Family[] = [
  { name: "generic", scene: "generic", n: [6, 8, 16, 64, 512], noise: [0.5, 1, 3], promised: 1 },
  { name: "cube", scene: "cube", n: [8, 32], noise: [0.5, 1, 3], promised: 1 },
  { name: "small object (D7)", scene: "D7", n: [6, 8, 64], noise: [0.5, 1, 3], promised: 1 },
  { name: "near-planar", scene: "near-planar", n: [6, 16, 64], noise: [0.5, 1, 3], promised: 0.99 },
  { name: "planar", scene: "planar", n: [4, 5, 16, 64], noise: [0.5, 1, 3], promised: 0.99 },
  { name: "minimal", scene: "generic", n: [4, 5], noise: [0.5, 1, 3], promised: 0.99 },
];

export interface Tally {
  problems: number;
  /** A restart was lower. */
  missed: number;
  /** The restarts did not reach what `solvePnP` found. */
  won: number;
  ambiguous: number;
  worstStationarity: number;
  /** Largest relative amount by which a restart was lower. */
  worstExcess: number;
}

/** Compares `count` problems of one family with `restarts` random restarts each. */
export function tally(family: Family, count: number, restarts: number): Tally {
  const out: Tally = {
    problems: 0,
    missed: 0,
    won: 0,
    ambiguous: 0,
    worstStationarity: 0,
    worstExcess: 0,
  };
  for (let k = 0; k < count; k++) {
    const n = family.n[k % family.n.length];
    const noise = family.noise[Math.floor(k / family.n.length) % family.noise.length];
    const seed = `global-minimum/${k}`;
    const { correspondences: problem } = scene(family.scene, { n, noise, seed });
    const found = solveCorrespondences(problem);
    const best = bestOfRestarts(problem, restarts, stream(`restarts/${family.name}`).at(k));
    const cost = found.status === "ok" ? found.cost : Number.POSITIVE_INFINITY;
    const rounding = costRounding(problem, best, found.pose);
    out.problems++;
    if (cost > best + rounding) {
      out.missed++;
      out.worstExcess = Math.max(out.worstExcess, cost / best - 1);
    }
    if (cost < best - rounding) out.won++;
    if (found.ambiguous) out.ambiguous++;
    if (found.status === "ok")
      out.worstStationarity = Math.max(out.worstStationarity, found.stationarity);
  }
  return out;
}

/**
 * What the rounding e ≤ ε m of residuals r does to ½Σ w²|r|²: at most Σ w² |r| e + ½Σ w² e², by
 * Cauchy–Schwarz ε M (√(2c) + ε M) with M = √Σ w²m²; m holds for a few operations, hence the 4.
 */
function costRounding(problem: Correspondences, cost: number, at: Pose | null): number {
  if (!at) return 0;
  const { n, x2d, x3d, w2d, K } = problem;
  const noise = 4 * Number.EPSILON * residualMagnitude(n, x2d, x3d, w2d, K, at.R.data, at.t.data);
  return noise * (Math.sqrt(2 * cost) + noise);
}

const MAX_STEPS = 300;

/** Least cost of the strict minima in front of the camera that random restarts reach [px²]. */
export function bestOfRestarts(problem: Correspondences, restarts: number, draw: Stream): number {
  const at = polished();
  const R = new Float64Array(9);
  const t = new Float64Array(3);
  let best = Number.POSITIVE_INFINITY;
  for (let k = 0; k < restarts; k++) {
    draw.rotation(R);
    centredTranslation(problem, R, t);
    polish(problem, R, t, Number.POSITIVE_INFINITY, MAX_STEPS, at);
    if (at.behind === 0 && at.minimum) best = Math.min(best, at.cost);
  }
  return best;
}

function centredTranslation(
  { n, x2d, x3d, K }: Correspondences,
  R: Float64Array,
  t: Float64Array,
): void {
  const mean = [0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < 3; k++) mean[k] += x3d[3 * i + k] / n;
    mean[3] += x2d[2 * i] / n;
    mean[4] += x2d[2 * i + 1] / n;
  }
  let object = 0;
  let image = 0;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < 3; k++) object += (x3d[3 * i + k] - mean[k]) ** 2;
    image += ((x2d[2 * i] - mean[3]) / K[0]) ** 2 + ((x2d[2 * i + 1] - mean[4]) / K[4]) ** 2;
  }
  const depth = Math.sqrt(((2 / 3) * object) / image);
  const ray = [(mean[3] - K[2]) / K[0], (mean[4] - K[5]) / K[4], 1];
  for (let i = 0; i < 3; i++)
    t[i] = depth * ray[i] - (R[3 * i] * mean[0] + R[3 * i + 1] * mean[1] + R[3 * i + 2] * mean[2]);
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  const count = Number(argv[2] ?? 1000);
  const restarts = Number(argv[3] ?? 64);
  for (const family of families) {
    const t = tally(family, count, restarts);
    const share = ((100 * (t.problems - t.missed)) / t.problems).toFixed(2);
    stdout.write(
      `${family.name.padEnd(18)} ${share.padStart(6)} % of ${t.problems}, N ${family.n.join(" ")}, noise ${family.noise.join(" ")} px; ` +
        `beaten ${t.missed} (by up to ${t.worstExcess.toPrecision(2)}), restarts worse ${t.won}, ` +
        `ambiguous ${t.ambiguous}, worst stationarity ${t.worstStationarity.toFixed(2)}\n`,
    );
  }
}

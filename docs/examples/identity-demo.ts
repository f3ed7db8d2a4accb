/**
 * The identity demo: a network learns x, z and w from nothing but poses (EPRO-46; [EProPnP2022] public demo).
 *
 *     npx tsx docs/examples/identity-demo.ts
 *
 * Its input is a pose, its target nearly the same pose, and all it can do is to place 64 points in
 * object and image and to weigh them, so that PnP finds the pose back. The loss is the Monte Carlo pose
 * loss over the mean weight, with derivative regularisation; gradients reach the network through the
 * correspondences alone. docs/identity-demo.md says what comes out.
 */
import { fileURLToPath } from "node:url";
import { adaptiveThreshold } from "../../src/kernels/adaptive-threshold.js";
import { runningMean } from "../../src/kernels/loss-weights.js";
import { rowRotation } from "../../src/kernels/pose-row.js";
import { rotationAngle, rotationQuaternion } from "../../src/kernels/quaternion.js";
import { derivativeRegularisation, monteCarloPoseLoss } from "../../src/loss/index.js";
import type { Correspondences } from "../../src/problem/correspondences.js";
import { stream } from "../../src/random/index.js";
import { levenbergMarquardt } from "../../src/solve/levenberg-marquardt.js";
import { randomSampleStart } from "../../src/solve/rs-lm.js";
import {
  Adam,
  backwards,
  forwards,
  initialParameters,
  type Parameters,
  type PointArrays,
} from "./identity-network.js";

export interface DemoOptions {
  /** Points a pose, and units of the hidden layer. */
  readonly points: number;
  readonly hidden: number;
  /** Poses drawn, poses a step, and passes over all of them. */
  readonly data: number;
  readonly batch: number;
  readonly epochs: number;
  /** Poses of a Monte Carlo loss, and random starts of the search for the best one. */
  readonly samples: number;
  readonly proposals: number;
  /** Adam's rate of the layers and of the log scales, both falling to zero over the run. */
  readonly rate: number;
  readonly scaleRate: number;
  /** Poses that the errors are means over, drawn apart from the data. */
  readonly heldOut: number;
  /** Rotations: uniform over all, or (1, 0, 0, 0) plus normals of this spread. Default: "uniform". */
  readonly rotations?: "uniform" | number;
  readonly seed: string;
  /** Called after every epoch. */
  readonly report?: (epoch: number, progress: DemoProgress) => void;
}

/** Where training stands: errors over the poses held out, and means over the last epoch. */
export interface DemoProgress {
  /** Mean ‖t − t′‖, and mean angle [rad] between the rotations. */
  readonly translation: number;
  readonly orientation: number;
  /** Poses held out that no solution was found for; they count with the error of the pose (0, 0, 5), 1. */
  readonly unsolved: number;
  readonly loss: number;
  /** Poses of the epoch whose loss was not defined, and left out. */
  readonly leftOut: number;
}

/**
 * One sixty-fourth of the published run: a quarter of its 65536 poses, of its 64 points and of its 512
 * samples. Smaller batches and a greater rate make up for the fewer poses.
 */
export const smallRun: DemoOptions = {
  points: 16,
  hidden: 256,
  data: 16384,
  batch: 32,
  epochs: 10,
  samples: 128,
  proposals: 32,
  rate: 1e-3,
  scaleRate: 1e-2,
  heldOut: 128,
  seed: "identity",
};

const IDENTITY = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
const RELATIVE = 0.5;
const CLAMPS = { zMin: 0.1 };

/** Trains, and returns the progress before the first epoch and after each. */
export function trainedIdentity(options: DemoOptions): DemoProgress[] {
  const { data, batch, epochs, seed } = options;
  const parameters = initialParameters(options.hidden, options.points, `${seed}/network`);
  const adam = new Adam(parameters, (name) => (name === "g" ? options.scaleRate : options.rate));
  const inputs = poses(`${seed}/data`, data, options.rotations);
  const targets = disturbed(`${seed}/noise`, inputs, 0.01);
  const held = poses(`${seed}/held-out`, options.heldOut, options.rotations);
  const history = [{ ...errors(parameters, held), loss: Number.NaN, leftOut: 0 }];
  options.report?.(0, history[0]);
  let norm = 1;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const order = Int32Array.from({ length: data }, (_, i) => i);
    stream(`${seed}/order`).at(epoch).shuffle(order);
    let [total, counted] = [0, 0];
    for (let from = 0; from + batch <= data; from += batch) {
      const chosen = order.subarray(from, from + batch);
      const pass = forwards(parameters, picked(inputs, chosen));
      norm = runningMean(norm, (Math.exp(parameters.g[0]) + Math.exp(parameters.g[1])) / 2, 0.1);
      const name = `${seed}/${epoch}`;
      const slopes = pass.predicted.map((points, i) => {
        const one = poseLoss(points, picked(targets, chosen.subarray(i, i + 1)), norm, {
          seed: `${name}/${chosen[i]}`,
          samples: options.samples,
          proposals: options.proposals,
          share: 1 / batch,
        });
        if (one.loss !== null) {
          total += one.loss;
          counted++;
        }
        return one.slopes;
      });
      const done = (epoch - 1 + from / data) / epochs;
      adam.update(backwards(parameters, pass, slopes), 1 - done);
    }
    const leftOut = Math.floor(data / batch) * batch - counted;
    history.push({ ...errors(parameters, held), loss: total / counted, leftOut });
    options.report?.(epoch, history[epoch]);
  }
  return history;
}

interface LossSettings extends Pick<DemoOptions, "seed" | "samples" | "proposals"> {
  readonly share: number;
}

/** The loss of one pose, null where it is not defined, with its slopes times `share`. */
function poseLoss(
  points: PointArrays,
  target: Float64Array,
  norm: number,
  { seed, samples, proposals, share }: LossSettings,
): { loss: number | null; slopes: PointArrays } {
  const problem = correspondences(points);
  const { n, x2d, w2d } = problem;
  const delta = adaptiveThreshold(n, x2d, w2d, RELATIVE);
  const pose = bestPose(problem, delta, { target, seed, proposals });
  const likelihood = monteCarloPoseLoss(problem, target, {
    ...{ pose, seed, samples, relativeDelta: RELATIVE, attachedThreshold: "weights" },
    ...{ clamps: CLAMPS, epsilon: 1e-5 },
  });
  const regular = derivativeRegularisation(problem, pose, target, {
    ...{ delta: { relative: RELATIVE, through: ["w2d"] }, beta: 1, clamps: CLAMPS },
  });
  if (!Number.isFinite(likelihood.loss) || regular.status !== "ok")
    return { loss: null, slopes: zeros(n) };
  const sum = (name: keyof PointArrays) =>
    likelihood.slopes[name].map((v, k) => share * (v / norm + regular.gradient[name][k]));
  return {
    loss: likelihood.loss / norm + regular.loss,
    slopes: { x3d: sum("x3d"), x2d: sum("x2d"), w2d: sum("w2d") },
  };
}

/**
 * The pose [7] of least cost found from random starts and, where a target is given, from there too: if a
 * rival of the target fits better, the loss has to see it. Null without a solution.
 */
function bestPose(
  problem: Correspondences,
  delta: number,
  { target, seed, proposals }: { target: Float64Array; seed: string; proposals: number },
): Float64Array;
function bestPose(
  problem: Correspondences,
  delta: number,
  { seed, proposals }: { seed: string; proposals: number },
): Float64Array | null;
function bestPose(
  problem: Correspondences,
  delta: number,
  { target, seed, proposals }: { target?: Float64Array; seed: string; proposals: number },
): Float64Array | null {
  // A pose with points behind the camera may fit as well, but not with the clamps of the loss.
  const settings = { chart: "Q7", delta, clamps: CLAMPS } as const;
  const search = { points: 8, proposals, iterations: 5, seed: `${seed}/search` };
  const found = randomSampleStart(problem, { ...settings, ...search });
  let best: Float64Array | null = null;
  let least = Number.POSITIVE_INFINITY;
  const descend = (R: Float64Array, t: Float64Array) => {
    const { cost } = levenbergMarquardt(problem, R, t, settings);
    if (!(cost < least)) return;
    least = cost;
    best = Float64Array.of(...t, 1, 0, 0, 0);
    rotationQuaternion(R, best.subarray(3));
  };
  if (found.pose) descend(found.R, found.t);
  if (target) {
    const R = new Float64Array(9);
    rowRotation(target, R);
    descend(R, target.slice(0, 3));
  }
  return best ?? target ?? null;
}

/** Mean errors of the solved poses. Nobody tells the solver where to start. */
function errors(
  parameters: Parameters,
  held: Float64Array,
): Pick<DemoProgress, "translation" | "orientation" | "unsolved"> {
  const count = held.length / 7;
  let [translation, orientation, unsolved] = [0, 0, 0];
  forwards(parameters, held).predicted.forEach((points, i) => {
    const truth = held.subarray(7 * i, 7 * i + 7);
    const problem = correspondences(points);
    const delta = adaptiveThreshold(problem.n, problem.x2d, problem.w2d, RELATIVE);
    const found = bestPose(problem, delta, { seed: `held-out/${i}`, proposals: 128 });
    if (found === null) unsolved++;
    const pose = found ?? Float64Array.of(0, 0, 5, 1, 0, 0, 0);
    translation += Math.hypot(...[0, 1, 2].map((a) => pose[a] - truth[a])) / count;
    orientation += rotationAngle(pose.subarray(3), truth.subarray(3)) / count;
  });
  return { translation, orientation, unsolved };
}

const correspondences = (points: PointArrays): Correspondences => ({
  n: points.w2d.length / 2,
  ...points,
  K: IDENTITY,
});

const zeros = (n: number): PointArrays => ({
  x3d: new Float64Array(3 * n),
  x2d: new Float64Array(2 * n),
  w2d: new Float64Array(2 * n),
});

/** Poses (t, q) [count, 7]: t normal about (0, 0, 5), q uniform or about the identity. */
function poses(
  name: string,
  count: number,
  rotations: "uniform" | number = "uniform",
): Float64Array {
  const rows = new Float64Array(7 * count);
  const draw = stream(name);
  const spread = rotations === "uniform" ? 1 : rotations;
  for (let at = 0; at < rows.length; at += 7) {
    for (let a = 0; a < 3; a++) rows[at + a] = draw.normal() + (a === 2 ? 5 : 0);
    for (let a = 3; a < 7; a++) rows[at + a] = spread * draw.normal();
    if (rotations !== "uniform") rows[at + 3] += 1;
    toUnit(rows, at);
  }
  return rows;
}

/** Poses with normals of this spread added to every number. */
function disturbed(name: string, rows: Float64Array, spread: number): Float64Array {
  const draw = stream(name);
  const out = rows.map((x) => x + spread * draw.normal());
  for (let at = 0; at < out.length; at += 7) toUnit(out, at);
  return out;
}

function toUnit(rows: Float64Array, at: number): void {
  const q = rows.subarray(at + 3, at + 7);
  const length = Math.hypot(...q);
  for (let a = 0; a < 4; a++) q[a] /= length;
}

const picked = (rows: Float64Array, chosen: Int32Array): Float64Array =>
  Float64Array.from(
    { length: 7 * chosen.length },
    (_, k) => rows[7 * chosen[Math.floor(k / 7)] + (k % 7)],
  );

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const start = performance.now();
  trainedIdentity({
    ...smallRun,
    report(epoch, { translation, orientation, unsolved, loss, leftOut }) {
      const degrees = (orientation * 180) / Math.PI;
      const seconds = (performance.now() - start) / 1000;
      console.log(
        `epoch ${epoch}: translation ${translation.toFixed(3)}, orientation ${degrees.toFixed(1)}°, loss ${loss.toFixed(3)}, left out ${leftOut}, unsolved ${unsolved}, ${seconds.toFixed(0)} s`,
      );
    },
  });
}

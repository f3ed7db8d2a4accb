/**
 * How far one problem's answer is from the oracle's, and how far it may be.
 *
 * Budget of a field, in the precision u of the backend:
 *
 *     16 · spread + floor · scale
 *
 * - `spread` is the conditioning of this very problem, measured: how far the oracle's own answer moves when every
 *   input moves by its last digit of that precision, up or down at random, the largest of three draws. An
 *   answer makes some hundred roundings where each input makes one, which add up like their root: 16 with
 *   room for three draws being few.
 * - `floor` is what float32 was given from the start: 1e-4 of a value, and of a gradient the angle whose cosine is
 *   0.99999; it is what sums of many terms cost. float64 has 29 bits more, and a floor smaller by that.
 * - `scale` is the norm of the field, or of the terms that it is a sum of.
 *
 * A pose is compared by its turn and by its shift over its distance, and solvers stop somewhere: 1e-6, as in
 * an audit. Where a problem has another pose that fits as well, either is right.
 */
import { rowRotation } from "../kernels/pose-row.js";
import { rotationAngle } from "../kernels/quaternion.js";
import { reprojectionCost } from "../kernels/reprojection-cost.js";
import { stream } from "../random/stream.js";
import { problemAt } from "./operations/fields.js";
import { pickedTask } from "./parts.js";
import type { Backend, FieldArrays, Task } from "./task.js";

type Kind = "value" | "gradient" | "pose";

/** A field's error and budget, in its own unit. */
export interface Agreement {
  readonly field: string;
  readonly error: number;
  readonly budget: number;
}

/** What became of a comparison: fields that were compared, or why nothing can be said. */
export type Comparison =
  | { readonly kind: "compared"; readonly fields: readonly Agreement[] }
  | { readonly kind: "status"; readonly got: string; readonly expected: string }
  | { readonly kind: "undecided"; readonly reason: string };

const draws = 3;
const ample = 16;
const lastDigit = { float64: 2 ** -52, float32: 2 ** -23 } as const;
const floors = { value: 1e-4, gradient: Math.acos(0.99999), pose: 1e-4 } as const;
const stopping = 1e-6;
/** Statuses that depend on the road a solver took, not on the problem. */
const ofTheRoad = ["not-converged", "not-positive-definite"];
/** How far a pose is from stationary shows in the numbers: in float32 none is as near as float64 asks. */
const outcome = (status: string) => (status === "not-stationary" ? "ok" : status);

const values = new Set([
  ...["cost", "loss", "targetCost", "predicted", "priorError", "covarianceError", "linearError"],
  ...["add", "addS", "keypoint", "deviation"],
]);
const kindOf = (field: string): Kind => {
  if (field === "pose") return "pose";
  return values.has(field) ? "value" : "gradient";
};
/** Fields that a field is a sum of. */
const terms: Readonly<Record<string, readonly string[]>> = {
  loss: ["loss", "targetCost", "predicted", "priorError", "covarianceError", "linearError"],
  predicted: ["predicted", "targetCost"],
};

/**
 * Compares problem b of a task that a backend has answered with the oracle's answer to it; `seed` names the
 * draws.
 */
export function comparison(
  task: Task,
  b: number,
  precision: Backend["precision"],
  seed: string,
): Comparison {
  const claimed = onlyProblem(task, b);
  const truth = oracle(claimed, claimed.input);
  const name = (of: Task) => outcome(of.operation.statuses[of.status[0]]);
  if (ofTheRoad.includes(name(truth)))
    return { kind: "undecided", reason: `the oracle's own search ended ${name(truth)}` };
  const moved = Array.from({ length: draws }, (_, i) =>
    oracle(claimed, movedInput(claimed, precision, `${seed}/${i}`)),
  );
  const other = moved.find((one) => name(one) !== name(truth));
  if (other)
    return {
      kind: "undecided",
      reason: `a last digit of the input decides between ${name(truth)} and ${name(other)}`,
    };
  if (name(claimed) !== name(truth))
    return { kind: "status", got: name(claimed), expected: name(truth) };
  const fields = Object.keys(task.output).flatMap((field) =>
    compared(field, claimed, truth, moved, precision),
  );
  return { kind: "compared", fields };
}

/** Problem b with its answer. */
export function onlyProblem(task: Task, b: number): Task {
  const own = pickedTask(task, [b]);
  for (const [name, { per, width }] of Object.entries(task.operation.outputs(task.settings))) {
    const [from, to] = per === "point" ? [task.offsets[b], task.offsets[b + 1]] : [b, b + 1];
    own.output[name].set(task.output[name].subarray(width * from, width * to));
  }
  own.status[0] = task.status[b];
  return own;
}

/** The oracle's answer to a task of one problem, with other inputs. */
function oracle(task: Task, input: FieldArrays): Task {
  const own = pickedTask({ ...task, input }, [0]);
  own.operation.run(own, 0, 1);
  return own;
}

/** Every input a last digit away; numbers that count something stay. */
function movedInput({ input }: Task, precision: Backend["precision"], seed: string): FieldArrays {
  const draw = stream(seed);
  const digit = lastDigit[precision];
  const moved = (v: number) => v * (1 + (draw.uniform() < 0.5 ? digit : -digit));
  return Object.fromEntries(
    Object.entries(input).map(([name, array]) => [
      name,
      name === "index" || name === "valid" ? array : array.map(moved),
    ]),
  );
}

function compared(
  field: string,
  claimed: Task,
  truth: Task,
  moved: readonly Task[],
  precision: Backend["precision"],
): Agreement[] {
  const right = truth.output[field];
  // Where the oracle has no number, the status says all there is.
  if (right.some((v) => !Number.isFinite(v))) return [];
  const kind = kindOf(field);
  const floor = floors[kind] * (precision === "float64" ? 2 ** -29 : 1);
  const got = claimed.output[field];
  if (kind === "pose") {
    const budget = (part: 0 | 1) =>
      ample * Math.max(...moved.map(({ output }) => poseErrors(output.pose, right)[part])) +
      Math.max(floor, stopping);
    const [turn, shift] = poseErrors(got, right);
    const fields = [
      { field: "pose (rotation)", error: turn, budget: budget(0) },
      { field: "pose (translation)", error: shift, budget: budget(1) },
    ];
    const within = fields.every(({ error, budget }) => error <= budget);
    const { name } = claimed.operation;
    return within || name !== "solve" || !fitsAsWell(claimed, truth, moved, floor) ? fields : [];
  }
  const truthAt = field === "cost" ? Float64Array.of(costAt(claimed)) : right;
  const slack = ample * lastDigit[precision] * homogeneous(field, truth);
  return blocks(field, right).map(({ name, of }) => {
    const scale = (terms[field] ?? [field]).reduce(
      (most, term) => Math.max(most, norm(of(truth.output[term] ?? right))),
      0,
    );
    const spread = Math.max(...moved.map(({ output }) => distance(of(output[field]), of(right))));
    const error = distance(of(got), of(truthAt));
    return { field: name, error, budget: ample * spread + floor * scale + slack };
  });
}

/** Parts of a field that are in units of their own: the last row of K multiplies pixels. */
function blocks(field: string, { length }: Float64Array) {
  const part = (name: string, from: number, to: number) => ({
    name,
    of: (values: Float64Array) => values.subarray(from, to),
  });
  if (field !== "K") return [part(field, 0, length)];
  return [part("K (rows 0 and 1)", 0, 6), part("K (row 2)", 6, 9)];
}

/**
 * A slope by the threshold may be had from the homogeneity of costs (protocol/monte-carlo-loss.ts): then it is a
 * difference of terms of this size. Zero for other fields.
 */
function homogeneous(field: string, { input, output }: Task): number {
  if (field !== "delta" || !output.targetCost) return 0;
  const size = (2 * (output.targetCost[0] + Math.abs(output.predicted[0]))) / input.delta[0];
  return Number.isFinite(size) ? size : 0;
}

/** Whether the pose claimed has a cost that is none the greater, as one of two poses that fit alike has. */
function fitsAsWell(claimed: Task, truth: Task, moved: readonly Task[], floor: number): boolean {
  const [best] = truth.output.cost;
  const spread = Math.max(...moved.map(({ output }) => Math.abs(output.cost[0] - best)));
  return costAt(claimed) <= best + ample * spread + floor * best;
}

/** The cost of a problem at the pose that was claimed for it. */
function costAt(claimed: Task): number {
  const { n, x2d, x3d, w2d, K } = problemAt(claimed, 0);
  const { pose } = claimed.output;
  const R = new Float64Array(9);
  if (!rowRotation(pose, R)) return Number.NaN;
  return reprojectionCost(n, x2d, x3d, w2d, K, R, pose.subarray(0, 3), claimed.input.delta[0]);
}

/** The turn [rad] between two poses, and their shift over the distance of the second. */
function poseErrors(a: Float64Array, b: Float64Array): readonly [number, number] {
  const turn =
    a.length === 4
      ? Math.abs(Math.atan2(Math.sin(a[3] - b[3]), Math.cos(a[3] - b[3])))
      : rotationAngle(a.subarray(3), b.subarray(3));
  const t = b.subarray(0, 3);
  return [turn, distance(a.subarray(0, 3), t) / norm(t)];
}

function norm(v: Float64Array): number {
  let square = 0;
  for (let k = 0; k < v.length; k++) square += v[k] * v[k];
  return Math.sqrt(square);
}

const distance = (a: Float64Array, b: Float64Array): number => norm(a.map((v, k) => v - b[k]));

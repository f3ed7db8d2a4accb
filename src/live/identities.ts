/**
 * Laws that right answers obey among themselves, whatever the truth is: evidence that needs no reference.
 *
 * Each law turns a question into another and an answer to the first into the answer to the second. What a
 * law may be missed by is what rounding may move the two answers by, from their audit's budget.
 */
import { rotationOffset } from "../conventions/chart.js";
import type { ClaimArray } from "../formats/claims.js";
import { methods } from "../formats/methods.js";
import { joined } from "../formats/ndjson.js";
import { type Arrays, claimsFor, type Question } from "./question.js";

export type LawName =
  | "adjoint"
  | "permutation"
  | "unit-of-length"
  | "size-of-weights"
  | "batch-of-one";

export const laws: Readonly<Record<LawName, string>> = {
  adjoint: "grad_* is the transpose of J_* times grad_pose",
  permutation: "correspondences in another order give the same numbers in that order",
  "unit-of-length": "lengths in another unit give the same answer in that unit",
  "size-of-weights": "weights twice as large move no pose",
  "batch-of-one": "a problem has the same answer alone and in a batch",
};

/**
 * A power of two, so that an implementation without absolute constants makes the very same roundings; a
 * small one for half precision, which ends at 65 504.
 */
const unitFor = (dtype: string): number => (dtype === "float16" ? 2 ** 2 : 2 ** 10);
const heavier = 2;

/** A question made of another, and what its answer has to be, given the other's. */
export interface Law {
  readonly name: LawName;
  readonly question: Question;
  expected(claim: Arrays): Arrays;
}

type Change = (name: string, array: ClaimArray) => ClaimArray;
const changed = (arrays: Arrays, change: Change): Arrays =>
  Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, change(name, array)]));
const times = ({ shape, data }: ClaimArray, factor: (k: number) => number): ClaimArray => ({
  shape,
  data: data.map((v, k) => v * factor(k)),
});

/** The laws of one problem that ask one more question each. */
export function lawsOf(question: Question): Law[] {
  return [permutation(question), unitOfLength(question), sizeOfWeights(question)].filter(
    (law) => law !== null,
  );
}

function permutation(question: Question): Law | null {
  const { inputs, quantities } = methods[question.method];
  const reversed =
    (axes: Readonly<Record<string, readonly string[]>>): Change =>
    (name, array) => {
      const at = axes[name].findIndex((axis) => axis === "N" || axis === "M");
      return at < 0 ? array : turned(array, at - (axes[name].length - array.shape.length));
    };
  const label = `${question.label}, in reverse order`;
  return {
    name: "permutation",
    question: { ...question, label, input: changed(question.input, reversed(inputs)) },
    expected: (claim) => changed(claim, reversed(quantities)),
  };
}

/** An array with one axis reversed. */
function turned({ shape, data }: ClaimArray, axis: number): ClaimArray {
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const n = shape[axis];
  return {
    shape,
    data: data.map((_, k) => {
      const [block, rest] = [Math.floor(k / inner), k % inner];
      const [outer, i] = [Math.floor(block / n), block % n];
      return data[(outer * n + n - 1 - i) * inner + rest];
    }),
  };
}

/** Whether number k of a row of a pose or a tangent is a translation. */
function isShift(question: Question, name: string, width: number): (k: number) => boolean {
  const { method, convention } = question;
  const { chart, order } = convention;
  const tangent = name.startsWith("J_") || name === "grad_pose" || name === "pose_cov";
  const last = tangent
    ? order
      ? order === "rotation-first"
      : rotationOffset(chart ?? "AA") === 0
    : width !== 4 && (order ? order === "rotation-first" : width === 6 || method === "lc");
  return (k) => (last ? k >= width - 3 : k < 3);
}

function unitOfLength(question: Question): Law | null {
  // ε is added to squares of lengths and of angles alike.
  if (question.method === "epropnp-reg") return null;
  const unit = unitFor(question.dtype);
  const lengths = new Set(["x3d", "bbox", "points", "t_est", "t_gt", "diameter", "z_min"]);
  const { inputs } = methods[question.method];
  const input = changed(question.input, (name, array) => {
    if (lengths.has(name)) return times(array, () => unit);
    if (name === "symmetries") return times(array, (k) => (k % 4 === 3 ? unit : 1));
    const width = array.shape.at(-1)!;
    const shift = isShift(question, name, width);
    if (inputs[name].at(-1) === "P") return times(array, (k) => (shift(k % width) ? unit : 1));
    return name === "grad_pose" ? times(array, (k) => (shift(k % width) ? 1 / unit : 1)) : array;
  });
  const byLength = new Set([
    "add",
    "adds",
    "mssd",
    "te",
    "prior_error",
    "cov_error",
    "linear_error",
  ]);
  return {
    name: "unit-of-length",
    question: { ...question, label: `${question.label}, lengths times ${unit}`, input },
    expected: (claim) =>
      changed(claim, (name, array) => {
        const { shape, data } = array;
        if (byLength.has(name)) return times(array, () => unit);
        if (name === "loss" && question.method === "lc")
          return { shape, data: data.map((v) => v + Math.log(unit)) };
        if (name === "grad_x3d") return times(array, () => 1 / unit);
        const width = name.startsWith("J_") || name === "pose_cov" ? shape[1] : shape.at(-1)!;
        const shift = isShift(question, name, width);
        if (name === "pose") return times(array, (k) => (shift(k % width) ? unit : 1));
        if (name === "jacobian") return times(array, (k) => (k % width < 3 ? 1 / unit : 1));
        const rows = (k: number) => (shift(k) ? unit : 1);
        if (name === "pose_cov")
          return times(array, (k) => rows(k % 6) * rows(Math.floor(k / 6) % 6));
        if (!name.startsWith("J_")) return array;
        const inner = data.length / (shape[0] * width);
        const column = name === "J_x3d" ? 1 / unit : 1;
        return times(array, (k) => rows(Math.floor(k / inner) % width) * column);
      }),
  };
}

function sizeOfWeights(question: Question): Law | null {
  const { method, convention, input } = question;
  if (!input.w2d || method === "epropnp-mc") return null;
  const weight = convention.weights === "w2" ? heavier ** 2 : heavier;
  const inputs: Record<string, number> = { w2d: weight, delta: heavier, eps: heavier ** 2 };
  const answers: Record<string, number> = {
    ...{ J_w2d: 1 / weight, grad_w2d: 1 / weight, pose_cov: heavier ** -2, cost: heavier ** 2 },
    ...{ residual: heavier, jacobian: heavier },
  };
  return {
    name: "size-of-weights",
    question: {
      ...question,
      label: `${question.label}, weights times ${weight}`,
      input: changed(input, (name, array) => times(array, () => inputs[name] ?? 1)),
    },
    expected: (claim) => changed(claim, (name, array) => times(array, () => answers[name] ?? 1)),
  };
}

/** Problems of batch one each in one question, which alone has to answer them all. */
export function batchLaw(questions: readonly Question[], claims: readonly Arrays[]): Law | null {
  // A mean over the batch is not the sum of the means over its problems.
  if (questions[0].convention.reduction === "mean" || questions.length < 2) return null;
  const whole = joined(questions.map((question, k) => claimsFor(question, claims[k], "")));
  const label = `${questions.length} problems in one batch`;
  return {
    name: "batch-of-one",
    question: { ...questions[0], label, input: whole.input },
    expected: () => whole.claim,
  };
}

/** By how much an answer misses what was expected, relative to its size, and what the gradient law leaves. */
export function missed(got: ClaimArray, expected: ClaimArray): number {
  let [difference, size] = [0, 0];
  if (got.shape.join() !== expected.shape.join()) return Number.NaN;
  got.data.forEach((v, k) => {
    difference = Math.hypot(difference, v - expected.data[k]);
    size = Math.hypot(size, expected.data[k]);
  });
  return difference === 0 ? 0 : difference / size;
}

/** Every gradient of an answer to one problem against its own Jacobian: by how much they differ. */
export function adjointGaps(
  question: Question,
  claim: Arrays,
): { quantity: string; gap: number }[] {
  const upstream = question.input.grad_pose?.data;
  if (upstream?.length !== 6) return [];
  return ["x2d", "x3d", "K", "w2d"].flatMap((variable) => {
    const [J, grad] = [claim[`J_${variable}`], claim[`grad_${variable}`]];
    if (!J || !grad || J.shape[1] !== 6 || J.data.length !== 6 * grad.data.length) return [];
    const count = grad.data.length;
    let [difference, size] = [0, 0];
    for (let k = 0; k < count; k++) {
      let [sum, absolute] = [0, 0];
      for (let j = 0; j < 6; j++) {
        sum += upstream[j] * J.data[j * count + k];
        absolute += Math.abs(upstream[j] * J.data[j * count + k]);
      }
      difference = Math.hypot(difference, grad.data[k] - sum);
      size = Math.hypot(size, absolute);
    }
    return [{ quantity: `grad_${variable}`, gap: difference === 0 ? 0 : difference / size }];
  });
}

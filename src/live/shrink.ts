/**
 * From a failing problem to the smallest that fails in the same way: first by simpler plans, as
 * fast-check orders them, then number by number: one problem of a batch, fewer points, rounder numbers.
 * Every step asks the command again, and is kept only if the very same verdict comes back.
 */
import type { ClaimArray } from "../formats/claims.js";
import { methods } from "../formats/methods.js";
import { type Plan, planArbitrary } from "./plan.js";
import type { Arrays, Question } from "./question.js";
import { questionOf, settled } from "./questions.js";

/** A question that a command fails on, and which of its problems is the worst, where one is known. */
export interface Failing {
  readonly question: Question;
  readonly worstProblem: number | null;
}

/** Asks and judges; null if there is no failure, or another. */
export type Attempt<F extends Failing> = (question: Question) => Promise<F | null>;

/** How many questions a search may ask; counts down. */
export interface Allowance {
  left: number;
}

/** The smallest failing problem that the allowance reaches. */
export async function smallest<F extends Failing>(
  from: F,
  plan: Plan | null,
  problem: number,
  attempt: Attempt<F>,
  allowance: Allowance,
): Promise<F> {
  const tried = async (question: Question | null): Promise<F | null> => {
    if (!question || allowance.left <= 0) return null;
    allowance.left--;
    return attempt(question);
  };
  let best = from;
  // A plan that is simpler makes the whole problem simpler, so this goes first, with half of the questions.
  if (plan) best = await simplerPlan(best, plan, tried, { left: allowance.left >> 1 });
  const whole = best === from ? problem : 0;
  best = (await tried(oneProblem(best.question, whole))) ?? best;
  if (best.worstProblem !== null && whole !== best.worstProblem)
    best = (await tried(oneProblem(best.question, best.worstProblem))) ?? best;
  best = await fewerItems(best, tried);
  best = await rounderNumbers(best, tried);
  // Rounder numbers may make more points dispensable.
  return fewerItems(best, tried);
}

type Try<F> = (question: Question | null) => Promise<F | null>;

async function simplerPlan<F extends Failing>(
  from: F,
  plan: Plan,
  tried: Try<F>,
  share: Allowance,
): Promise<F> {
  let [best, current] = [from, plan];
  for (let moved = true; moved; ) {
    moved = false;
    for (const { value } of planArbitrary.shrink(current, undefined)) {
      if (share.left-- <= 0) return best;
      const found = await tried(questionOf(value, best.question, best.question.want));
      if (!found) continue;
      [best, current, moved] = [found, value, true];
      break;
    }
  }
  return best;
}

/** One problem out of a batch; null if there is only one. */
function oneProblem(question: Question, b: number): Question | null {
  const { inputs } = methods[question.method];
  let batched = 1;
  const input = mapped(question.input, (name, array) => {
    const at = inputs[name].findIndex((axis) => axis.startsWith("B"));
    if (at < 0) return array;
    if (array.shape.length < inputs[name].length)
      return { shape: array.shape.toSpliced(at, 0, 1), data: array.data };
    batched = Math.max(batched, array.shape[at]);
    return kept(array, at, [b]);
  });
  return batched > 1 ||
    Object.keys(input).some(
      (name) => input[name].shape.length !== question.input[name].shape.length,
    )
    ? settled({ ...question, input })
    : null;
}

/** Without every point, sample or symmetry that the failure does not need: by halves, then one by one. */
async function fewerItems<F extends Failing>(from: F, tried: Try<F>): Promise<F> {
  let best = from;
  const { inputs } = methods[best.question.method];
  for (const axis of ["N", "M", "S"]) {
    const sized = () =>
      Object.entries(best.question.input).find(([name]) => inputs[name].includes(axis));
    const size = () => {
      const found = sized();
      return found ? found[1].shape[axisOf(inputs[found[0]], axis, found[1])] : 0;
    };
    for (let chunk = size() >> 1; chunk >= 1; chunk >>= 1)
      for (let start = 0; start < size() && size() > 1; ) {
        const rest = Array.from({ length: size() }, (_, i) => i).filter(
          (i) => i < start || i >= start + chunk,
        );
        const found =
          rest.length > 0 ? await tried(settled(sliced(best.question, axis, rest))) : null;
        if (found) best = found;
        else start += chunk;
      }
  }
  return best;
}

function sliced(question: Question, axis: string, items: readonly number[]): Question {
  const { inputs } = methods[question.method];
  const input = mapped(question.input, (name, array) =>
    inputs[name].includes(axis) ? kept(array, axisOf(inputs[name], axis, array), items) : array,
  );
  return { ...question, input };
}

/** Every input with as few digits as it may have: none, ones, then more; rotations none at all. */
async function rounderNumbers<F extends Failing>(from: F, tried: Try<F>): Promise<F> {
  let best = from;
  for (const name of Object.keys(best.question.input)) {
    const { shape, data } = best.question.input[name];
    for (const rounder of roundings(name, best.question)) {
      if (rounder.every((v, k) => Object.is(v, data[k]))) break;
      const input = { ...best.question.input, [name]: { shape, data: rounder } };
      const found = await tried(settled({ ...best.question, input }));
      if (!found) continue;
      best = found;
      break;
    }
  }
  return best;
}

/** An input's numbers, the roundest first. */
function roundings(name: string, { input, method, convention }: Question): Float64Array[] {
  const { shape, data } = input[name];
  if (name === "R_est" || name === "R_gt")
    return roundRotations.map((R) => data.map((_, k) => R[k % 9]));
  // The one is made anew from the others; of the other, only some numbers leave it a symmetry.
  if (name === "symmetries" || (name === "pose" && method.startsWith("bpnp"))) return [];
  const digits = [0, 1, 2, 3, 5];
  if (!name.startsWith("pose") || shape.at(-1) !== 7)
    return digits.map((d) => data.map((v) => significant(v, d, name)));
  const first = convention.order ? convention.order === "rotation-first" : method === "lc";
  const turn = (k: number) => (first ? k % 7 < 4 : k % 7 >= 3);
  const shifted = digits.map((d) => data.map((v, k) => (turn(k) ? v : significant(v, d, name))));
  const place = (k: number) => {
    const own = (k % 7) - (first ? 0 : 3);
    return convention.quaternion === "xyzw" ? (own + 1) % 4 : own;
  };
  const [powers, , two] = shifted;
  const turned = roundQuaternions.flatMap((q) =>
    [powers, two].map((some) => some.map((v, k) => (turn(k) ? q[place(k)] : v))),
  );
  return [...turned, ...shifted];
}

/** No turn, and a quarter, a third and a half of one: what has only ones and zeros. */
const roundRotations = [
  [1, 0, 0, 0, 1, 0, 0, 0, 1],
  [0, -1, 0, 1, 0, 0, 0, 0, 1],
  [0, 0, 1, 1, 0, 0, 0, 1, 0],
  [-1, 0, 0, 0, -1, 0, 0, 0, 1],
];
/** Quaternions (w, x, y, z) without a root in them: no turn, a third and a half of one. */
const roundQuaternions = [
  [1, 0, 0, 0],
  [0.5, 0.5, 0.5, 0.5],
  [0, 0, 0, 1],
];

/** A number with so many significant digits; with none, the nearest power of ten, or one for a weight. */
function significant(value: number, digits: number, name: string): number {
  if (value === 0) return 0;
  if (digits > 0) return Number(value.toPrecision(digits));
  if (name === "w2d" || name === "inv_std2d") return 1;
  return Math.sign(value) * 10 ** Math.round(Math.log10(Math.abs(value)));
}

/** Where an axis stands in an array that may lack the batch axis. */
const axisOf = (axes: readonly string[], axis: string, { shape }: ClaimArray): number =>
  axes.indexOf(axis) - (axes.length - shape.length);

function mapped(input: Arrays, change: (name: string, array: ClaimArray) => ClaimArray): Arrays {
  return Object.fromEntries(
    Object.entries(input).map(([name, array]) => [name, change(name, array)]),
  );
}

/** An array with some of the items of an axis. */
function kept({ shape, data }: ClaimArray, axis: number, items: readonly number[]): ClaimArray {
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const outer = shape.slice(0, axis).reduce((a, b) => a * b, 1);
  const out = new Float64Array(outer * items.length * inner);
  for (let o = 0; o < outer; o++)
    items.forEach((item, i) => {
      const from = (o * shape[axis] + item) * inner;
      out.set(data.subarray(from, from + inner), (o * items.length + i) * inner);
    });
  return { shape: shape.with(axis, items.length), data: out };
}

/** What mistakes in use make of a pose that is solved for, and of its derivatives: the bank of the audit, applied. */
import { bank } from "../audit/bank.js";
import type { Candidates } from "../audit/candidates.js";
import { type Located, settled } from "../audit/forward.js";
import type { Sizes } from "../audit/methods.js";
import { type AuditProblem, unpacked } from "../audit/problem.js";
import { derivativeQuantity, type Recipe } from "../audit/recipe.js";
import { reprojectionCost } from "../kernels/reprojection-cost.js";
import { assembled, type Layout } from "./case-claims.js";
import type { Mistake } from "./case-truth.js";
import { transposedArrays } from "./transposed-arrays.js";

export interface SolvedPoints {
  readonly points: readonly Located[];
  readonly sizes: Sizes;
  readonly laid: (quantity: string) => Layout;
  readonly recipe: Recipe;
  readonly candidates: Candidates;
}

/** The quantities under every mistake, or those of the slugs named. */
export function* solvedMistakes(
  given: SolvedPoints,
  quantities: readonly string[],
  slugs?: ReadonlySet<string>,
): Generator<Mistake> {
  for (const quantity of quantities)
    for (const mistake of derivativeQuantity(quantity)
      ? ofDerivative(given, quantity)
      : ofSolution(given, quantity))
      if (slugs?.has(mistake.slug) ?? true) yield mistake;
}

function* ofDerivative(
  { points, sizes, laid, recipe, candidates }: SolvedPoints,
  quantity: string,
): Generator<Mistake> {
  const derivative = derivativeQuantity(quantity)!;
  const of = laid(quantity);
  const array = (changed: Recipe): Float64Array | null => {
    const count = of.batchAxis < 0 ? 1 : points.length;
    const items = Array.from({ length: count }, (_, i) => candidates.item(derivative, changed, i));
    const found = items.flatMap((item) => (item ? [Array.from(item)] : []));
    return found.length < count ? null : Float64Array.from(assembled(found, of));
  };
  for (const { slug, change } of bank) {
    const changed = change(recipe, derivative);
    const made = changed && array(changed);
    if (made) yield { slug, quantity, array: made };
  }
  // sin θ / θ and its like from their closed forms, differentiated by duals: what a series is for.
  const naive = { ...recipe, form: { ...recipe.form, axisEpsilon: Number.MIN_VALUE } };
  const cancelled = array(naive);
  if (cancelled) yield { slug: "small-angle-cancellation", quantity, array: cancelled };
  const truth = array(recipe);
  if (!truth) return;
  yield { slug: "single-precision", quantity, array: Float64Array.from(truth, Math.fround) };
  const factors: [string, number][] = [
    ["sign-flipped", -1],
    ["factor-2", 2],
    ["factor-half", 1 / 2],
  ];
  // With two problems a mean and a lost factor ½ look alike.
  if (derivative.kind === "gradient" && sizes.B > 2) factors.push(["mean-over-batch", 1 / sizes.B]);
  for (const [slug, times] of factors) yield { slug, quantity, array: truth.map((v) => v * times) };
  yield* transposedArrays(quantity, truth, of.shape);
}

/** Problems misread, whose minimum is another one. */
const misread: readonly (readonly [string, (problem: AuditProblem) => AuditProblem])[] = [
  ["weights-ignored", (p) => ({ ...p, w2d: p.w2d.map(() => 1) })],
  ["weights-taken-as-w2", (p) => ({ ...p, w2d: p.w2d.map(Math.sqrt) })],
  ["weights-squared-twice", (p) => ({ ...p, w2d: p.w2d.map((w) => w * w) })],
  ["threshold-ignored", (p) => ({ ...p, delta: Number.POSITIVE_INFINITY })],
];

/** Other ways to write a pose (ω, t). */
const rewritten: readonly (readonly [string, (y: Float64Array) => number[]])[] = [
  ["transposed-rotation", (y) => Array.from(y, (v, k) => (k < 3 ? -v : v))],
  ["degrees", (y) => Array.from(y, (v, k) => (k < 3 ? (v * 180) / Math.PI : v))],
  ["row-order", (y) => [...y.subarray(3), ...y.subarray(0, 3)]],
  ["translation-in-millimetres", (y) => Array.from(y, (v, k) => (k < 3 ? v : 1000 * v))],
];

/** Other numbers that go by the name of a cost of N points. */
const costs: readonly (readonly [string, (cost: number, N: number) => number])[] = [
  ["sign-flipped", (cost) => -cost],
  ["factor-2", (cost) => 2 * cost],
  ["factor-half", (cost) => cost / 2],
  ["mean-over-points", (cost, N) => cost / N],
  ["mean-square-over-points", (cost, N) => (2 * cost) / N],
  ["root-mean-square", (cost, N) => Math.sqrt((2 * cost) / N)],
];

function* ofSolution({ points, sizes, laid }: SolvedPoints, quantity: string): Generator<Mistake> {
  const joined = (slug: string, items: readonly number[][]): Mistake => ({
    ...{ slug, quantity },
    array: Float64Array.from(assembled(items, laid(quantity))),
  });
  const truth = points.map(({ y, cost }) => (quantity === "pose" ? Array.from(y) : [cost]));
  yield joined(
    "single-precision",
    truth.map((item) => item.map(Math.fround)),
  );
  if (quantity === "pose") {
    for (const [slug, write] of rewritten)
      yield joined(
        slug,
        points.map(({ y }) => write(y)),
      );
    for (const [slug, change] of misread)
      yield joined(
        slug,
        points.map(({ problem, y }) => Array.from(settled(change(problem), y))),
      );
    return;
  }
  for (const [slug, made] of costs)
    yield joined(
      slug,
      points.map(({ cost }) => [made(cost, sizes.N)]),
    );
  for (const [slug, change] of misread)
    yield joined(
      slug,
      points.map(({ problem, y }) => {
        const { n, x2d, x3d, w2d, K, delta } = change(problem);
        return [reprojectionCost(n, x2d, x3d, w2d, K, ...unpacked(y), delta)];
      }),
    );
}

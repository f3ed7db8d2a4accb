/** The verdicts on costs, residuals and Jacobians at given poses: method epropnp-cost. */
import { type Chart, rotationOffset } from "../conventions/chart.js";
import type { Claims } from "../formats/claims.js";
import { type Big, big } from "../scalar/big.js";
import { double } from "../scalar/double.js";
import type { Real } from "../scalar/real.js";
import { isRepresentable, Rounding, rounded } from "../scalar/rounding.js";
import { arrangements, rearranged } from "./axes.js";
import { type Blocks, distance, relativeError } from "./blocks.js";
import { correctWithin, margin, roundingModel } from "./budget.js";
import { claimReport, type Evidence } from "./claim-report.js";
import { withoutLooking } from "./judge.js";
import { ContractError, type Sizes } from "./methods.js";
import {
  type CostRecipe,
  movedJacobian,
  type PoseCost,
  type PosedReprojection,
  poseCost,
} from "./pose-cost.js";
import { type CostExplanation, type CostQuantity, costBank } from "./pose-cost-bank.js";
import { contract, lifted, type PosedProblem, posedProblems, sight } from "./posed-problem.js";
import type { ClaimReport } from "./report.js";
import { explainedBy, plainDecision } from "./solution.js";
import type { Attempt } from "./solution-bank.js";

const runs = 8;

/** The reports on all quantities that a file claims. */
export async function poseCostReports(
  claims: Claims,
  sizes: Sizes,
  shapes: ReadonlyMap<string, readonly number[]>,
  step: () => Promise<void>,
): Promise<ClaimReport[]> {
  const recipe = trueRecipe(claims);
  const problems: PosedProblem[] = posedProblems(claims, sizes);
  const truths: PoseCost<Big>[] = [];
  const truthErrors: number[] = [];
  for (const problem of problems) {
    await step();
    const data = lifted(problem, (v) => big(v));
    truths.push(poseCost(data, recipe));
    truthErrors.push(shapes.has("jacobian") ? routeGap(data, recipe) : Number.EPSILON / 2);
  }
  return [...shapes].map(([name, expected]) =>
    quantityReport(claims, name as CostQuantity, expected, problems, truths, truthErrors, recipe),
  );
}

function quantityReport(
  claims: Claims,
  quantity: CostQuantity,
  expected: readonly number[],
  problems: readonly PosedProblem[],
  truths: readonly PoseCost<Big>[],
  truthErrors: readonly number[],
  recipe: CostRecipe,
): ClaimReport {
  const { dtype } = claims;
  const { data, shape } = claims.claim[quantity];
  const plain = expected.every((n, k) => n === shape[k]);
  const axes = plain ? null : arrangements(expected, shape)[0];
  const whole = axes ? rearranged(data, shape, axes) : data;
  const length = problems.length ? whole.length / problems.length : 0;
  const claim = problems.map((_, b) =>
    rowsFirst(quantity, whole.subarray(b * length, (b + 1) * length), expected.at(-1)!),
  );
  const blocks = blocksOf(quantity, length, expected.at(-1)!, recipe);
  const truth = truths.map((of) => flat(of, quantity));
  const noise = problems.map((problem) => noisy(problem, recipe, claims, quantity));
  const scales = noise.map((arrays, b) =>
    blocks.map((block) => {
      const spread = rms(arrays.map((array) => distance(array, truth[b], block)));
      // A quantity that is all rounding is measured against what makes its rounding just correct.
      return Math.max(
        distance(truth[b], null, block),
        (margin * spread) / correctWithin(dtype),
        Number.MIN_VALUE,
      );
    }),
  );
  const errorOf = (array: Float64Array, b: number, other = truth[b]) =>
    other.every(Number.isFinite)
      ? Math.max(...blocks.map((block, k) => distance(array, other, block) / scales[b][k]))
      : Number.POSITIVE_INFINITY;
  const budget = noise.map((arrays, b) =>
    Math.max(correctWithin(dtype), margin * rms(arrays.map((array) => errorOf(array, b)))),
  );
  const evidence: Evidence = {
    quantity,
    declared: claims.expect[quantity],
    located: problems.map(sight),
    summed: false,
    claim,
    truth,
    errors: claim.map((array, b) => errorOf(array, b)),
    budget,
    truthErrors,
    kept: truth.flatMap((_, b) => (truthErrors[b] < budget[b] / 10 ? [b] : [])),
  };
  const early = withoutLooking(evidence, data);
  if (early) return claimReport(evidence, early);
  const fits = plainDecision(evidence, dtype);
  if (fits && plain) return claimReport(evidence, fits);
  const candidates = new Map<string, Float64Array>();
  const attempt = (chosen: readonly CostExplanation[]): Attempt | null => {
    const made = chosen.reduce<CostRecipe | null>(
      (from, { change }) => from && change(from, quantity),
      recipe,
    );
    if (!made) return null;
    return {
      slug: chosen.map(({ slug }) => slug).join("+") || "transposed",
      kind: chosen.some(({ kind }) => kind === "wrong") ? "wrong" : "convention",
      sentence: capital(
        chosen.map(({ sentence }) => sentence).join(", and ") ||
          "the array's axes are in another order",
      ),
      remedy: chosen.map(({ remedy }) => remedy).join("; ") || "permute the axes",
      tolerance: 0,
      compared: (b) => {
        const name = `${b} ${JSON.stringify(made)}`;
        const own =
          candidates.get(name) ?? flat(poseCost(lifted(problems[b], double), made), quantity);
        candidates.set(name, own);
        const times = chosen.reduce((f, { factor }) => f * (factor?.(problems[b].n) ?? 1), 1);
        const array = own.map((v) => v * times);
        return { error: relativeError(claim[b], array, blocks, scales[b]), array };
      },
    };
  };
  const pairs = costBank.flatMap((a, i) => costBank.slice(i + 1).map((b) => [a, b]));
  const choices = [...(plain ? [] : [[]]), ...costBank.map((one) => [one]), ...pairs];
  const attempts = choices.flatMap((chosen) => attempt(chosen) ?? []);
  return claimReport(evidence, explainedBy(evidence, attempts));
}

/** The contract under the conventions that a file states. */
function trueRecipe({ method, convention, input }: Claims): CostRecipe {
  const layout: Chart = input.pose.shape.at(-1) === 4 ? "YAW" : "Q7";
  const chart = convention.chart ?? layout;
  if ((chart === "YAW") !== (layout === "YAW"))
    throw new ContractError(
      `convention.chart: expected a chart of poses of ${input.pose.shape.at(-1)} numbers for ${method}, got ${chart}`,
    );
  return {
    ...contract,
    residual: convention.residual ?? "pi-x",
    chart,
    rotationFirst: convention.order
      ? convention.order === "rotation-first"
      : rotationOffset(chart) === 0,
  };
}

/** How far the two routes to the Jacobian disagree, relative, in the chart of the pose's own layout. */
function routeGap(data: PosedReprojection<Big>, recipe: CostRecipe): number {
  const chart = data.y.length === 4 ? "YAW" : "Q7";
  const own = poseCost(data, { ...recipe, chart, rotationFirst: false }).jacobian;
  const size = Math.max(...own.flat(2).map((v) => Math.abs(v.toNumber())), Number.MIN_VALUE);
  const gaps = movedJacobian(data, recipe).flatMap((columns, i) =>
    (columns ?? []).flatMap((pair, p) => pair.map((v, k) => v.minus(own[p][i][k]).toNumber())),
  );
  return Math.max(Number.EPSILON / 2, ...gaps.map((gap) => Math.abs(gap) / size));
}

/** The quantity as implementations in the file's dtype may compute it. */
function noisy(
  problem: PosedProblem,
  recipe: CostRecipe,
  { dtype }: Claims,
  quantity: CostQuantity,
): Float64Array[] {
  const model = roundingModel(`audit/pose-cost/${dtype}`, problem.index, dtype);
  const values = [...Object.values(problem.arrays), problem.y];
  const fits = values.every((array) => array.every((v) => isRepresentable(v, dtype)));
  const read = (v: number) => (fits ? new Rounding(v, model) : rounded(v, model));
  return Array.from({ length: runs }, () =>
    flat(poseCost(lifted(problem, read), recipe), quantity),
  );
}

/** A quantity as doubles; a Jacobian one coordinate of the tangent after the other. */
function flat<S extends Real<S>>(of: PoseCost<S>, quantity: CostQuantity): Float64Array {
  const values: readonly S[] =
    quantity === "cost" ? [of.cost] : ((of[quantity] as readonly unknown[]).flat(2) as S[]);
  return Float64Array.from(values, (v) => v.toNumber());
}

/** A claimed [N,2,d] Jacobian as [d,N,2]; other quantities as they are. */
function rowsFirst(quantity: CostQuantity, data: Float64Array, d: number): Float64Array {
  if (quantity !== "jacobian") return data;
  const rows = data.length / d;
  return data.map((_, k) => data[(k % rows) * d + Math.floor(k / rows)]);
}

function blocksOf(
  quantity: CostQuantity,
  length: number,
  d: number,
  { rotationFirst }: CostRecipe,
): Blocks {
  const split = ((rotationFirst ? d - 3 : 3) * length) / d;
  return quantity === "jacobian" ? [[0, split], [split, length]] : [[0, length]]; // biome-ignore format: one line
}

const rms = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((total, v) => total + v * v, 0) / Math.max(1, values.length));
const capital = (text: string): string => text[0].toUpperCase() + text.slice(1);

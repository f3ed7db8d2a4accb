/** Cases of methods whose quantities are closed functions of their inputs: truth, budget and mistakes. */
import { distance } from "../audit/blocks.js";
import { wholeBank } from "../audit/explicit-bank.js";
import { type ExplicitMethod, isGradient } from "../audit/explicit-method.js";
import { summed } from "../audit/explicit-truth.js";
import { honestWays, wayOf } from "../audit/honest-ways.js";
import { checkedSizes } from "../audit/methods.js";
import { yardstick } from "../audit/yardstick.js";
import type { Claims } from "../formats/claims.js";
import { type Big, big } from "../scalar/big.js";
import { double } from "../scalar/double.js";
import {
  assembled,
  type ExpectedError,
  type Layout,
  layout,
  rangesOf,
  roundedUp,
} from "./case-claims.js";
import type { CaseTruth, Mistake } from "./case-truth.js";
import { total } from "./digits.js";
import { secondValues } from "./explicit-second.js";
import { misreadings } from "./misreadings.js";
import { explicitRefusal } from "./refusals.js";
import { once } from "./remembered.js";
import { roundingDraws, runs, StableRounding } from "./stable-rounding.js";
import { transposedArrays } from "./transposed-arrays.js";

const exact = (v: number): Big => big(v);
const inDoubles = (values: readonly Big[]): Float64Array =>
  Float64Array.from(values, (v) => v.toNumber());

/** A case of an explicit method. @throws ContractError if its inputs are none. */
export function explicitCase<Recipe, Problem>(
  method: ExplicitMethod<Recipe, Problem>,
  claims: Claims,
): CaseTruth {
  const sizes = checkedSizes(claims);
  const recipe = method.recipe(claims);
  const problems = method.problems(claims, sizes);
  const laid = (quantity: string): Layout => layout(claims, sizes, quantity);
  const formulas = problems.map((problem) => method.values(problem, exact));
  const own = (quantity: string): (readonly Big[])[] => formulas.map((of) => of(quantity, recipe));

  /** One array of the whole batch from each problem's own, in the order in which they are written. */
  const joined = <T>(quantity: string, items: readonly (readonly T[])[], sum: (all: T[]) => T) => {
    const of = laid(quantity);
    if (of.batchAxis < 0) return items[0].map((_, k) => sum(items.map((item) => item[k])));
    const rows = quantity === "jacobian" ? items.map((item) => byPoint(item, of)) : items;
    return assembled(rows, of);
  };
  /** y⁺ = y + Δy: the audit's formula is of Δy alone. */
  const whole = (quantity: string, items: readonly (readonly Big[])[]): (readonly Big[])[] =>
    quantity === "pose_plus"
      ? items.map((item, b) => item.map((v, k) => v.plus(rowOf(problems[b])[k])))
      : [...items];

  /** Formulas that honest implementations use, and the runs of each problem, made once for all quantities. */
  const noisy = problems.map((problem, b) =>
    once(() => {
      const draw = roundingDraws(b);
      return Array.from({ length: runs }, () =>
        method.values(problem, (v) => new StableRounding(v, draw)),
      );
    }),
  );
  const expectedError = (quantity: string): ExpectedError => {
    const of = laid(quantity);
    const honest = honestWays(method, quantity, recipe);
    const own = formulas.map((values) => values(quantity, recipe));
    const exactly = honest.map((way) =>
      way.same ? own : formulas.map((values) => values(quantity, way.recipe)),
    );
    const truths = exactly[0].map(inDoubles);
    const noise = problems.map((_, b) =>
      noisy[b]().map((run, r) => {
        const which = wayOf(r, honest.length);
        // What another formula loses is around its own value, which the truth need not be.
        return Float64Array.from(run(quantity, honest[which].recipe), (v, k) =>
          exactly[0][b][k].minus(exactly[which][b][k]).plus(v.value).toNumber(),
        );
      }),
    );
    const whole = of.batchAxis < 0;
    const items = whole ? [summed(truths)] : truths;
    const spread = whole
      ? [Array.from({ length: runs }, (_, r) => summed(noise.map((own) => own[r])))]
      : noise;
    const parts = items.flatMap((array, b) => {
      const { length } = array;
      const blocks = method.blocks?.(quantity, recipe, length) ?? [[0, length] as const];
      const stick = yardstick(
        array,
        spread[b],
        blocks,
        "float64",
        isGradient(quantity),
        honest.length,
      );
      return blocks.map((block, k) => {
        // A pose is written whole, and its own last digit is all that is kept of it.
        const floor = quantity === "pose_plus" ? keptOf(rowOf(problems[b]), block) : 0;
        const allowed = roundedUp(stick.budget * stick.scales[k] + floor);
        return { budget: stick.budget, range: rangesOf(of, b, block, length), allowed };
      });
    });
    return {
      tolerance: roundedUp(Math.max(...parts.map(({ budget }) => budget))),
      blocks: parts.map(({ range, allowed }) => ({ range, allowed })),
    };
  };

  return {
    layout: laid,
    first: (quantity) => joined(quantity, whole(quantity, own(quantity)), (all) => total(all)),
    second(quantity) {
      const { length } = own(quantity)[0];
      const items = problems.map((problem) =>
        secondValues(method, claims.method, problem, quantity, recipe, length),
      );
      return joined(quantity, whole(quantity, items), (all) => total(all));
    },
    expected: (quantities) =>
      new Map(quantities.map((quantity) => [quantity, expectedError(quantity)])),
    *mistakes(quantities, slugs) {
      const wanted = (slug: string) => slugs?.has(slug) ?? true;
      const values = problems.map((problem) => method.values(problem, double));
      const numbers = (quantity: string, of: Recipe): Float64Array[] =>
        values.map((own) => Float64Array.from(own(quantity, of), (v) => v.value));
      const shaped = (slug: string, quantity: string, items: readonly Float64Array[]): Mistake => ({
        ...{ slug, quantity },
        array: Float64Array.from(
          joined(
            quantity,
            quantity === "pose_plus"
              ? items.map((item, b) => Array.from(item, (v, k) => v + rowOf(problems[b])[k]))
              : items.map((item) => Array.from(item)),
            (all) => all.reduce((a, b) => a + b, 0),
          ),
        ),
      });
      for (const quantity of quantities) {
        for (const { slug, change, factor, summed: adds } of wholeBank(method.bank, sizes)) {
          const changed = wanted(slug) ? change(recipe, quantity) : null;
          if (changed === null) continue;
          const times = factor?.(sizes) ?? 1;
          const items = numbers(quantity, changed).map((item) => item.map((v) => v * times));
          const added = adds ? items.map(() => summed(items)) : items;
          yield shaped(slug, quantity, added);
        }
        const truth = () => shaped("", quantity, numbers(quantity, recipe)).array;
        if (wanted("single-precision"))
          yield { slug: "single-precision", quantity, array: truth().map(Math.fround) };
        if (wanted("transposed")) yield* transposedArrays(quantity, truth(), laid(quantity).shape);
      }
      for (const { slug, claims: misread } of misreadings(claims)) {
        if (!wanted(slug)) continue;
        const again = method.problems(misread, sizes).map((one) => method.values(one, double));
        for (const quantity of quantities.filter((name) => name !== "pose_plus")) {
          const items = again.map((values) =>
            Float64Array.from(values(quantity, recipe), (v) => v.value),
          );
          yield shaped(slug, quantity, items);
        }
      }
    },
    refusal: (quantity) => explicitRefusal(method, claims, problems, quantity, recipe),
  };
}

/** The pose that a step starts from, as it is written. */
const rowOf = (problem: unknown): Float64Array => (problem as { y: Float64Array }).y;

/** Two units in the last place of every number of a part. */
const keptOf = (row: Float64Array, block: readonly [number, number]): number =>
  2 * Number.EPSILON * distance(row, null, block);

/** [d, N, 2], in which the audit measures, as [N, 2, d]. */
function byPoint<T>(item: readonly T[], { shape }: Layout): T[] {
  const d = shape[shape.length - 1];
  const rows = item.length / d;
  return item.map((_, k) => item[(k % d) * rows + Math.floor(k / d)]);
}

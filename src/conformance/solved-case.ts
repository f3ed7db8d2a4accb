/** Cases of methods that solve for a pose: truth by its routes, and what is told apart from it. */
import { type Located, located } from "../audit/forward.js";
import { checkedSizes } from "../audit/methods.js";
import { lifted, problems, rowConvention } from "../audit/problem.js";
import { derivativeQuantity, trueRecipe } from "../audit/recipe.js";
import { exactFormula, type Formula } from "../audit/solved-form.js";
import { reprojectionCost } from "../definitions/reprojection-cost.js";
import { rotation } from "../definitions/rodrigues.js";
import type { Claims } from "../formats/claims.js";
import { type Big, big } from "../scalar/big.js";
import { double } from "../scalar/double.js";
import { dot } from "../scalar/matrix.js";
import { assembled, type Layout, layout } from "./case-claims.js";
import type { CaseTruth } from "./case-truth.js";
import { DigitsError, total } from "./digits.js";
import { type BigJacobian, firstDerivative, firstMinimum, inverseHessian } from "./first-pose.js";
import { solvedRefusal } from "./refusals.js";
import { once, remembered } from "./remembered.js";
import { secondCost, secondDerivative, secondMinimum } from "./second-pose.js";
import { solvedAgainGap } from "./solved-again.js";
import { type SolvedPoint, solvedCandidates } from "./solved-candidates.js";
import { expectedErrors, type NoisyRun, noisyRuns } from "./solved-expected.js";
import { solvedMistakes } from "./solved-mistakes.js";

/** The derivative that each method's contract asks for. */
const forms: Readonly<Record<string, Formula>> = {
  "bpnp-faster": { ...exactFormula, hessian: "gauss-newton", mixed: "dropped" },
};

/** How far the pose solved again may be from where its derivative takes it, as a share of the move. */
const solvedAgain = 1e-25;

/** A case of pnp, bpnp or bpnp-faster. @throws ContractError if its inputs are none. */
export function solvedCase(claims: Claims): CaseTruth {
  const sizes = checkedSizes(claims);
  const form = forms[claims.method] ?? exactFormula;
  const recipe = trueRecipe(rowConvention(claims), form, "w");
  const places = problems(claims, sizes).map((problem) => located(problem));
  const laid = (quantity: string): Layout => layout(claims, sizes, quantity);
  const routes = remembered((b) => routesOf(places[b], form));
  const candidates = once(() => {
    const solved = places.map((at, b): SolvedPoint => ({ at, jacobian: routes(b).jacobian() }));
    return solvedCandidates(claims, solved, recipe);
  });
  const joined = (quantity: string, own: (b: number) => Big[]): Big[] => {
    const items = places.map((_, b) => own(b));
    const of = laid(quantity);
    if (of.batchAxis < 0) return items[0].map((_, k) => total(items.map((item) => item[k])));
    return assembled(items, of);
  };
  const derived = (quantity: string, b: number, of: (name: keyof BigJacobian) => Big[]): Big[] => {
    const { kind, variable } = derivativeQuantity(quantity)!;
    const rows = of(variable);
    if (kind !== "gradient") return rows;
    const upstream = Array.from(places[b].problem.upstream!, (v) => big(v));
    return Array.from({ length: rows.length / 6 }, (_, c) =>
      dot(
        upstream,
        upstream.map((_, j) => rows[(j * rows.length) / 6 + c]),
      ),
    );
  };
  const firstOf = (quantity: string, b: number): Big[] => {
    const { data, first } = routes(b);
    const { y, derivative } = first();
    if (quantity === "pose") return y;
    if (quantity === "cost") return [reprojectionCost(data, rotation(y.slice(0, 3)), y.slice(3))];
    return derived(quantity, b, (name) => derivative()[name]);
  };
  /** The same of a run that lost bits. */
  const noisyOf = (quantity: string, b: number, { y, cost, rows }: NoisyRun): Float64Array => {
    if (quantity === "pose") return Float64Array.from(y);
    if (quantity === "cost") return Float64Array.of(cost);
    const { kind, variable } = derivativeQuantity(quantity)!;
    const own = rows[variable];
    if (kind !== "gradient") return own;
    const { upstream } = places[b].problem;
    return Float64Array.from({ length: own.length / 6 }, (_, c) =>
      upstream!.reduce((sum, v, j) => sum + v * own[(j * own.length) / 6 + c], 0),
    );
  };

  return {
    layout: laid,
    first: (quantity) => joined(quantity, (b) => firstOf(quantity, b)),
    second: (quantity) =>
      joined(quantity, (b) => {
        const { data, second, checked } = routes(b);
        const { y, derivative } = second();
        if (quantity === "pose") return y;
        if (quantity === "cost") return [secondCost(data, y)];
        checked();
        return derived(quantity, b, derivative());
      }),
    expected(quantities) {
      const noisy = places.map(({ problem, y }, b) => ({
        truth: (name: string) => Float64Array.from(firstOf(name, b), (v) => v.toNumber()),
        noise: noisyRuns(problem, y, form).map((run) => (name: string) => noisyOf(name, b, run)),
      }));
      return expectedErrors(noisy, quantities, laid);
    },
    mistakes: (quantities, slugs) =>
      solvedMistakes(
        { points: places, sizes, laid, recipe, candidates: candidates() },
        quantities,
        slugs,
      ),
    refusal: (quantity) => solvedRefusal(places, quantity),
  };
}

/** The routes to one problem's truth, each taken when it is asked for. */
function routesOf({ problem, y: start }: Located, form: Formula) {
  const data = lifted(problem, (v) => big(v));
  const inverse = once(() => inverseHessian(lifted(problem, double), start));
  const first = once(() => {
    const y = firstMinimum(data, start, inverse());
    return { y, derivative: once(() => firstDerivative(data, y, form)) };
  });
  return {
    data,
    first,
    second: once(() => {
      const y = secondMinimum(data, start, inverse());
      return { y, derivative: once(() => secondDerivative(data, y, form.mixed === "dropped")) };
    }),
    /** @throws DigitsError if the pose solved again is not where its derivative takes it. */
    checked: once(() => {
      const exact = firstDerivative(data, first().y, exactFormula);
      const gap = solvedAgainGap(data, start, inverse(), exact);
      if (gap <= solvedAgain) return;
      throw new DigitsError(
        `solvedCase: expected a pose that moves as its derivative says to ${solvedAgain}, got ${gap}`,
      );
    }),
    /** The first route's derivative in doubles. */
    jacobian: () => {
      const exact = first().derivative();
      const inDoubles = (values: readonly Big[]) => Float64Array.from(values, (v) => v.toNumber());
      return {
        x2d: inDoubles(exact.x2d),
        x3d: inDoubles(exact.x3d),
        K: inDoubles(exact.K),
        w2d: inDoubles(exact.w2d),
        covariance: inDoubles(exact.covariance),
      };
    },
  };
}

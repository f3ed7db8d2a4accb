/**
 * The second route to every quantity of a method that solves for nothing: what the audit holds its truth
 * against (*-again.ts), and 64-digit central differences where that looks along one direction only.
 */
import type { ExplicitMethod } from "../audit/explicit-method.js";
import { isGradient } from "../audit/explicit-method.js";
import type { MonteCarloData } from "../audit/monte-carlo.js";
import { monteCarloContract } from "../audit/monte-carlo.js";
import { monteCarloDifferences } from "../audit/monte-carlo-again.js";
import type { PosedReprojection } from "../audit/pose-cost.js";
import type { PosedProblem } from "../audit/posed-problem.js";
import { lifted } from "../audit/posed-problem.js";
import { liftedSamples, type SampledProblem } from "../audit/sampled-problem.js";
import { secondResiduals } from "../audit/second-projection.js";
import { movedRow } from "../definitions/pose-row.js";
import { type Big, big } from "../scalar/big.js";
import { norm } from "../scalar/matrix.js";

const exact = (v: number): Big => big(v);
/** h = 1e-20 leaves 40 digits: h² of truncation, and as much of 64 digits over h. */
const h = big("1e-20");
const twice = big("2e-20");

/** A quantity of one problem by the second route, in the order of the method's own values. */
export function secondValues<Recipe, Problem>(
  method: ExplicitMethod<Recipe, Problem>,
  name: string,
  problem: Problem,
  quantity: string,
  recipe: Recipe,
  length: number,
): Big[] {
  if (name === "epropnp-cost" && quantity === "jacobian")
    return costJacobian(lifted(problem as PosedProblem, exact));
  if (name === "epropnp-mc" && isGradient(quantity))
    return lossSlopes(liftedSamples(problem as SampledProblem, exact), quantity.slice(5) as By);
  // What is left of nothing when the second route is taken from it is that route, negated.
  const zeros = new Array<Big>(length).fill(big(0));
  return method
    .differences(problem, exact)(quantity, recipe, zeros)
    .map((v) => v.negated());
}

/** √ρ′ w ∘ ∂π/∂ξ, one coordinate of the tangent after the other; rows of clamped depths are zero. */
function costJacobian(data: PosedReprojection<Big>): Big[] {
  const { y, delta } = data;
  const base = secondResiduals(data, y);
  const roots = base.map(({ f }) => {
    const size = norm(f);
    return delta?.lessThan(size) ? delta.over(size).sqrt() : big(1);
  });
  const d = y.length === 4 ? 4 : 6;
  return Array.from({ length: d }, (_, p) => {
    const [up, down] = [h, h.negated()].map((step) => {
      const xi = Array.from({ length: d }, (_, q) => (p === q ? step : big(0)));
      return secondResiduals(data, movedRow(y, xi));
    });
    return up.flatMap(({ f }, i) =>
      f.map((v, k) =>
        base[i].clamped ? big(0) : v.minus(down[i].f[k]).over(twice).times(roots[i]),
      ),
    );
  }).flat();
}

type By = "x2d" | "x3d" | "w2d";

/** The slopes of the loss by one input, entry by entry. */
function lossSlopes(data: MonteCarloData<Big>, by: By): Big[] {
  const loss = (moved: MonteCarloData<Big>): Big =>
    monteCarloDifferences(moved)("loss", monteCarloContract, [big(0)])[0].negated();
  const moved = (i: number, k: number, step: Big): MonteCarloData<Big> => ({
    ...data,
    [by]: data[by].map((row, a) => row.map((v, b) => (a === i && b === k ? v.plus(step) : v))),
  });
  return data[by].flatMap((row, i) =>
    row.map((_, k) =>
      loss(moved(i, k, h))
        .minus(loss(moved(i, k, h.negated())))
        .over(twice),
    ),
  );
}

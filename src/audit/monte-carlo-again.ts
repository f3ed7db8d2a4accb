/**
 * Costs, weights, loss and slopes of samples by a second route: residuals of second-projection.ts, Huber
 * by the norm, evidence summed one sample after the other, and slopes as one directional derivative of
 * the loss on duals, where the first has them in closed form.
 */
import { huber } from "../definitions/huber.js";
import { stream } from "../random/stream.js";
import { dual } from "../scalar/dual.js";
import { dot, type Matrix, sum, type Vector } from "../scalar/matrix.js";
import { max, min, type Real } from "../scalar/real.js";
import { type Differences, isGradient } from "./explicit-method.js";
import type { MonteCarloData, MonteCarloRecipe } from "./monte-carlo.js";
import { secondResiduals } from "./second-projection.js";

/** What the two routes to the true recipe's quantities disagree by. */
export function monteCarloDifferences<S extends Real<S>>(
  data: MonteCarloData<S>,
): Differences<MonteCarloRecipe, S> {
  const again = quantities(data);
  return (quantity, { weightVariable }, values) => {
    if (isGradient(quantity)) {
      const by = quantity.slice(5) as "x3d" | "x2d" | "w2d";
      return [directionalDifference(data, by, values, by === "w2d" && weightVariable === "w2")];
    }
    return again(quantity).map((v, k) => values[k].minus(v));
  };
}

/** The quantities that are no slopes. */
function quantities<S extends Real<S>>(
  data: MonteCarloData<S>,
): (quantity: string) => readonly S[] {
  const costOf = (y: Vector<S>): S => {
    const { delta } = data;
    const terms = secondResiduals(data, y).map(({ f }) => {
      const s = dot(f, f);
      // The norm has no slope where a residual is zero; there the kernel is plain squares.
      return delta?.times(delta).lessThan(s) ? huber(s.sqrt(), delta) : s.over(2);
    });
    return sum(terms, y[0]);
  };
  const target = costOf(data.target);
  const costs = data.samples.map(costOf);
  const logWeights = costs.map((c, s) => c.plus(data.logProposal[s]).negated());
  return (quantity) => {
    if (quantity === "cost_target") return [target];
    if (quantity === "cost_samples") return costs;
    return quantity === "log_weights" ? logWeights : [target.plus(logWeights.reduce(logAdd))];
  };
}

/** log (eᵃ + eᵇ). */
function logAdd<S extends Real<S>>(a: S, b: S): S {
  const [less, more] = [min(a, b), max(b, a)];
  return more.plus(less.minus(more).exp().plus(1).log());
}

/** ⟨slopes, u⟩ less the derivative of the loss along u, for signs u drawn at random. */
function directionalDifference<S extends Real<S>>(
  data: MonteCarloData<S>,
  by: "x3d" | "x2d" | "w2d",
  slopes: readonly S[],
  bySquare: boolean,
): S {
  const source = stream("audit/monte-carlo").child(by);
  // With ω = w² as the variable, w moves by 1/2w; where w is zero no first-order move shows it.
  const step = (w: S) => (bySquare ? (w.atMost(0) ? w.of(0) : w.of(1).over(w.times(2))) : w.of(1));
  const moves = data[by].map((row) =>
    row.map((v) => step(v).times(source.uniform() < 0.5 ? -1 : 1)),
  );
  const still = (rows: Matrix<S>) => rows.map((row) => row.map((v) => dual(v)));
  const lifted = {
    ...{ x2d: still(data.x2d), x3d: still(data.x3d), w2d: still(data.w2d), K: still(data.K) },
    ...{ zMin: dual(data.zMin), delta: data.delta && dual(data.delta) },
    ...{ target: data.target.map((v) => dual(v)), samples: still(data.samples) },
    logProposal: data.logProposal.map((v) => dual(v)),
  };
  const moving = data[by].map((row, i) => row.map((v, k) => dual(v, moves[i][k])));
  const [loss] = quantities({ ...lifted, [by]: moving })("loss");
  const signs = moves.flat();
  const along = slopes.map((v, k) => {
    if (!bySquare) return v.times(signs[k]);
    const w = data.w2d.flat()[k];
    return v.times(signs[k]).times(w.times(2));
  });
  return sum(along, loss.b).minus(loss.b);
}

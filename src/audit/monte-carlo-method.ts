/** Method epropnp-mc: the Monte Carlo pose loss of given samples, and its slopes. */
import { double } from "../scalar/double.js";
import type { Real } from "../scalar/real.js";
import type { ExplicitMethod, Lift } from "./explicit-method.js";
import { isGradient } from "./explicit-method.js";
import { type MonteCarloRecipe, monteCarloContract, monteCarloValues } from "./monte-carlo.js";
import { monteCarloDifferences } from "./monte-carlo-again.js";
import { monteCarloBank } from "./monte-carlo-bank.js";
import { depthOnSeam, sight } from "./posed-problem.js";
import { liftedSamples, type SampledProblem, sampledProblems } from "./sampled-problem.js";

export const monteCarloMethod: ExplicitMethod<MonteCarloRecipe, SampledProblem> = {
  forward: "Target, samples and densities are taken as given.",
  recipe: ({ convention }) => ({
    ...monteCarloContract,
    weightVariable: convention.weights ?? "w",
  }),
  problems: sampledProblems,
  inputs: ({ arrays, y, samples, logProposal }) => [
    ...Object.values(arrays),
    ...[y, ...samples, logProposal],
  ],
  sight,
  // A pair of a sample and a point takes some hundred operations, and there are thousands of them.
  truthScalar: () => "double-double",
  values,
  differences: (problem, lift) => monteCarloDifferences(liftedSamples(problem, lift)),
  seam,
  blocks: (quantity, _, length) =>
    // Costs of samples differ by orders of magnitude, and each is a number of its own.
    quantity === "cost_samples" || quantity === "log_weights"
      ? Array.from({ length }, (_, s) => [s, s + 1] as const)
      : [[0, length]],
  objective: (problem, lift) => values(problem, lift)("loss", monteCarloContract)[0],
  bank: monteCarloBank,
};

function values<S extends Real<S>>(problem: SampledProblem, lift: Lift<S>) {
  const logWeights = problem.batch.map((other) => {
    let formula: ReturnType<typeof monteCarloValues<S>> | null = null;
    return (recipe: MonteCarloRecipe) => {
      formula ??= monteCarloValues(liftedSamples(other, lift), () => []);
      return formula("log_weights", recipe);
    };
  });
  return monteCarloValues(liftedSamples(problem, lift), (recipe) =>
    logWeights.map((of) => of(recipe)),
  );
}

/**
 * Slopes jump where a depth is z_min, at the target or at a sample that counts. The Huber cost has a
 * continuous slope at its threshold, so that no slope jumps there.
 */
function seam(
  problem: SampledProblem,
  quantity: string,
  recipe: MonteCarloRecipe,
  u: number,
): string | null {
  if (!isGradient(quantity)) return null;
  const logWeights = values(problem, double)("log_weights", recipe).map((v) => v.toNumber());
  const top = Math.max(...logWeights);
  const counts = problem.samples.filter((_, s) => Math.exp(logWeights[s] - top) > u);
  const { arrays, zMin, y } = problem;
  return [y, ...counts].some((row) => depthOnSeam(arrays, row, zMin, u))
    ? "A depth lies on z_min at the target or at a sample that counts: there the clamped cost has a kink."
    : null;
}

/** From a claims file to what its derivative claims are judged on. */
import type { CheckedClaims } from "./auditor.js";
import { rowBlocks } from "./blocks.js";
import { Candidates } from "./candidates.js";
import type { Located } from "./forward.js";
import type { Case } from "./judge.js";
import { isShared } from "./methods.js";
import { problems, rowConvention } from "./problem.js";
import { derivativeQuantity, trueRecipe } from "./recipe.js";
import { exactFormula, type Formula } from "./solved-form.js";
import { SolvedProblems } from "./solved-problems.js";
import { Budgets } from "./spread.js";
import type { Truths } from "./truths.js";

/** The gradient contract of each method. */
const forms: Record<string, Formula> = {
  bpnp: exactFormula,
  "bpnp-faster": { ...exactFormula, hessian: "gauss-newton", mixed: "dropped" },
};

/** Locates every problem of a file, and prepares a case for each derivative it claims. */
export async function derivativeCases(
  { claims, sizes, shapes, answers }: CheckedClaims,
  truths: Truths,
  step: () => Promise<void>,
): Promise<{ located: Located[]; cases: Case[] }> {
  const quantities = [...shapes.keys()].flatMap((name) => derivativeQuantity(name) ?? []);
  const form = forms[claims.method] ?? exactFormula;
  const recipe = trueRecipe(rowConvention(claims), form, claims.convention.weights ?? "w");
  const variables = new Set(quantities.map(({ variable }) => variable));
  const known = new SolvedProblems(truths, recipe, variables);
  const { located, solved, truthErrors } = known;
  for (const problem of problems(claims, sizes)) {
    await step();
    known.add(problem);
  }
  if (quantities.length === 0) return { located, cases: [] };
  const shared = new Set(["x3d", "K", "w2d"].filter((input) => isShared(claims, input)));
  const mean = claims.convention.reduction === "mean";
  const candidates = new Candidates(solved, shared, mean, recipe);
  const measured = quantities.map((quantity) => {
    const items = candidates.count(quantity);
    const length = items > 0 ? claims.claim[quantity.name].data.length / items : 0;
    return { quantity, blocks: rowBlocks(length, quantity.kind !== "gradient") };
  });
  const budgets = new Budgets(candidates, claims.dtype, measured);
  const cases = measured.map(({ quantity, blocks }) => ({
    claims,
    quantity,
    expected: shapes.get(quantity.name)!,
    blocks,
    located,
    truthErrors,
    sharpen: (b: number) => known.sharpen(b),
    candidates,
    budgets,
    recipe,
    answers,
  }));
  return { located, cases };
}

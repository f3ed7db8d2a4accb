/** From a claims file to what its derivative claims are judged on. */
import type { CheckedClaims } from "./auditor.js";
import { Candidates, type Solved } from "./candidates.js";
import type { Located } from "./forward.js";
import { flatJacobian, type Jacobian } from "./jacobian.js";
import type { Case } from "./judge.js";
import { isShared } from "./methods.js";
import { type AuditProblem, problems, rowConvention } from "./problem.js";
import { derivativeQuantity, type Recipe, trueRecipe } from "./recipe.js";
import { exactFormula, type Formula } from "./solved-form.js";
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
  const located: Located[] = [];
  const solved: Solved[] = [];
  const truthErrors: number[] = [];
  for (const problem of problems(claims, sizes)) {
    await step();
    const at = truths.located(problem);
    located.push(at);
    if (quantities.length === 0) continue;
    const sound = at.point.converged && at.status !== "rank-deficient";
    truthErrors.push(sound ? truths.error(at) : Number.POSITIVE_INFINITY);
    solved.push({
      problem,
      poses: { exact: at.y, given: problem.pose ?? at.y, other: at.other },
      truth: sound ? certified(truths, at, recipe, problem) : null,
    });
  }
  if (quantities.length === 0) return { located, cases: [] };
  const shared = new Set(["x3d", "K", "w2d"].filter((input) => isShared(claims, input)));
  const mean = claims.convention.reduction === "mean";
  const candidates = new Candidates(solved, shared, mean, recipe);
  const budgets = new Budgets(candidates, claims.dtype);
  const cases = quantities.map((quantity) => ({
    claims,
    quantity,
    expected: shapes.get(quantity.name)!,
    located,
    truthErrors,
    candidates,
    budgets,
    recipe,
    answers,
  }));
  return { located, cases };
}

/** The Jacobian of the true recipe, rounded once from 64 digits. */
function certified(truths: Truths, at: Located, recipe: Recipe, problem: AuditProblem): Jacobian {
  const own = flatJacobian(truths.derivative(at, recipe.form));
  if (recipe.weightVariable === "w") return own;
  // By ω = w² the same cost reads √ω r; its derivative exists where w is zero, too.
  const squared = { ...at, problem: { ...problem, w2d: problem.w2d.map((w) => w * w) } };
  const byOmega = truths.derivative(squared, { ...recipe.form, weights: "sqrt" });
  return { ...own, w2d: flatJacobian(byOmega).w2d };
}

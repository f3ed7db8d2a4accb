/** The verdicts on the quantities that a file of an explicit method claims. */
import type { Claims } from "../formats/claims.js";
import { unitRoundoff } from "../scalar/rounding.js";
import type { CheckedClaims } from "./auditor.js";
import { arrangements, rearranged } from "./axes.js";
import { greatest } from "./blocks.js";
import { correctWithin } from "./budget.js";
import { claimReport, type Decision, type Evidence, type JudgedClaim } from "./claim-report.js";
import { inAgreement, sharedExplanations } from "./concerted.js";
import { type Candidates, candidates, type ExplicitReading } from "./explicit-candidates.js";
import { type ExplicitMethod, isGradient } from "./explicit-method.js";
import { type Batch, explicitItems, type Items } from "./explicit-truth.js";
import { honestWays } from "./honest-ways.js";
import { withoutLooking } from "./judge.js";
import { batchAxis, type Sizes } from "./methods.js";
import { type Answers, beyondChance, claimChance, withinChance } from "./over-seeds.js";
import { explainedBy } from "./solution.js";
import type { Attempt } from "./solution-bank.js";
import type { Digits } from "./truths.js";
import { deviation, yardstick } from "./yardstick.js";

/** One claimed quantity of one file. */
export interface ExplicitCase<Recipe, Problem> {
  readonly method: ExplicitMethod<Recipe, Problem>;
  readonly claims: Claims;
  readonly sizes: Sizes;
  readonly problems: readonly Problem[];
  readonly recipe: Recipe;
  readonly batch: Batch;
  readonly quantity: string;
  /** The shape it should have, and which of its axes counts problems; −1 for none. */
  readonly expected: readonly number[];
  readonly batchAxis: number;
  /** What each seed gave, where the claim is a mean over seeds. */
  readonly answers?: Answers;
}

/** The reports on all quantities that a file claims. */
export async function explicitReports<Recipe, Problem>(
  method: ExplicitMethod<Recipe, Problem>,
  { claims, sizes, shapes, answers }: CheckedClaims,
  step: () => Promise<void>,
  digits: Digits,
): Promise<JudgedClaim[]> {
  const recipe = method.recipe(claims);
  const problems = method.problems(claims, sizes);
  const batch: Batch = {
    mean: claims.convention.reduction === "mean",
    isSummed: (quantity) => batchAxis(claims, quantity) < 0,
  };
  const quantities = [...shapes.keys()];
  const { dtype } = claims;
  const within = { batch, dtype, digits };
  const items = await explicitItems(method, problems, recipe, quantities, within, step);
  const others = candidates(method, problems, sizes, batch, dtype);
  const cases = [...shapes].map(([quantity, expected]) => {
    const axis = batchAxis(claims, quantity);
    const given = { method, claims, sizes, problems, recipe, batch, quantity, expected, answers };
    return { ...given, batchAxis: axis };
  });
  const reported = (given: (typeof cases)[0], name?: string) =>
    quantityReport(given, items.get(given.quantity)!, others, name);
  const first = cases.map((given) => reported(given));
  const alike = sharedExplanations(first, (i, name) => {
    const again = reported(cases[i], name);
    return again.explanation === name ? again : null;
  });
  return inAgreement(alike, method.shared ?? []);
}

function quantityReport<Recipe, Problem>(
  given: ExplicitCase<Recipe, Problem>,
  { truth, gaps, noise }: Items,
  others: Candidates<Recipe>,
  /** The one name to try, where others are known to fit. */
  name?: string,
): JudgedClaim {
  const { method, claims, problems, recipe, batch, quantity } = given;
  const { dtype } = claims;
  const readings = readingsOf(given, claims.claim[quantity].data);
  const claim = readings[0].items;
  const length = claim[0]?.length ?? 0;
  const blocks = method.blocks?.(quantity, recipe, length) ?? [[0, length] as const];
  const ways = honestWays(method, quantity, recipe).length;
  const usual = truth.map((array, i) =>
    yardstick(array, noise[i], blocks, dtype, isGradient(quantity), ways),
  );
  const seen = given.answers?.of.get(quantity)?.map((data) => readingsOf(given, data)[0].items);
  const least = method.least?.(quantity) ?? 0;
  const scales = usual.map((stick) => stick.scales.map((scale) => Math.max(scale, least)));
  const truthErrors = gaps.map((gap, i) =>
    Math.max(Number.EPSILON / 2, gap / Math.min(...scales[i])),
  );
  const estimated = method.estimated?.(quantity) ?? false;
  const chance = seen && claimChance(seen, blocks, scales, estimated ? leaningOf(given) : null);
  const sticks = usual.map((stick, i) => ({
    scales: scales[i],
    budget: stick.budget + (chance?.allowed[i] ?? 0) + (estimated ? truthErrors[i] : 0),
  }));
  const budget = sticks.map((stick) => stick.budget);
  // What is in the budget already need only leave room for the rest of it.
  const sharper = estimated ? 2 : 10;
  const seams = problems.flatMap(
    (problem) => method.seam?.(problem, quantity, recipe, unitRoundoff[dtype]) ?? null,
  );
  const summed = batch.isSummed(quantity);
  const evidence: Evidence = {
    quantity,
    declared: claims.expect[quantity],
    located: problems.map(
      (problem) => method.sight?.(problem) ?? { depthRatio: Number.NaN, rms: Number.NaN },
    ),
    summed,
    claim,
    truth,
    errors: claim.map((array, i) => deviation(array, truth[i], blocks, sticks[i].scales)),
    budget,
    truthErrors,
    kept: truth.flatMap((_, i) => {
      const sound = summed ? seams.every((seam) => seam === null) : seams[i] === null;
      return sound && truthErrors[i] < budget[i] / sharper ? [i] : [];
    }),
    chance,
  };
  const view = { readings, blocks, truth, sticks };
  const decision =
    undefinedClaim(given, evidence) ??
    (estimated ? unseeded(evidence) : null) ??
    early(evidence, claims.claim[quantity].data, seams) ??
    plain(given, evidence, readings[0].axes === null) ??
    explained(evidence, named(others.attempts(quantity, recipe, view), name));
  return claimReport(evidence, withAside(decision, evidence));
}

/** The attempts of one name, or all of them. */
function* named(attempts: Iterable<Attempt>, name?: string): Generator<Attempt> {
  for (const attempt of attempts) if (name === undefined || attempt.slug === name) yield attempt;
}

/**
 * The simplest explanation that fits; of a mean over seeds the single one that fits best, since several may: two at
 * a time would fit by chance.
 */
function explained(evidence: Evidence, attempts: Iterable<Attempt>): Decision {
  const { chance, kept, errors } = evidence;
  if (!chance || kept.every((i) => chance.allowed[i] === 0)) return explainedBy(evidence, attempts);
  let best: { kind: string; decision: Decision; worst: number } | null = null;
  for (const attempt of attempts) {
    if (attempt.slug.includes("+")) continue;
    if (best && best.kind !== attempt.kind) break;
    const decision = explainedBy(evidence, [attempt]);
    const fits = decision.explanation?.errors;
    // What fits no better than the truth does explains nothing.
    if (!fits?.every((error, k) => error <= errors[kept[k]] / 2)) continue;
    const worst = Math.max(...fits);
    if (!best || worst < best.worst) best = { kind: attempt.kind, decision, worst };
  }
  return best?.decision ?? explainedBy(evidence, []);
}

/** Every way to read the claimed array: its items, problem by problem, in the formula's own order. */
function readingsOf<Recipe, Problem>(
  { method, claims, problems, quantity, expected, batchAxis: axis }: ExplicitCase<Recipe, Problem>,
  data: Float64Array,
): ExplicitReading[] {
  const { shape } = claims.claim[quantity];
  const plain = expected.map((_, k) => k);
  const fits = expected.every((n, k) => n === shape[k]);
  const count = axis < 0 ? 1 : problems.length;
  const reading = (axes: readonly number[]): ExplicitReading => {
    const batchFirst = axis < 0 ? plain : [axis, ...plain.filter((k) => k !== axis)];
    const from = batchFirst.map((k) => axes[k]);
    const moved = from.every((k, to) => k === to);
    const whole = moved ? data : rearranged(data, shape, from);
    const length = count > 0 ? whole.length / count : 0;
    return {
      axes: axes === plain ? null : axes,
      items: Array.from({ length: count }, (_, i) => {
        const item = whole.subarray(i * length, (i + 1) * length);
        return method.read?.(quantity, item, axis < 0 ? null : problems[i]) ?? item;
      }),
    };
  };
  return [...(fits ? [reading(plain)] : []), ...arrangements(expected, shape).map(reading)];
}

/** By how much each item of an estimated quantity may lean to one side, as a norm. */
function leaningOf<Recipe, Problem>({
  method,
  batch,
  quantity,
  problems,
}: ExplicitCase<Recipe, Problem>): number[] {
  const share = batch.mean && isGradient(quantity) ? 1 / problems.length : 1;
  const own = problems.map((problem) => share * (method.leaning?.(problem, quantity) ?? 0));
  return batch.isSummed(quantity) ? [own.reduce((a, b) => a + b, 0)] : own;
}

/** A claim that only a mean over seeds could be judged by, and that is none. */
function unseeded({ chance, claim }: Evidence): Decision | null {
  if (claim.length === 0 || !claim.every((item) => item.every(Number.isFinite))) return null;
  if (!chance)
    return {
      verdict: "inconclusive",
      sentence:
        "One seed says nothing of how far chance moves this: ask with several, and keep all answers.",
    };
  if (chance.allowed.some((allowed) => allowed > 0)) return null;
  return {
    verdict: "inconclusive",
    sentence: `${chance.seeds} seeds gave the same numbers: samples have to be drawn by the seed of the request.`,
  };
}

/** A claim that is right wherever it is finite, and has a known reason where it is not. */
function undefinedClaim<Recipe, Problem>(
  { method, claims, problems, quantity, batch }: ExplicitCase<Recipe, Problem>,
  { claim, errors, budget }: Evidence,
): Decision | null {
  const finite = claim.map((item) => item.every(Number.isFinite));
  if (batch.isSummed(quantity) || finite.every(Boolean)) return null;
  const u = unitRoundoff[claims.dtype];
  const reasons = claim.map((_, i) =>
    finite[i] ? null : (method.undefinedBy?.(problems[i], quantity, u) ?? null),
  );
  const known = reasons.every((reason, i) =>
    finite[i] ? errors[i] <= budget[i] : reason !== null,
  );
  const reason = reasons.find((one) => one !== null);
  if (!known || !reason) return null;
  const where = finite.flatMap((whole, i) => (whole ? [] : [i])).join(", ");
  const { slug, sentence, remedy } = reason;
  return {
    verdict: "wrong",
    sentence: `In problems ${where} ${sentence}. To mend it: ${remedy}.`,
    explanation: { slug, errors: [], arrays: [] },
  };
}

/** Verdicts that need no comparison. */
function early(
  evidence: Evidence,
  data: Float64Array,
  seams: readonly (string | null)[],
): Decision | null {
  const seam = seams.find((sentence) => sentence !== null);
  if (evidence.kept.length === 0 && seam && data.every(Number.isFinite))
    return { verdict: "ill-posed", sentence: seam };
  return withoutLooking(evidence, data);
}

/** Correct or rounding, if the claim is within budget as it came. */
function plain<Recipe, Problem>(
  { claims, quantity }: ExplicitCase<Recipe, Problem>,
  { errors, budget, kept, chance }: Evidence,
  asItCame: boolean,
): Decision | null {
  const { dtype } = claims;
  if (!asItCame || !kept.every((i) => errors[i] <= budget[i])) return null;
  const byChance = withinChance(chance, kept);
  if (byChance) return byChance;
  if (kept.every((i) => errors[i] <= correctWithin(dtype)))
    return { verdict: "correct", sentence: "" };
  const most = greatest(kept.map((i) => budget[i]));
  return isGradient(quantity) && quantity !== "grad_w2d" && most > meaningless
    ? {
        verdict: "ill-posed",
        sentence: `Rounding in ${dtype} alone may move this by ${(100 * most).toPrecision(2)} %.`,
      }
    : {
        verdict: "rounding",
        sentence: `Rounding in ${dtype} and the problem's conditioning explain the difference.`,
      };
}

/**
 * A budget of a gradient above this says nothing about any digit. Gradients by weights vanish with the residuals
 * that are left, and are then nothing but rounding: they exist all the same.
 */
const meaningless = 0.1;

/** The decision, with how many problems it leaves out. */
function withAside(decision: Decision, { kept, errors, chance }: Evidence): Decision {
  const outside = decision.verdict === "wrong" ? beyondChance(chance, kept) : "";
  const out = errors.length - kept.length;
  const aside =
    out === 0 || kept.length === 0
      ? ""
      : ` ${out} of ${errors.length} are ill-posed and were left out.`;
  return { ...decision, sentence: `${decision.sentence}${outside}${aside}`.trim() };
}

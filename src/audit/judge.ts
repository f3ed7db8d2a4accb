/** The verdicts on the derivatives that one file claims. */
import type { Claims } from "../formats/claims.js";
import { arrangements, rearranged } from "./axes.js";
import { type Blocks, distance, greatest, relativeError } from "./blocks.js";
import { correctWithin } from "./budget.js";
import { type Candidates, isSummed } from "./candidates.js";
import { claimReport, type Decision, type Evidence, type JudgedClaim } from "./claim-report.js";
import { type Diagnosis, diagnosis, type Reading } from "./diagnosis.js";
import { isSmooth, type Located, unconvergedBeyond } from "./forward.js";
import { type Answers, beyondChance, claimChance, withinChance } from "./over-seeds.js";
import type { DerivativeQuantity, Recipe } from "./recipe.js";
import type { Budgets } from "./spread.js";

/** Everything a verdict rests on. */
export interface Case {
  readonly claims: Claims;
  readonly quantity: DerivativeQuantity;
  readonly expected: readonly number[];
  readonly blocks: Blocks;
  readonly located: readonly Located[];
  /** Disagreement of the truth's two routes, per problem. */
  readonly truthErrors: readonly number[];
  /** Takes the truth of one problem at 64 digits, in place; false if it is so already. */
  readonly sharpen: (problem: number) => boolean;
  readonly candidates: Candidates;
  readonly budgets: Budgets;
  readonly recipe: Recipe;
  /** What each seed gave, where the claim is a mean over seeds. */
  readonly answers?: Answers;
}

/** A budget above this says nothing about any digit: the problem is ill-posed in this precision. */
const meaningless = 0.1;

/**
 * The reports on all derivatives of one file. Where a quantity cannot tell two explanations apart
 * (J_x2d does not see dropped mixed terms), the one that other quantities need is named.
 */
export function judgements(cases: readonly Case[]): JudgedClaim[] {
  const first = cases.map((given) => judged(given, new Set()));
  const needed = first.flatMap(({ report, tied }) => (tied ? [] : (report.explanation ?? [])));
  return first.map(({ report, tied }, i) =>
    tied ? judged(cases[i], new Set(needed)).report : report,
  );
}

function judged(
  given: Case,
  preferred: ReadonlySet<string>,
): { report: JudgedClaim; tied: boolean } {
  const view = measured(given);
  const decision = decided(given, view, preferred);
  return { report: claimReport(view.evidence, decision), tied: decision.tied ?? false };
}

interface View {
  readonly evidence: Evidence;
  readonly readings: readonly Reading[];
  readonly blocks: Blocks;
  readonly scales: readonly (readonly number[])[];
  /** True if the claim's shape is the expected one. */
  readonly plain: boolean;
}

/** The claim beside the truth, item by item: at 64 digits where 31 leave open what the verdict is. */
function measured(given: Case): View {
  const view = compared(given);
  const { summed, errors } = view.evidence;
  const open = errors.flatMap((_, i) => (isOpen(given, view, i) ? [i] : []));
  const problems = summed && open.length > 0 ? [...given.located.keys()] : open;
  const sharpened = problems.filter((b) => given.sharpen(b));
  return sharpened.length > 0 ? compared(given) : view;
}

/** Whether an item's verdict could be another one within the error bar of its truth. */
function isOpen({ claims, located }: Case, { evidence }: View, i: number): boolean {
  const { summed, errors, budget, truth, truthErrors } = evidence;
  // Where derivatives do not exist, and for claims of no number, no digits decide anything.
  if (!truth[i] || Number.isNaN(errors[i]) || !(summed ? located : [located[i]]).every(isSmooth))
    return false;
  const near = (threshold: number) => Math.abs(errors[i] - threshold) <= truthErrors[i];
  return (
    !isSharp(truthErrors[i], budget[i]) || near(budget[i]) || near(correctWithin(claims.dtype))
  );
}

/** A truth that is to be judged by has to be this much sharper than what is allowed. */
const isSharp = (truthError: number, budget: number): boolean => truthError < budget / 10;

function compared(given: Case): View {
  const { claims, quantity, expected, located, candidates, recipe } = given;
  const claim = claims.claim[quantity.name];
  const count = candidates.count(quantity);
  const plain = expected.every((n, k) => n === claim.shape[k]);
  const readings: Reading[] = [
    ...(plain ? [{ axes: null, items: items(claim.data, count) }] : []),
    ...arrangements(expected, claim.shape).map((axes) => ({
      axes,
      items: items(rearranged(claim.data, claim.shape, axes), count),
    })),
  ];
  const { blocks } = given;
  const truth = Array.from({ length: count }, (_, i) => candidates.item(quantity, recipe, i));
  const summed = isSummed(quantity, candidates.shared);
  const { relative, scales } = given.budgets.of(quantity, recipe);
  const chance = chanceOf(given, readings[0], blocks, truth, scales);
  const budget = relative.map(
    (own, i) => own + poseEffect(given, i, blocks, scales[i]) + (chance?.allowed[i] ?? 0),
  );
  const errors = readings[0].items.map((item, i) => {
    const array = truth[i];
    return array ? relativeError(item, array, blocks, scales[i]) : Number.NaN;
  });
  const worstTruth = greatest([0, ...given.truthErrors]);
  const truthErrors = errors.map((_, i) => (summed ? worstTruth : given.truthErrors[i]));
  const kept = errors.flatMap((_, i) => {
    const sound = summed ? located.every(isSmooth) : isSmooth(located[i]);
    return sound && truth[i] && isSharp(truthErrors[i], budget[i]) ? [i] : [];
  });
  return {
    evidence: {
      quantity: quantity.name,
      declared: claims.expect[quantity.name],
      located,
      summed,
      claim: readings[0].items,
      truth,
      errors,
      budget,
      truthErrors,
      kept,
      chance,
    },
    readings,
    blocks,
    scales,
    plain,
  };
}

const titles = {
  convention: "correct-under-convention",
  approximation: "approximation",
  wrong: "wrong",
} as const;

function decided(
  given: Case,
  view: View,
  preferred: ReadonlySet<string>,
): Decision & { tied?: boolean } {
  const { claims } = given;
  const early = withoutLooking(
    view.evidence,
    claims.claim[given.quantity.name].data,
    given.located,
  );
  if (early) return early;
  const { errors, budget, kept, chance } = view.evidence;
  const out = errors.length - kept.length;
  const aside = out > 0 ? ` ${out} of ${errors.length} are ill-posed and were left out.` : "";
  const within = view.plain && kept.every((i) => errors[i] <= budget[i]);
  const byChance = within && withinChance(chance, kept);
  if (byChance) return { ...byChance, sentence: byChance.sentence + aside };
  if (within && kept.every((i) => errors[i] <= correctWithin(claims.dtype)))
    return { verdict: "correct", sentence: aside.trim() };
  if (within && kept.some((i) => budget[i] > meaningless) && given.quantity.variable !== "w2d")
    return {
      verdict: "ill-posed",
      sentence: `Rounding alone may move this by ${percent(greatest(kept.map((i) => budget[i])))}.${aside}`,
    };
  if (within)
    return {
      verdict: "rounding",
      sentence: `Rounding in ${claims.dtype} and the problem's conditioning explain the difference.${aside}`,
    };
  const found = explained(given, view, preferred);
  const outside = beyondChance(chance, kept) + aside;
  if (!found) return { verdict: "wrong", sentence: `No explanation in the bank fits.${outside}` };
  const { kind, sentence, tied } = found;
  const after = kind === "wrong" ? outside : aside;
  return { verdict: titles[kind], sentence: sentence + after, explanation: found, tied };
}

/** Verdicts that need no comparison. */
export function withoutLooking(
  evidence: Evidence,
  data: Float64Array,
  located: readonly Located[] = [],
): Decision | null {
  if (!data.every(Number.isFinite))
    return {
      verdict: "wrong",
      sentence: "The claim holds NaN or infinite numbers.",
      explanation: { slug: "non-finite", errors: [], arrays: [] },
    };
  if (evidence.errors.length === 0)
    return { verdict: "inconclusive", sentence: "There are no problems to judge." };
  if (evidence.kept.length > 0) return null;
  const bad = located.find((l) => !isSmooth(l));
  if (!bad)
    return {
      verdict: "inconclusive",
      sentence: "The two routes to the truth do not agree well enough to judge by.",
    };
  return { verdict: "ill-posed", sentence: illPosed(bad) };
}

function explained(given: Case, view: View, preferred: ReadonlySet<string>): Diagnosis | null {
  const { quantity, located, candidates, recipe } = given;
  const { kept } = view.evidence;
  const pick = <T>(list: readonly T[]): T[] => kept.map((i) => list[i]);
  return diagnosis(
    {
      quantity,
      truth: recipe,
      readings: view.readings.map(({ axes, items: all }) => ({ axes, items: pick(all) })),
      blocks: view.blocks,
      scales: pick(view.scales),
      batch: quantity.kind === "gradient" ? located.length : 0,
      candidate: (other, i) => candidates.item(quantity, other, kept[i]),
      budget: (other, i) =>
        given.budgets.at(quantity, other, kept[i]) + (view.evidence.chance?.allowed[kept[i]] ?? 0),
      least: correctWithin(given.claims.dtype),
      posesAgree: located.every(({ distance }) => distance <= unconvergedBeyond),
    },
    preferred,
  );
}

/** How far chance may have carried a mean over seeds, read as the claim is. */
function chanceOf(
  { answers, quantity, claims }: Case,
  { axes, items: claimed }: Reading,
  blocks: Blocks,
  truth: readonly (Float64Array | null)[],
  scales: readonly (readonly number[])[],
) {
  const { shape } = claims.claim[quantity.name];
  const seen = answers?.of
    .get(quantity.name)
    ?.map((data) => items(axes ? rearranged(data, shape, axes) : data, claimed.length));
  // A block is measured by its norm, as relativeError does.
  const sizes = scales.map((own, i) =>
    blocks.map((block, k) => (truth[i] && distance(truth[i], null, block)) || own[k]),
  );
  return seen && claimChance(seen, blocks, sizes);
}

/** What the distance between the given pose and the exact one does to a quantity, relative. */
function poseEffect(given: Case, i: number, blocks: Blocks, scales: readonly number[]): number {
  const { quantity, candidates, recipe, located } = given;
  const far = located.some(({ distance }) => distance > unconvergedBeyond);
  const still = candidates.solved.every(({ poses }) => poses.given === poses.exact);
  if (far || still) return 0;
  const exact = candidates.item(quantity, recipe, i);
  const there = candidates.item(quantity, { ...recipe, pose: "given" }, i);
  return exact && there ? 2 * relativeError(there, exact, blocks, scales) : 0;
}

function items(data: Float64Array, count: number): Float64Array[] {
  const length = count > 0 ? data.length / count : 0;
  return Array.from({ length: count }, (_, i) => data.subarray(i * length, (i + 1) * length));
}

const percent = (x: number): string =>
  Number.isFinite(x) ? `${(100 * x).toPrecision(2)} %` : "any amount";

function illPosed({ status }: Located): string {
  if (status === "rank-deficient")
    return "The Hessian has lost rank: some motion of the pose changes nothing, so the derivative does not exist.";
  if (status === "kink")
    return "A residual lies on the Huber threshold, where second derivatives jump.";
  if (status === "indefinite")
    return "The pose is a saddle or a maximum of the cost, not a minimum.";
  return "No stationary point was reached from the pose.";
}

/** The verdicts on claimed solutions: poses and costs of method pnp. */
import type { Claims } from "../formats/claims.js";
import type { Dtype } from "../scalar/rounding.js";
import type { CheckedClaims } from "./auditor.js";
import { arrangements, rearranged } from "./axes.js";
import { greatest } from "./blocks.js";
import { correctWithin, margin } from "./budget.js";
import { claimReport, type Decision, type Evidence, type JudgedClaim } from "./claim-report.js";
import { transposed } from "./diagnosis.js";
import { isSound, type Located, packed, poseDistance, unconvergedBeyond } from "./forward.js";
import { withoutLooking } from "./judge.js";
import { beyondChance, type Chance, claimChance, withinChance } from "./over-seeds.js";
import { axisAngle, slicePose, unpacked } from "./problem.js";
import {
  type Attempt,
  type Comparison,
  costExplanations,
  poseExplanations,
} from "./solution-bank.js";
import { type NoisySolution, noisySolutions } from "./solution-noise.js";

/** The reports on `pose` and `cost`, of those that a file claims. */
export function solutionReports(
  { claims, sizes: { B }, shapes, answers }: CheckedClaims,
  located: readonly Located[],
): JudgedClaim[] {
  const claimed = ["pose", "cost"].filter((quantity) => shapes.has(quantity));
  if (claimed.length === 0) return [];
  const noise = located.map((at) => (isSound(at) ? noisySolutions(at, claims.dtype) : []));
  return claimed.map((quantity) => {
    const { shape, data: claimed } = claims.claim[quantity];
    const expected = shapes.get(quantity)!;
    const turned = expected.some((n, k) => n !== shape[k]);
    const rows = (given: Float64Array): Float64Array[] => {
      const data = turned ? rearranged(given, shape, arrangements(expected, shape)[0]) : given;
      return Array.from({ length: B }, (_, b) =>
        data.subarray((b * data.length) / B, ((b + 1) * data.length) / B),
      );
    };
    const seen = answers?.of.get(quantity)?.map(rows);
    const report =
      quantity === "pose"
        ? poseReport(claims, rows(claimed), located, noise, seen)
        : costReport(claims, rows(claimed), located, noise, seen);
    return turned ? readTransposed(report) : report;
  });
}

/** The report on an array that was read with its axes exchanged: a convention, if it is right so. */
function readTransposed(report: JudgedClaim): JudgedClaim {
  const { verdict, explanation } = report;
  if (explanation) return { ...report, explanation: `${explanation}+${transposed.slug}` };
  if (verdict !== "correct" && verdict !== "rounding") return report;
  return {
    ...report,
    verdict: "correct-under-convention",
    explanation: transposed.slug,
    explanationError: report.worstRelativeError,
    sentence: `It fits, but ${transposed.sentence}. To mend it: ${transposed.remedy}.`,
  };
}

/**
 * Problem b's claimed pose as (ω, t); null if none is claimed or it is not finite.
 *
 * @throws ContractError if its quaternion is not of unit length.
 */
export function claimedPose(claims: Claims, b: number): Float64Array | null {
  const pose = slicePose(claims.claim.pose, b);
  return pose && readPose(claims, pose, b);
}

function readPose(claims: Claims, pose: Float64Array, b: number): Float64Array | null {
  if (pose.length !== 6 && pose.length !== 7) return null;
  if (!pose.every(Number.isFinite)) return null;
  return axisAngle(pose, claims.convention, claims.dtype, `claim/pose[${b}]`);
}

function poseReport(
  claims: Claims,
  raw: readonly Float64Array[],
  located: readonly Located[],
  noise: readonly NoisySolution[][],
  seen?: readonly (readonly Float64Array[])[],
): JudgedClaim {
  const truth = located.map((at) => (isSound(at) ? at.y : null));
  const read = (pose: Float64Array, b: number): Float64Array => {
    const y = readPose(claims, pose, b);
    if (!y) return pose;
    return truth[b] ? nearBranch(y, truth[b]) : y;
  };
  const claim = raw.map(read);
  // A rotation is measured in radians, a translation by its length (poseDistance).
  const sizes = claim.map(([, , , ...t]) => [1, Math.hypot(...t) || 1]);
  const chance =
    seen &&
    claimChance(
      seen.map((rows) => rows.map(read)),
      poseBlocks,
      sizes,
    );
  const errors = claim.map((y, b) =>
    truth[b] && y.every(Number.isFinite) ? poseDistance(y, truth[b]) : Number.NaN,
  );
  const budget = noise.map((runs, b) =>
    budgetOf(
      runs.map(({ y }) => poseDistance(y, located[b].y)),
      claims.dtype,
    ),
  );
  const evidence = evidenceOf("pose", claims, located, claim, truth, errors, budget, chance);
  const early = withoutLooking(evidence, claims.claim.pose.data, located);
  if (early) return claimReport(evidence, early);
  const worst = greatest(evidence.kept.map((b) => errors[b]));
  const decision =
    plainDecision(evidence, claims.dtype) ??
    (worst <= unconvergedBeyond
      ? {
          verdict: "rounding" as const,
          sentence: `The solver stopped ${worst.toPrecision(2)} short of the exact minimum, which is where solvers stop.`,
        }
      : explainedBy(evidence, poseExplanations(claims, raw, located)));
  return claimReport(evidence, outside(decision, evidence));
}

function costReport(
  claims: Claims,
  raw: readonly Float64Array[],
  located: readonly Located[],
  noise: readonly NoisySolution[][],
  seen?: readonly (readonly Float64Array[])[],
): JudgedClaim {
  const truth = located.map((at) => (isSound(at) ? Float64Array.of(at.cost) : null));
  const spread = noise.map((runs, b) => rms(runs.map(({ cost }) => cost - located[b].cost)));
  // A cost that is all rounding is measured against what makes its rounding just correct.
  const size = located.map(({ cost }, b) =>
    Math.max(cost, (margin * spread[b]) / correctWithin(claims.dtype), Number.MIN_VALUE),
  );
  const errors = raw.map(([cost], b) => Math.abs(cost - located[b].cost) / size[b]);
  const budget = size.map((s, b) =>
    Math.max(correctWithin(claims.dtype), (margin * spread[b]) / s),
  );
  const sizes = size.map((s) => [s]);
  const chance = seen && claimChance(seen, [[0, 1]], sizes);
  const evidence = evidenceOf("cost", claims, located, raw, truth, errors, budget, chance);
  const decision =
    withoutLooking(evidence, claims.claim.cost.data, located) ??
    plainDecision(evidence, claims.dtype) ??
    explainedBy(evidence, costExplanations(raw, located));
  return claimReport(evidence, outside(decision, evidence));
}

/** A rotation vector and a translation. */
const poseBlocks = [[0, 3], [3, 6]] as const; // biome-ignore format: one line

/** A decision against a mean over seeds, with what chance could have done. */
const outside = (decision: Decision, { chance, kept }: Evidence): Decision =>
  decision.verdict === "wrong"
    ? { ...decision, sentence: decision.sentence + beyondChance(chance, kept) }
    : decision;

function evidenceOf(
  quantity: string,
  claims: Claims,
  located: readonly Located[],
  claim: readonly Float64Array[],
  truth: readonly (Float64Array | null)[],
  errors: readonly number[],
  rounding: readonly number[],
  chance: Chance | undefined,
): Evidence {
  const budget = rounding.map((own, b) => own + (chance?.allowed[b] ?? 0));
  return {
    quantity,
    declared: claims.expect[quantity],
    located,
    summed: false,
    claim,
    truth,
    errors,
    budget,
    // The stationary point is settled to 1e-44, far beyond what its doubles can show.
    truthErrors: located.map(() => Number.EPSILON / 2),
    kept: truth.flatMap((array, b) => (array ? [b] : [])),
    chance,
  };
}

/** Correct or rounding, if the claim is within budget everywhere. */
export function plainDecision(
  { errors, budget, kept, chance }: Evidence,
  dtype: Dtype,
): Decision | null {
  if (!kept.every((b) => errors[b] <= budget[b])) return null;
  const byChance = withinChance(chance, kept);
  if (byChance) return byChance;
  if (kept.every((b) => errors[b] <= correctWithin(dtype)))
    return { verdict: "correct", sentence: "" };
  return {
    verdict: "rounding",
    sentence: `Rounding in ${dtype} and the problem's conditioning explain the difference.`,
  };
}

/** The first explanation that fits every problem; they come in order of simplicity. */
export function explainedBy(evidence: Evidence, attempts: Iterable<Attempt>): Decision {
  const { kept, budget } = evidence;
  for (const { slug, kind, sentence, remedy, tolerance, compared } of attempts) {
    const found: Comparison[] = [];
    for (const b of kept) {
      const fit = compared(b);
      if (!fit || !(fit.error <= Math.max(2 * (fit.budget ?? budget[b]), tolerance))) break;
      found.push(fit);
    }
    if (found.length < kept.length) continue;
    return {
      verdict: kind === "convention" ? "correct-under-convention" : kind,
      sentence: `${sentence}. To mend it: ${remedy}.`,
      explanation: {
        slug,
        errors: found.map((fit) => fit.error),
        arrays: found.map((fit) => fit.array),
      },
    };
  }
  return { verdict: "wrong", sentence: "No explanation in the bank fits." };
}

function budgetOf(deviations: readonly number[], dtype: Dtype): number {
  return Math.max(correctWithin(dtype), margin * rms(deviations));
}

const rms = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / Math.max(1, values.length));

/** The same pose with its rotation vector on the branch nearest to another's. */
function nearBranch(y: Float64Array, like: Float64Array): Float64Array {
  const [R, t] = unpacked(y);
  return packed(R, t, like);
}

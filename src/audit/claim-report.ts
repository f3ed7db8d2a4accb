/** From the evidence on one claimed quantity, and a decision, to its report. */
import { cosine, distance, greatest, inner, median } from "./blocks.js";
import { oneIn } from "./chance.js";
import type { Compared } from "./claimed-errors.js";
import type { Chance } from "./over-seeds.js";
import type { ClaimReport, ProblemFinding, Verdict } from "./report.js";
import { sampledEntries } from "./sampled-entries.js";

/** What a problem looks like from its pose. */
export interface Sight {
  /** Greatest over least camera depth. */
  readonly depthRatio: number;
  /** Root mean square reprojection residual [px]. */
  readonly rms: number;
}

/** What was measured of one claimed quantity: one item a problem, or one for a sum over the batch. */
export interface Evidence {
  readonly quantity: string;
  /** The explanation that the file's author declares for it, if any. */
  readonly declared: string | undefined;
  readonly located: readonly Sight[];
  readonly summed: boolean;
  readonly claim: readonly Float64Array[];
  /** Null where there is no truth: the Hessian is singular, or no stationary point was reached. */
  readonly truth: readonly (Float64Array | null)[];
  /** Relative error, and what rounding and conditioning allow of it; per item. */
  readonly errors: readonly number[];
  readonly budget: readonly number[];
  /** Disagreement of the truth's two routes, per item. */
  readonly truthErrors: readonly number[];
  /** Items that can be judged: well-posed, with a truth much sharper than the budget. */
  readonly kept: readonly number[];
  /** How far chance may have carried each item, where the claim is a mean over seeds; in the budget already. */
  readonly chance?: Chance;
}

/** A verdict, its reasons, and where an explanation was found, how well it fits; lists are over `kept`. */
export interface Decision {
  readonly verdict: Verdict;
  readonly sentence: string;
  readonly explanation?: {
    readonly slug: string;
    readonly errors: readonly number[];
    readonly arrays: readonly Float64Array[];
  };
}

/** A report with the arrays it speaks of, for a closer look (closer-look.ts). */
export interface JudgedClaim extends ClaimReport {
  readonly compared: Compared;
}

/** The report of a decision on its evidence. */
export function claimReport(evidence: Evidence, decision: Decision): JudgedClaim {
  const { claim, truth, errors, budget, located, kept, summed } = evidence;
  const { verdict, sentence, explanation } = decision;
  const places = new Map(kept.map((i, at) => [i, at]));
  const perProblem = errors.map((error, i): ProblemFinding => {
    const at = places.get(i) ?? -1;
    return {
      relativeError: error,
      explanationError: at >= 0 ? (explanation?.errors[at] ?? null) : null,
      budget: budget[i],
      truthError: evidence.truthErrors[i],
      cosine: truth[i] ? cosine(claim[i], truth[i]) : Number.NaN,
      depthRatio: summed ? greatest(located.map((l) => l.depthRatio)) : located[i].depthRatio,
      rms: summed ? greatest(located.map((l) => l.rms)) : located[i].rms,
    };
  });
  const explained =
    explanation && truth.map((_, i) => explanation.arrays[places.get(i) ?? -1] ?? null);
  const worst = worstOf(errors, budget);
  return {
    quantity: evidence.quantity,
    verdict,
    explanation: explanation?.slug ?? null,
    sentence,
    explanationError:
      explanation && explanation.errors.length > 0 ? greatest(explanation.errors) : null,
    medianRelativeError: median(errors),
    worstRelativeError: errors.length ? greatest(errors) : Number.NaN,
    worstProblem: summed || worst < 0 ? null : worst,
    cosine: perProblem.length ? -greatest(perProblem.map((p) => -p.cosine)) : Number.NaN,
    scale: overallScale(claim, truth),
    budget: budget.length ? greatest(budget) : Number.NaN,
    expected: explanation !== undefined && evidence.declared === explanation.slug,
    problems: located.length,
    perProblem,
    ...(evidence.chance && {
      seeds: {
        count: evidence.chance.seeds,
        interval: greatest([0, ...kept.map((i) => evidence.chance!.allowed[i])]),
        falseAlarm: 1 / oneIn,
      },
    }),
    entries: sampledEntries(claim, truth, explained ?? null),
    compared: { claim, truth, kept, summed },
  };
}

/** The problem furthest over its budget; −1 if there is none. */
function worstOf(errors: readonly number[], budget: readonly number[]): number {
  let worst = -1;
  for (let i = 0; i < errors.length; i++) {
    if (Number.isNaN(errors[i])) return i;
    if (worst < 0 || errors[i] / budget[i] > errors[worst] / budget[worst]) worst = i;
  }
  return worst;
}

/** Least-squares factor from truth to claim, every item weighing the same. */
function overallScale(
  claim: readonly Float64Array[],
  truth: readonly (Float64Array | null)[],
): number {
  let [cross, count] = [0, 0];
  for (const [i, array] of truth.entries()) {
    const whole = [0, array?.length ?? 0] as const;
    const size = array ? distance(array, null, whole) : 0;
    if (!array || !(size > 0)) continue;
    cross += inner(claim[i], array, whole) / size / size;
    count++;
  }
  return cross / count;
}

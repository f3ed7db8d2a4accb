/** What an audit says: the JSON of `pnp-oracle audit --json`, and what its pictures are drawn from. */

/** The judgement on one claimed quantity. */
export type Verdict =
  | "correct"
  | "correct-under-convention"
  | "rounding"
  | "approximation"
  | "wrong"
  | "ill-posed"
  | "inconclusive";

/** Every verdict, the best first. */
export const verdicts: readonly Verdict[] = [
  "correct",
  "correct-under-convention",
  "rounding",
  "approximation",
  "wrong",
  "ill-posed",
  "inconclusive",
];

/** One problem of a batch under one claimed quantity. */
export interface ProblemFinding {
  /** Relative error of the claim against the truth, the worse of the blocks. */
  readonly relativeError: number;
  /** Relative error of the claim against the explanation found, or null if none was. */
  readonly explanationError: number | null;
  /** Relative error that the dtype's rounding and the problem's conditioning allow. */
  readonly budget: number;
  /** Disagreement of the truth's two independent routes, relative. */
  readonly truthError: number;
  /** Cosine between claim and truth. */
  readonly cosine: number;
  /** Greatest over least camera depth at the solution. */
  readonly depthRatio: number;
  /** Root mean square reprojection residual at the solution [px]. */
  readonly rms: number;
}

/** What an error goes with that no explanation covers. */
export interface Correlation {
  /** "depth of the point", "row", "problem" … */
  readonly factor: string;
  /** What is measured against it. */
  readonly measure: string;
  /** Rank correlation, from −1 to 1; 1 where the error is confined to some places. */
  readonly strength: number;
  /** The probability that chance alone gives so much. */
  readonly chance: number;
  readonly sentence: string;
  /** Up to 300 pairs [factor, measure], for the picture. */
  readonly pairs: readonly (readonly [number, number])[];
}

/** Steps of several sizes along one direction: how claim and truth foresee what the formula then does. */
export interface Sweep {
  /** Step sizes, the largest first: one moves the data by a thirtieth of their spread. */
  readonly steps: readonly number[];
  /** ‖f(x + hv) − f(x) − h J v‖ / ‖J v‖ with J as claimed, and as it is: h² falls twice as fast as h. */
  readonly claim: readonly number[];
  readonly truth: readonly number[];
  /** ‖(f(x + hv) − f(x − hv)) / 2h − J v‖ / ‖J v‖ with J as claimed, and as it is. */
  readonly claimDifference: readonly number[];
  readonly truthDifference: readonly number[];
  /** Slopes of the first two on logarithmic axes: 2 for a derivative, 1 for anything else. */
  readonly claimSlope: number;
  readonly truthSlope: number;
}

/** The worst problem of a file, to be looked at by itself. */
export interface WorstProblem {
  readonly quantity: string;
  readonly problem: number;
  /** Image points, and where the pose projects the object points to [px]; empty if no pose is known. */
  readonly observed: readonly (readonly [number, number])[];
  readonly projected: readonly (readonly [number, number])[];
  /** Error of the claim at each point over the greatest one; empty for a quantity without points. */
  readonly pointErrors: readonly number[];
  /** Gradient by each image point as claimed and as it is; empty for any other quantity. */
  readonly arrows: readonly (readonly [readonly [number, number], readonly [number, number]])[];
  /** Eigenvalues of the cost's Hessian scaled to a unit diagonal, the least first; empty without a pose. */
  readonly eigenvalues: readonly number[];
  readonly sweep: Sweep | null;
  /** A claims file of this one problem and quantity; null where the claim is not one problem's, or a mean over seeds. */
  readonly reproduction: string | null;
}

/** One claimed quantity of one file. */
export interface ClaimReport {
  readonly quantity: string;
  readonly verdict: Verdict;
  /** Slug of the simplest explanation that fits, joined by "+" where it takes two; null if none. */
  readonly explanation: string | null;
  /** The explanation in a sentence, and what to do about it; empty if there is none. */
  readonly sentence: string;
  readonly explanationError: number | null;
  readonly medianRelativeError: number;
  readonly worstRelativeError: number;
  /** Index of the problem with the worst error over budget; null for a quantity summed over the batch. */
  readonly worstProblem: number | null;
  readonly cosine: number;
  /** Least-squares factor from truth to claim. */
  readonly scale: number;
  readonly budget: number;
  /** True if the file declares this explanation for this quantity under `expect`. */
  readonly expected: boolean;
  /** Problems in the batch. */
  readonly problems: number;
  /** One finding a problem, or a single one for a quantity summed over the batch. */
  readonly perProblem: readonly ProblemFinding[];
  /**
   * Where the claim is a mean over seeds: how many, how far chance may have carried it, relative, and the
   * probability that it carries a right claim further. The budget holds the interval.
   */
  readonly seeds?: {
    readonly count: number;
    readonly interval: number;
    readonly falseAlarm: number;
  };
  /** Where no explanation was found for a wrong claim: what its error goes with, if anything. */
  readonly correlation?: Correlation;
  /** Up to 400 entries of [truth, claim, explanation or NaN], for the picture of claim against truth. */
  readonly entries: readonly (readonly [number, number, number])[];
}

/** What the forward check found before any derivative was looked at. */
export interface ForwardFinding {
  /** "ok" or what is unusual about the solutions the derivatives are taken at. */
  readonly status:
    | "ok"
    | "unconverged-pose"
    | "other-minimum"
    | "behind-camera"
    | "rank-deficient"
    | "indefinite"
    | "kink"
    | "no-rotation"
    | "not-checked";
  readonly sentence: string;
  /** Worst relative distance between a given pose and the stationary point next to it. */
  readonly poseDistance: number;
}

/** One claims file. */
export interface FileReport {
  readonly file: string;
  readonly method: string;
  readonly source: string;
  readonly dtype: string;
  /** Problems in the batch. */
  readonly problems: number;
  /** Correspondences in each problem. */
  readonly correspondences: number;
  /** Points of the model that errors are taken on, in each problem; 0 where there is none. */
  readonly points: number;
  readonly forward: ForwardFinding;
  /** Problems whose truth took 64 digits; not there for methods that never ask for more than they take at once. */
  readonly digits64?: number;
  readonly claims: readonly ClaimReport[];
  /** The problem furthest over its budget; none where no claim is of single problems. */
  readonly worst?: WorstProblem;
}

export interface AuditReport {
  readonly schema: "pnp-oracle/report@1";
  /** Version of pnp-oracle that made the report. */
  readonly version: string;
  readonly files: readonly FileReport[];
  readonly summary: Readonly<Record<Verdict, number>>;
}

/** True if a claim passes: right, rounding, or a deviation its author declared. */
export function passes(claim: ClaimReport): boolean {
  return (
    claim.expected ||
    claim.verdict === "correct" ||
    claim.verdict === "correct-under-convention" ||
    claim.verdict === "rounding"
  );
}

/** The exit code of a report: 0 if every claim passes, else 1. */
export function exitCode(report: AuditReport): 0 | 1 {
  return report.files.every((file) => file.claims.every(passes)) ? 0 : 1;
}

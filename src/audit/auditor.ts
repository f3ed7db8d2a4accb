/** How an audit goes about the files of one method. */
import type { Claims } from "../formats/claims.js";
import type { JudgedClaim } from "./claim-report.js";
import type { Sizes } from "./methods.js";
import type { Answers } from "./over-seeds.js";
import type { ForwardFinding } from "./report.js";
import type { Truths } from "./truths.js";

/** Claims with their sizes, and the shape that each claimed quantity should have. */
export interface CheckedClaims {
  readonly claims: Claims;
  readonly sizes: Sizes;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** What each seed gave, where the claims are means over seeds. */
  readonly answers?: Answers;
}

/** What was found about one file. */
export interface Findings {
  readonly forward: ForwardFinding;
  readonly claims: readonly JudgedClaim[];
  /** Problems whose truth took 64 digits, where a method takes them as needed. */
  readonly digits64?: number;
  /** Poses (ω, t) that were solved for, a problem each, where a method solves for them. */
  readonly poses?: readonly Float64Array[];
}

/** What a derivative is the slope of, for data moved a little; or by variables that are no input. */
export type Response = ((moved: Claims) => Float64Array) | Curve;

/** A function of variables that are no input of a file. */
export interface Curve {
  /** A step that changes it by a noticeable share. */
  readonly direction: Float64Array;
  /** Its values that far from where the derivative is taken. */
  at(step: Float64Array): Float64Array;
  /** A derivative with a row for each value and a column for each variable; default: as it comes. */
  arranged?(derivative: Float64Array): Float64Array;
}

export interface Auditor {
  /**
   * Refuses what can be refused without an audit: it runs on every file before the first is audited.
   *
   * @throws ContractError
   */
  check(claims: Claims, sizes: Sizes): void;
  /** The findings; `truths` are remembered from file to file, `step` is called before each problem. */
  findings(file: CheckedClaims, truths: Truths, step: () => Promise<void>): Promise<Findings>;
  /**
   * What a claimed quantity is the slope of, by one of the inputs, in a file of one problem; null if it is
   * no such slope, or takes too long. `pose` is what was solved for.
   */
  response?(claims: Claims, quantity: string, pose?: Float64Array): Response | null;
}

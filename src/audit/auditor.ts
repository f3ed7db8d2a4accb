/** How an audit goes about the files of one method. */
import type { Claims } from "../formats/claims.js";
import type { Sizes } from "./methods.js";
import type { ClaimReport, ForwardFinding } from "./report.js";
import type { Truths } from "./truths.js";

/** Claims with their sizes, and the shape that each claimed quantity should have. */
export interface CheckedClaims {
  readonly claims: Claims;
  readonly sizes: Sizes;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

/** What was found about one file. */
export interface Findings {
  readonly forward: ForwardFinding;
  readonly claims: readonly ClaimReport[];
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
}

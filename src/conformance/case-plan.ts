/** How a case is planned: what it is aimed at, and how its inputs are drawn. */
import type { ClaimArray } from "../formats/claims.js";
import type { Stream } from "../random/stream.js";
import type { Reason } from "./refusals.js";

/** The inputs of a case, and the quantities it is about. */
export interface CaseDraft {
  readonly input: Readonly<Record<string, ClaimArray>>;
  readonly want: readonly string[];
}

export interface CasePlan {
  /** Where the case stands, in a few words. */
  readonly comment: string;
  /**
   * Mistakes that its numbers tell from the truth, by their names in the bank; "the rest" are those that no
   * other case of the method is aimed at.
   */
  readonly catches: readonly string[] | "the rest";
  /** Why the quantities have to be refused, where they have. */
  readonly refused?: Reason;
  draft(draw: Stream): CaseDraft;
}

/** A file of conformance vectors: numbered cases of one method, with certified truths. */
import type { ClaimArray } from "../formats/claims.js";
import type { ExpectedError } from "./case-claims.js";
import type { Note } from "./notes.js";
import type { Reason } from "./refusals.js";

export const vectorsSchema = "pnp-oracle/vectors@1";

/** A quantity's truth, flat in C order. */
export interface TruthArray extends ExpectedError {
  readonly shape: readonly number[];
  /** 30 certified digits each. */
  readonly decimal: readonly string[];
  /** The doubles nearest to them. */
  readonly double: Float64Array;
}

interface NumberedCase {
  /** Counted from one. */
  readonly id: number;
  readonly comment: string;
  /** Mistakes that its numbers tell from the truth. */
  readonly flags: readonly string[];
  readonly input: Readonly<Record<string, ClaimArray>>;
}

/** A case with an answer. */
export interface ValidCase extends NumberedCase {
  readonly result: "valid";
  readonly truth: Readonly<Record<string, TruthArray>>;
}

/** A case that has none: an implementation that returns numbers fails it. */
export interface RefusedCase extends NumberedCase {
  readonly result: "refused";
  readonly reason: Reason;
  readonly quantities: readonly string[];
}

export type VectorCase = ValidCase | RefusedCase;

export interface Vectors {
  readonly schema: typeof vectorsSchema;
  /** Name and version of what wrote the file. */
  readonly generator: string;
  /** Name of the random stream that inputs were drawn from. */
  readonly seed: string;
  readonly method: string;
  /** Digits of every decimal. */
  readonly digits: number;
  /** What the reasons of refused cases mean; only those that the file uses. */
  readonly reasons: Readonly<Record<string, string>>;
  /** What the flags mean; only those that the file uses, each once. */
  readonly notes: Readonly<Record<string, Note>>;
  readonly cases: readonly VectorCase[];
}

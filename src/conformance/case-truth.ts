/** What a case is certified and aimed by, whatever its method: two routes, a budget, and mistakes. */
import type { Big } from "../scalar/big.js";
import type { ExpectedError, Layout } from "./case-claims.js";
import type { Reason } from "./refusals.js";

/** A quantity by a mistake in use, flat in the quantity's own layout. */
export interface Mistake {
  readonly slug: string;
  readonly quantity: string;
  readonly array: Float64Array;
}

export interface CaseTruth {
  /** How a quantity is laid out. */
  layout(quantity: string): Layout;
  /** A quantity at 64 digits, flat. */
  first(quantity: string): Big[];
  /** The same by a route that shares as little as can be with the first. */
  second(quantity: string): Big[];
  /** What doubles may be expected to keep of each quantity. */
  expected(quantities: readonly string[]): ReadonlyMap<string, ExpectedError>;
  /** What the bank's mistakes make of the quantities; those of a slug named, or all. */
  mistakes(quantities: readonly string[], slugs?: ReadonlySet<string>): Iterable<Mistake>;
  /** Why a quantity has to be refused, as a slug of refusals.ts; null if it is there. */
  refusal(quantity: string): Reason | null;
}

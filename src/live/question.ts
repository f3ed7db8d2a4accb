/** What a command is asked, one line each, and what it answered (docs/claims.md, the process protocol). */
import type { ClaimArray, Claims, Convention } from "../formats/claims.js";
import { listsText } from "../formats/nested-list.js";

/** Arrays by name. */
export type Arrays = Readonly<Record<string, ClaimArray>>;

/** What all questions of an audit share. */
export interface Contract {
  readonly method: string;
  readonly dtype: Claims["dtype"];
  readonly convention: Convention;
  /** Deviations that the author knows of, by quantity: explanations that count as passing. */
  readonly expect: Readonly<Record<string, string>>;
  /** How many seeds each question is asked with; 0 for code that draws no random numbers. */
  readonly seeds: number;
}

/** One question: a problem, or a batch of them, and what is wanted of it. */
export interface Question extends Contract {
  /** What the problem is, in a few words. */
  readonly label: string;
  readonly input: Arrays;
  readonly want: readonly string[];
  /** True if the problem has no answer that could be judged: only that it is answered in order. */
  readonly degenerate: boolean;
  /** What random numbers are to be seeded with. */
  readonly seed?: number;
}

/** The line that asks a question. */
export function requestLine(
  id: number,
  { method, dtype, convention, input, want, seed }: Question,
): string {
  const arrays = Object.entries(input).map(
    ([name, array]) => `${JSON.stringify(name)}: ${listsText(array).replaceAll("\n", "")}`,
  );
  const stated = Object.keys(convention).length > 0 ? { convention } : {};
  const fields = JSON.stringify({ id, method, dtype, ...stated, seed }).slice(1, -1);
  return `{${fields}, "input": {${arrays.join(", ")}}, "want": ${JSON.stringify(want)}}`;
}

/** A question and its answer as a claims file. */
export function claimsFor(question: Question, claim: Arrays, source: string): Claims {
  const { method, dtype, convention, expect, input, seed } = question;
  const schema = "pnp-oracle/claims@1" as const;
  const seeded = seed === undefined ? {} : { seed };
  return { schema, method, dtype, source, convention, expect, ...seeded, input, claim };
}

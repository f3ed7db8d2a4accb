/** Every name an audit can give a deviation, with its sentence and remedy, for looking one up. */
import { bank, type Kind } from "./bank.js";
import { transposed } from "./diagnosis.js";
import { commonBank } from "./explicit-bank.js";
import { factorNames } from "./factor.js";
import { monteCarloBank } from "./monte-carlo-bank.js";
import { costBank } from "./pose-cost-bank.js";
import { stepBank } from "./regularisation-bank.js";
import { costExplanations, poseExplanations } from "./solution-bank.js";

export interface GlossaryEntry {
  readonly slug: string;
  readonly kind: Kind;
  readonly sentence: string;
  readonly remedy: string;
}

/** Numbers that are none: decided before anything is compared. */
const nonFinite: GlossaryEntry = {
  slug: "non-finite",
  kind: "wrong",
  sentence: "the claim holds NaN or infinite numbers",
  remedy: "find the first operation that makes them; a status should have stopped it",
};

/** All entries, each slug once, in the order in which a composed name lists them. */
export function glossary(): GlossaryEntry[] {
  const orders = ["wxyz", "xyzw"] as const;
  const poses = orders.flatMap((quaternion) => [
    ...poseExplanations({ convention: { quaternion }, dtype: "float64" }, [], []),
  ]);
  const entries = new Map<string, GlossaryEntry>();
  for (const { slug, kind, sentence, remedy } of [
    ...bank,
    transposed,
    ...factorNames(),
    ...poses,
    ...costExplanations([], []),
    ...costBank,
    ...stepBank,
    ...monteCarloBank,
    ...commonBank,
    nonFinite,
  ])
    if (!entries.has(slug)) entries.set(slug, { slug, kind, sentence, remedy });
  return [...entries.values()];
}

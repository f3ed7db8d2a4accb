/** Every name an audit can give a deviation, with what it means and a remedy, for looking one up. */
import { methods } from "../formats/methods.js";
import { bank, type Kind } from "./bank.js";
import { formulas } from "./bank-formulas.js";
import { sightings } from "./bank-sightings.js";
import { transposed } from "./diagnosis.js";
import { commonBank, commonRewritings } from "./explicit-bank.js";
import { factorNames } from "./factor.js";
import { lossBank } from "./linear-covariance-bank.js";
import { metricBank } from "./metrics-bank.js";
import { unclamped } from "./metrics-method.js";
import { monteCarloBank } from "./monte-carlo-bank.js";
import { costBank } from "./pose-cost-bank.js";
import { stepBank } from "./regularisation-bank.js";
import { poseRewritings } from "./regularisation-method.js";
import { costExplanations, poseExplanations } from "./solution-bank.js";

/** One meaning of a name: methods that name different mistakes alike have a meaning each. */
export interface GlossaryEntry extends Meaning {
  readonly slug: string;
  /** Methods of docs/claims.md whose audit means this by it. */
  readonly methods: readonly string[];
  /** What is computed, and what it should be. */
  readonly formula: string;
  /** The code or the paper in which it was seen; empty where it is a mistake anybody may make. */
  readonly seen: string;
}

interface Meaning {
  readonly slug: string;
  readonly kind: Kind;
  readonly sentence: string;
  readonly remedy: string;
}

/** Numbers that are none: decided before anything is compared. */
const nonFinite: Meaning = {
  slug: "non-finite",
  kind: "wrong",
  sentence: "the claim holds NaN or infinite numbers",
  remedy: "find the first operation that makes them; a status should have stopped it",
};

const every = Object.keys(methods);
const solved = ["pnp", "bpnp", "bpnp-faster"];
const explicit = every.filter((method) => !solved.includes(method));

/** All meanings, each once, in the order in which a composed name lists them. */
export function glossary(): GlossaryEntry[] {
  const orders = ["wxyz", "xyzw"] as const;
  const poses = orders.flatMap((quaternion) => [
    ...poseExplanations({ convention: { quaternion }, dtype: "float64" }, [], []),
  ]);
  const groups: readonly (readonly [readonly string[], readonly Meaning[]])[] = [
    [solved, bank],
    [every, [transposed, ...factorNames()]],
    [["pnp"], [...poses, ...costExplanations([], [])]],
    [["epropnp-cost"], costBank],
    [["epropnp-reg"], [...stepBank, ...poseRewritings]],
    [["epropnp-mc"], monteCarloBank],
    [["lc"], lossBank],
    [["metrics"], [...metricBank, unclamped]],
    [explicit, commonBank],
    [explicit.filter((method) => method !== "metrics"), commonRewritings("grad_x2d")],
    [every, [nonFinite]],
  ];
  const entries = new Map<string, GlossaryEntry>();
  for (const [by, meanings] of groups)
    for (const { slug, kind, sentence, remedy } of meanings) {
      const key = [slug, kind, sentence, remedy].join("\n");
      const others = entries.get(key)?.methods ?? [];
      const all = every.filter((method) => others.includes(method) || by.includes(method));
      const formula = formulas[`${by[0]}/${slug}`] ?? formulas[slug];
      const seen = sightings[slug] ?? "";
      entries.set(key, { slug, methods: all, kind, sentence, remedy, formula, seen });
    }
  return [...entries.values()];
}

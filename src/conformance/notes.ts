/** What the flags of a file mean: the bank's own words, and what each mistake does to training. */
import { type GlossaryEntry, glossary } from "../audit/glossary.js";
import { effectOf } from "./effects.js";

/** A flag, declared once in each file that uses it. */
export interface Note {
  /** Another way to write the same, a documented approximation, or a mistake. */
  readonly kind: "convention" | "approximation" | "wrong";
  /** What is computed instead, in a clause. */
  readonly bug: string;
  /** What it does to training, or to a score. */
  readonly effect: string;
  readonly remedy: string;
}

/** Mistakes that an audit of one file cannot name, and a case can show. */
const own: Readonly<Record<string, Omit<Note, "effect">>> = {
  "small-angle-cancellation": {
    kind: "wrong",
    bug: "sin θ / θ and its like are closed forms at every angle, whose derivatives cancel beside zero",
    remedy: "use their series in θ² below an angle of about one (GEO-2, GEO-4)",
  },
  "single-precision": {
    kind: "wrong",
    bug: "numbers were rounded to 24 bits on the way",
    remedy: "ask for float64 where arrays are made; frameworks default to float32",
  },
};

let known: readonly GlossaryEntry[] | null = null;

/** The note on a flag as a method means it. @throws RangeError if there is no such flag. */
export function noteOn(slug: string, method: string): Note {
  const effect = effectOf(slug);
  if (Object.hasOwn(own, slug)) return { ...own[slug], effect };
  known ??= glossary();
  const meanings = known.filter((entry) => entry.slug === slug);
  const found = meanings.find(({ methods }) => methods.includes(method)) ?? meanings[0];
  if (!found) throw new RangeError(`noteOn: expected a flag, got ${slug}`);
  const { kind, sentence, remedy } = found;
  return { kind, bug: sentence[0].toLowerCase() + sentence.slice(1), effect, remedy };
}

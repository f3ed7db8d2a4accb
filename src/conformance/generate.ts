/** Writing vectors: every case drawn, certified, and held against the mistakes that it is aimed at. */
import { ContractError } from "../audit/methods.js";
import { version } from "../conventions/version.js";
import { stream } from "../random/stream.js";
import { beyond } from "./case-claims.js";
import type { CaseDraft, CasePlan } from "./case-plan.js";
import type { CaseTruth, Mistake } from "./case-truth.js";
import { caseTruth } from "./case-truths.js";
import { certifiedDigits, digits } from "./digits.js";
import { type Note, noteOn } from "./notes.js";
import { plans } from "./plans.js";
import { type Reason, reasons } from "./refusals.js";
import { type TruthArray, type VectorCase, type Vectors, vectorsSchema } from "./vectors.js";

export interface GenerateOptions {
  /** Name of the random stream [default: vectors]. */
  readonly seed?: string;
  /** How many cases: plans are taken in order, and drawn anew when all are used [default: each once]. */
  readonly cases?: number;
  /** Called before each case. */
  readonly onProgress?: (done: number, total: number, label: string) => void;
}

/** A mistake is told from the truth if it is off by this many times what the case allows. */
export const clearly = 10;

/** Something that a case is meant to show and does not. */
export class CaseError extends Error {
  override readonly name = "CaseError";
}

/**
 * The vectors of a method.
 *
 * @throws RangeError if there is no such method, or the number of cases is none.
 * @throws DigitsError if two routes part before the 30th digit.
 * @throws CaseError if a case does not show what it is aimed at.
 */
export async function generate(method: string, options: GenerateOptions = {}): Promise<Vectors> {
  const { seed = "vectors", onProgress } = options;
  if (!Object.hasOwn(plans, method))
    throw new RangeError(
      `generate: expected a method of ${Object.keys(plans).join(", ")}, got ${method}`,
    );
  const own = plans[method];
  const count = options.cases ?? own.length;
  if (!(Number.isInteger(count) && count >= 1 && count <= mostCases))
    throw new RangeError(`generate: expected 1 to ${mostCases} cases, got ${options.cases}`);
  const cases: VectorCase[] = [];
  for (let i = 0; i < count; i++) {
    onProgress?.(i, count, method);
    cases.push(generateCase(method, i, seed));
    // Lets a progress bar draw and a signal arrive.
    await new Promise((resolve) => setImmediate(resolve));
  }
  onProgress?.(count, count, method);
  return assembledFile(method, seed, cases);
}

/** Cases of one method in a file: ids are four digits at most. */
const mostCases = 9999;

/** A file of cases, with the notes and reasons that they use. */
export function assembledFile(method: string, seed: string, cases: readonly VectorCase[]): Vectors {
  const flags = [...new Set(cases.flatMap((one) => one.flags))].sort();
  const why = [...new Set(cases.flatMap((one) => (one.result === "refused" ? [one.reason] : [])))];
  return {
    schema: vectorsSchema,
    ...{ generator: `pnp-oracle ${version}`, seed, method, digits },
    reasons: Object.fromEntries(why.sort().map((name) => [name, reasons[name]])),
    notes: Object.fromEntries(flags.map((slug): [string, Note] => [slug, noteOn(slug, method)])),
    cases,
  };
}

/** Case i of a method, counted from zero: the same whatever else is generated. */
export function generateCase(method: string, i: number, seed: string): VectorCase {
  const own = plans[method];
  const plan = own[i % own.length];
  const { comment } = plan;
  const draft = plan.draft(stream(seed).child(method).at(i));
  const where = `${method} ${i + 1} (${comment})`;
  const { input, want } = draft;
  const numbered = { id: i + 1, comment, input };
  const found = attempted(method, draft);
  if (plan.refused) {
    const why = new Set(want.map((name) => (found ? found.refusal(name) : "contract")));
    if (why.size !== 1 || !why.has(plan.refused))
      throw new CaseError(`${where}: expected ${plan.refused}, got ${[...why].join(", ")}`);
    const flags = plan.catches === "the rest" ? [] : [...plan.catches].sort();
    return { ...numbered, flags, result: "refused", reason: plan.refused, quantities: want };
  }
  if (!found) throw new CaseError(`${where}: expected inputs of the method, got none`);
  const truth = certified(found, want, where);
  const seen = toldApart(found.mistakes(want), truth);
  return { ...numbered, flags: flagsOf(plan, own, seen, where), result: "valid", truth };
}

/** The truth of a draft; null if its inputs are outside the method's domain. */
function attempted(method: string, { input }: CaseDraft): CaseTruth | null {
  try {
    return caseTruth(method, input);
  } catch (error) {
    if (error instanceof ContractError) return null;
    throw error;
  }
}

/** Every quantity with 30 digits, its doubles, and what an implementation in doubles keeps. */
function certified(
  found: CaseTruth,
  want: readonly string[],
  where: string,
): Record<string, TruthArray> {
  const expected = found.expected(want);
  const truth: Record<string, TruthArray> = {};
  for (const name of want) {
    const refused: Reason | null = found.refusal(name);
    if (refused) throw new CaseError(`${where}: expected ${name} to exist, got ${refused}`);
    const decimal = certifiedDigits(found.first(name), found.second(name), `${where}: ${name}`);
    truth[name] = {
      shape: found.layout(name).shape,
      decimal,
      double: Float64Array.from(decimal, Number),
      ...expected.get(name)!,
    };
  }
  return truth;
}

/** The mistakes that differ clearly from the truth in some quantity. */
export function toldApart(
  mistakes: Iterable<Mistake>,
  truth: Readonly<Record<string, TruthArray>>,
): Set<string> {
  const seen = new Set<string>();
  for (const { slug, quantity, array } of mistakes) {
    const { double, shape, ...expected } = truth[quantity];
    if (!seen.has(slug) && beyond(array, double, shape, expected, clearly)) seen.add(slug);
  }
  return seen;
}

/** The flags of a case. @throws CaseError if it does not show one that it is aimed at. */
function flagsOf(
  { catches }: CasePlan,
  all: readonly CasePlan[],
  seen: ReadonlySet<string>,
  where: string,
): string[] {
  if (catches === "the rest") {
    const elsewhere = new Set(
      all.flatMap((plan) => (plan.catches === "the rest" ? [] : plan.catches)),
    );
    return [...seen].filter((slug) => !elsewhere.has(slug)).sort();
  }
  const missed = catches.filter((slug) => !seen.has(slug));
  if (missed.length > 0)
    throw new CaseError(`${where}: expected to tell ${missed.join(", ")} from the truth`);
  return [...catches].sort();
}

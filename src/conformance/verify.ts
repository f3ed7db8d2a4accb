/** Certifying a file of vectors again, from its inputs alone: every digit, every double, every refusal. */
import { ContractError } from "../audit/methods.js";
import { beyond } from "./case-claims.js";
import type { CaseTruth } from "./case-truth.js";
import { caseTruth } from "./case-truths.js";
import { wrongDigit } from "./digits.js";
import { clearly, toldApart } from "./generate.js";
import type { RefusedCase, ValidCase, VectorCase, Vectors } from "./vectors.js";

/** A number, or a statement, that the inputs do not bear out. */
export interface Mismatch {
  /** Number of the case. */
  readonly id: number;
  /** "truth/J_x2d/decimal[3]". */
  readonly where: string;
  readonly sentence: string;
}

export interface Verification {
  readonly method: string;
  readonly cases: number;
  /** Quantities of all cases, those refused included. */
  readonly quantities: number;
  /** Numbers whose digits were compared. */
  readonly numbers: number;
  readonly mismatches: readonly Mismatch[];
}

export interface VerifyOptions {
  /** Called before each case. */
  readonly onProgress?: (done: number, total: number, label: string) => void;
}

/** Every case of a file against both routes to its truth. */
export async function verify(
  { method, cases }: Vectors,
  options: VerifyOptions = {},
): Promise<Verification> {
  const mismatches: Mismatch[] = [];
  let [quantities, numbers] = [0, 0];
  for (const [k, one] of cases.entries()) {
    options.onProgress?.(k, cases.length, method);
    await new Promise((resolve) => setImmediate(resolve));
    for (const [where, sentence] of caseMismatches(method, one))
      mismatches.push({ id: one.id, where, sentence });
    quantities += one.result === "valid" ? Object.keys(one.truth).length : one.quantities.length;
    if (one.result === "valid")
      for (const { decimal } of Object.values(one.truth)) numbers += decimal.length;
  }
  options.onProgress?.(cases.length, cases.length, method);
  return { method, cases: cases.length, quantities, numbers, mismatches };
}

type Found = readonly [where: string, sentence: string];

function caseMismatches(method: string, one: VectorCase): Found[] {
  let found: CaseTruth | null = null;
  try {
    found = caseTruth(method, one.input);
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    if (one.result === "refused" && one.reason === "contract") return [];
    return [["input", error.message]];
  }
  return one.result === "valid" ? validMismatches(one, found) : refusedMismatches(one, found);
}

function refusedMismatches({ quantities, reason }: RefusedCase, found: CaseTruth): Found[] {
  return quantities.flatMap((name): Found[] => {
    const why = found.refusal(name);
    if (why === reason) return [];
    return [["reason", `${name}: expected ${why ?? "no refusal"}, got ${reason}`]];
  });
}

function validMismatches({ truth, flags }: ValidCase, found: CaseTruth): Found[] {
  const names = Object.keys(truth);
  const refused = names.flatMap((name): Found[] => {
    const why = found.refusal(name);
    return why ? [["result", `${name}: expected refused (${why}), got valid`]] : [];
  });
  if (refused.length > 0) return refused;
  const expected = found.expected(names);
  const wrong: Found[] = [];
  for (const name of names) {
    const { decimal, double, tolerance, blocks, shape } = truth[name];
    const digit = wrongDigit(decimal, found.first(name), found.second(name));
    if (digit) wrong.push([`truth/${name}/decimal[${digit.at}]`, digit.sentence]);
    const at = double.findIndex((v, k) => v !== Number(decimal[k]));
    if (at >= 0)
      wrong.push([
        `truth/${name}/double[${at}]`,
        `expected ${Number(decimal[at])}, the double of ${decimal[at]}, got ${double[at]}`,
      ]);
    const own = expected.get(name)!;
    if (!similar(tolerance, own.tolerance))
      wrong.push([`truth/${name}/tolerance`, `expected ${own.tolerance}, got ${tolerance}`]);
    const off = own.blocks.findIndex(
      ({ range, allowed }, k) =>
        JSON.stringify(range) !== JSON.stringify(blocks[k]?.range) ||
        !similar(blocks[k].allowed, allowed),
    );
    if (off >= 0 || blocks.length !== own.blocks.length)
      wrong.push([
        `truth/${name}/blocks[${Math.max(0, off)}]`,
        `expected ${JSON.stringify(own.blocks[Math.max(0, off)])}, got ${JSON.stringify(blocks[Math.max(0, off)])}`,
      ]);
    if (
      shape.length > 0 &&
      beyond(
        double,
        found.first(name).map((v) => v.toNumber()),
        shape,
        own,
      )
    )
      wrong.push([`truth/${name}/double`, "expected doubles within the case's own tolerance"]);
  }
  // Flags are claims too: what a case says it shows, it has to show.
  const seen = toldApart(found.mistakes(names, new Set(flags)), truth);
  const unseen = flags.filter((flag) => !seen.has(flag));
  if (unseen.length > 0 && wrong.length === 0)
    wrong.push([
      "flags",
      `expected mistakes that are off by ${clearly} times what is allowed, got ${unseen.join(", ")}`,
    ]);
  return wrong;
}

/** A budget is an estimate: one that another version makes may be another by a factor of four. */
const similar = (a: number, b: number): boolean => a <= 4 * b && b <= 4 * a;

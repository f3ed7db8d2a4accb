/** What a live audit is asked to do, checked before anything is started. */
import { auditors } from "../audit/auditors.js";
import { leastAnswers } from "../audit/chance.js";
import { ContractError, checkedSizes } from "../audit/methods.js";
import { type Claims, conventions, dtypes } from "../formats/claims.js";
import { methods } from "../formats/methods.js";
import { type Contract, claimsFor, type Question } from "./question.js";

/** The part of the options that says what is audited. */
export interface Wanted {
  readonly method: string;
  readonly want?: readonly string[];
  readonly dtype?: Claims["dtype"];
  readonly convention?: Claims["convention"];
  readonly expect?: Readonly<Record<string, string>>;
  readonly problems?: number;
  readonly timeout?: number;
  readonly ahead?: number;
  readonly shrink?: number;
  readonly lawProblems?: number;
  readonly seeds?: number;
}

/** What is said of samples one by one, which code that draws its own does not show. */
const ofSamples = ["cost_samples", "log_weights"];

/** @throws RangeError naming the option, what is known, and what came. */
export function checkedContract(options: Wanted): { contract: Contract; want: string[] } {
  const { method, dtype = "float64", convention = {}, expect = {} } = options;
  oneOf("method", method, Object.keys(methods));
  oneOf("dtype", dtype, dtypes);
  for (const [name, value] of Object.entries(convention)) {
    oneOf("convention", name, Object.keys(conventions));
    oneOf(`convention ${name}`, value, conventions[name as keyof typeof conventions]);
  }
  if (convention.chart === "YAW" && !methods[method].poses.includes(4))
    throw new RangeError(`liveAudit: expected a chart of 6 numbers for ${method}, got YAW`);
  const { seeds = 0 } = options;
  if (seeds !== 0) count("seeds", seeds, leastAnswers);
  // Over seeds, a Monte Carlo loss is asked without samples: with them nothing would be left to draw.
  const known = Object.keys(methods[method].quantities).filter(
    (name) => seeds === 0 || !ofSamples.includes(name),
  );
  const want = [...(options.want ?? known)];
  for (const quantity of want) oneOf(`want for ${method}`, quantity, known);
  if (want.length === 0)
    throw new RangeError(`liveAudit: expected want to name some of ${known.join(", ")}, got none`);
  for (const quantity of Object.keys(expect)) oneOf(`expect for ${method}`, quantity, known);
  const { problems = 1, timeout = 1, ahead = 1, shrink = 0, lawProblems = 0 } = options;
  count("problems", problems, 1);
  count("ahead", ahead, 1);
  count("shrink", shrink, 0);
  count("lawProblems", lawProblems, 0);
  if (!(timeout > 0 && timeout <= 86_400))
    throw new RangeError(`liveAudit: expected timeout > 0 s and at most a day, got ${timeout}`);
  return { contract: { method, dtype, convention, expect, seeds }, want: [...new Set(want)] };
}

/** @throws RangeError if the method does not read problems in the conventions that are stated. */
export function requireReadable(question: Question): void {
  const claims = claimsFor(question.seeds > 0 ? { ...question, seed: 0 } : question, {}, "");
  try {
    auditors[question.method].check(claims, checkedSizes(claims));
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    throw new RangeError(`liveAudit: ${error.message}`);
  }
}

function oneOf(what: string, value: unknown, known: readonly unknown[]): void {
  if (!known.includes(value))
    throw new RangeError(
      `liveAudit: expected ${what} to be one of ${known.join(", ")}, got ${value}`,
    );
}

function count(what: string, value: number, least: number): void {
  if (!(Number.isSafeInteger(value) && value >= least && value <= 1e6))
    throw new RangeError(
      `liveAudit: expected ${what} as a whole number from ${least}, got ${value}`,
    );
}

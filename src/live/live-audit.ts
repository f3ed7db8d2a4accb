/**
 * A live audit: problems put to a command, its answers against the truth, against each other, and what
 * it does wrong besides; every failure with the smallest problem that shows it.
 */
import type { AuditReport, Verdict } from "../audit/report.js";
import { version } from "../conventions/version.js";
import type { Claims, Convention } from "../formats/claims.js";
import type { ChildLimits } from "./child.js";
import { checkedContract, requireReadable } from "./contract.js";
import { Conversation } from "./conversation.js";
import { withSmallestRequests } from "./crashes.js";
import { failures } from "./failures.js";
import type { Finding } from "./finding.js";
import { Inquiry } from "./inquiry.js";
import { type Answered, judged } from "./judgement.js";
import { type LawFinding, lawsHeld } from "./laws-held.js";
import { lawPlans, plans } from "./plan.js";
import { questionOf } from "./questions.js";

export interface LiveOptions {
  /** What to run, by the shell. */
  readonly command: string;
  readonly method: string;
  /** Quantities to ask for; default: all that the method has. */
  readonly want?: readonly string[];
  /** Problems; default 100. */
  readonly problems?: number;
  /** Name of the random stream; default "live". */
  readonly seed?: string;
  readonly dtype?: Claims["dtype"];
  readonly convention?: Convention;
  /** Deviations that count as passing: quantity to explanation. */
  readonly expect?: Readonly<Record<string, string>>;
  /** Seconds an answer may take, and a third of what the first may; default 10. */
  readonly timeout?: number;
  /** Requests that are open at a time; default 1, so that a crash has one cause. */
  readonly ahead?: number;
  /** Problems that the laws are tried on, up to 3; default 3, none with 0. */
  readonly lawProblems?: number;
  /** Problems that a search for a smaller failing one may try; default 80, 20 over seeds, none with 0. */
  readonly shrink?: number;
  /**
   * Seeds that each question is asked with, where the command draws random numbers: then means over them are
   * judged, and neither laws nor repeated questions are tried. At least 4; default 0, for none.
   */
  readonly seeds?: number;
  readonly limits?: Partial<ChildLimits>;
  readonly onErrorText?: (text: string) => void;
  /** Called as the work goes on; `label` says what is being done. */
  readonly onProgress?: (done: number, total: number, label: string) => void;
  /** Ends the audit and the command. */
  readonly signal?: AbortSignal;
}

/** A quantity that is not right, on the smallest problem found. */
export interface LiveFailure {
  readonly quantity: string;
  readonly verdict: Verdict;
  readonly explanation: string | null;
  readonly sentence: string;
  readonly relativeError: number;
  readonly budget: number;
  /** The request that first failed, what it was about, and whether this problem is a smaller one. */
  readonly request: number;
  readonly label: string;
  readonly shrunk: boolean;
  /** The problem with the command's answer: an audit of it gives this verdict again. */
  readonly claims: Claims;
  /** What every seed gave, where means over seeds are judged: the claims are the first one's. */
  readonly bySeed?: readonly Claims[];
}

export interface LiveReport {
  readonly schema: "pnp-oracle/live-report@1";
  readonly version: string;
  readonly command: string;
  readonly method: string;
  readonly dtype: string;
  readonly seed: string;
  /** Seeds that each question was asked with; 0 where no random numbers are drawn. */
  readonly seeds: number;
  /** Problems planned, requests sent, and answers that could be read. */
  readonly problems: number;
  readonly requests: number;
  readonly answers: number;
  /** Seconds an answer took; null without one. */
  readonly seconds: { readonly median: number; readonly worst: number } | null;
  readonly findings: readonly Finding[];
  readonly laws: readonly LawFinding[];
  readonly failures: readonly LiveFailure[];
  /** The audit of all answers. */
  readonly report: AuditReport;
}

/** Every how manyth question is asked again, after all others; of few, at least so many. */
const repeated = 10;
const leastRepeated = 3;

/**
 * The report on a command, whatever the command does.
 *
 * @throws RangeError on options; the signal's reason if it is aborted.
 */
export async function liveAudit(options: LiveOptions): Promise<LiveReport> {
  const { contract, want } = checkedContract(options);
  const { command, seed = "live", problems = 100, ahead = 1, timeout = 10, signal } = options;
  const { onProgress = () => {} } = options;
  const random = contract.seeds > 0;
  // Over seeds, problems are asked one by one: a line of a claims file each.
  const chosen = plans(problems, seed).map((plan) =>
    random ? { ...plan, problems: 1, shared: false } : plan,
  );
  const questions = chosen.map((plan) => questionOf(plan, contract, want));
  const lawful = lawPlans(seed, random ? 0 : options.lawProblems).map((plan) =>
    questionOf(plan, contract, want),
  );
  questions.forEach(requireReadable);
  signal?.throwIfAborted();
  const conversation = new Conversation(command, { ...options, timeout });
  const stop = () => void conversation.abort();
  signal?.addEventListener("abort", stop);
  try {
    const inquiry = new Inquiry(conversation, command);
    const every = Math.max(1, Math.min(repeated, Math.floor(problems / leastRepeated)));
    const again = questions.map((_, k) => k).filter((k) => !random && k % every === 0);
    const asked = questions.reduce(
      (sum, { degenerate, seeds }) => sum + (degenerate ? 1 : Math.max(1, seeds)),
      0,
    );
    const total = asked + again.length + lawful.length;
    const tick = () => onProgress(Math.min(conversation.requests, total), total, "asking");
    const first = await inquiry.askAll(questions, ahead, tick);
    const second = await inquiry.askAll(
      again.map((k) => questions[k]),
      ahead,
      tick,
    );
    for (const [i, k] of again.entries()) inquiry.compare(first[k], second[i]);
    const base = (await inquiry.askAll(lawful, ahead, tick)).filter((answer) => answer !== null);
    signal?.throwIfAborted();

    const answers = [...first, ...base].filter(
      (answer): answer is Answered => answer !== null && !answer.asked.question.degenerate,
    );
    const { report, failing, budgets } = await judged(answers, base, onProgress, signal);
    const given = base.map((answered, k) => ({ answered, budgets: budgets[k] }));
    const laws = await lawsHeld(given, async (question) => {
      const answered = await inquiry.ask(question, true);
      return answered && { asked: answered.asked, claim: answered.claims.claim };
    });
    const planOf = new Map(questions.map((question, k) => [question, chosen[k]]));
    const shown = await failures(
      failing,
      planOf,
      options.shrink ?? (random ? 20 : 80),
      inquiry,
      (label) => {
        signal?.throwIfAborted();
        onProgress(total, total, label);
      },
    );
    await conversation.finish();
    signal?.throwIfAborted();
    const found = await withSmallestRequests(
      conversation.findings.list(),
      planOf,
      options.shrink ?? 80,
      {
        ...{ command, timeout, limits: options.limits, signal },
        answered: inquiry.seconds.length > 0,
        onStep: () => onProgress(total, total, "making a request smaller"),
      },
    );
    signal?.throwIfAborted();
    return {
      ...{ schema: "pnp-oracle/live-report@1", version, command, seed, problems },
      ...{ method: contract.method, dtype: contract.dtype, seeds: contract.seeds },
      requests: conversation.requests,
      answers: inquiry.seconds.length,
      seconds: timing(inquiry.seconds),
      ...{ findings: found, laws, failures: shown, report },
    };
  } finally {
    signal?.removeEventListener("abort", stop);
    await conversation.finish();
  }
}

/** Whether a live audit passes: nothing found, no law broken, no claim that does not pass. */
export function livePasses({ findings, laws, failures: shown, answers }: LiveReport): boolean {
  return (
    answers > 0 &&
    findings.length === 0 &&
    shown.length === 0 &&
    laws.every(({ broken }) => broken === 0)
  );
}

function timing(seconds: readonly number[]): LiveReport["seconds"] {
  if (seconds.length === 0) return null;
  const sorted = [...seconds].sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1], worst: sorted.at(-1)! };
}

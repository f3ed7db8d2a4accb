/**
 * The smallest request that ends or stops a command: each try is a process of its own, sent one request.
 *
 * A command that only fails after other requests is not made smaller; that it answers the request alone is
 * worth knowing by itself.
 */
import type { ChildLimits } from "./child.js";
import { Conversation } from "./conversation.js";
import type { FaultName, Finding } from "./finding.js";
import type { Plan } from "./plan.js";
import type { Question } from "./question.js";
import { smallest } from "./shrink.js";

/** Faults that a request can bring about by itself, in a command that then answers nothing more. */
const fatal: ReadonlySet<FaultName> = new Set(["crashed", "ended-early", "stalled", "half-line"]);
/** Processes that are started for one fault. */
const mostTries = 40;
/** Timeouts that they may take in all; of a command that has answered nothing, and may not even have started. */
const mostWaits = { answered: 12, silent: 3 };

export interface CrashOptions {
  readonly command: string;
  readonly timeout: number;
  readonly limits?: Partial<ChildLimits>;
  readonly signal?: AbortSignal;
  /** Whether the command has answered anything. */
  readonly answered: boolean;
  readonly onStep: () => void;
}

/** The findings, those that end the command with what a process that is sent one request does. */
export async function withSmallestRequests(
  findings: readonly Finding[],
  planOf: ReadonlyMap<Question, Plan>,
  tries: number,
  options: CrashOptions,
): Promise<Finding[]> {
  const out: Finding[] = [];
  for (const finding of findings)
    out.push(fatal.has(finding.fault) ? await smaller(finding, planOf, tries, options) : finding);
  return out;
}

async function smaller(
  finding: Finding,
  planOf: ReadonlyMap<Question, Plan>,
  tries: number,
  { command, timeout, limits, signal, answered, onStep }: CrashOptions,
): Promise<Finding> {
  const { asked, fault } = finding;
  if (!asked || tries === 0) return finding;
  const until = performance.now() + 1000 * timeout * mostWaits[answered ? "answered" : "silent"];
  const attempt = async (question: Question) => {
    signal?.throwIfAborted();
    if (performance.now() > until) return null;
    onStep();
    const fails = (await faultOf(question, { command, timeout, limits, signal })) === fault;
    return fails ? { question, worstProblem: null } : null;
  };
  const alone = await attempt(asked.question);
  if (!alone) return performance.now() > until ? finding : { ...finding, alone: false };
  const plan = planOf.get(withoutSeed(asked.question, planOf)) ?? null;
  const allowance = { left: Math.min(tries, mostTries) };
  const best = await smallest(alone, plan, 0, attempt, allowance);
  const found = { ...finding, alone: true };
  return best === alone ? found : { ...found, smallest: { id: 1, question: best.question } };
}

/** The question that was planned, of one that was asked with a seed. */
function withoutSeed(question: Question, planOf: ReadonlyMap<Question, Plan>): Question {
  return [...planOf.keys()].find(({ input }) => input === question.input) ?? question;
}

/** The first fatal fault of a new process that is sent one request; null if it answers. */
async function faultOf(
  question: Question,
  {
    command,
    timeout,
    limits,
    signal,
  }: Pick<CrashOptions, "command" | "timeout" | "limits" | "signal">,
): Promise<FaultName | null> {
  const conversation = new Conversation(command, { timeout, limits });
  const stop = () => void conversation.abort();
  signal?.addEventListener("abort", stop);
  try {
    const { outcome } = await conversation.ask(question);
    if (outcome.kind !== "none") return null;
    // Nothing it may still say counts: the next process is waiting.
    await conversation.abort();
    return conversation.findings.list().find(({ fault }) => fatal.has(fault))?.fault ?? null;
  } finally {
    signal?.removeEventListener("abort", stop);
    await conversation.finish();
  }
}

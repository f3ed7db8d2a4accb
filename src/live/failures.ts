/** From claims that do not pass to the few problems that show why, each as small as it gets. */
import { type ClaimReport, passes } from "../audit/report.js";
import type { Claims } from "../formats/claims.js";
import type { Inquiry } from "./inquiry.js";
import { type Answered, type Failing, judgedAlone } from "./judgement.js";
import type { LiveFailure } from "./live-audit.js";
import type { Plan } from "./plan.js";
import type { Question } from "./question.js";
import { type Attempt, smallest } from "./shrink.js";

/** Causes whose problems are made smaller, and those that are shown at all. */
const mostShrunk = 3;
const mostShown = 12;

/** A failing problem with the command's answer to it. */
interface Failure {
  readonly question: Question;
  readonly answered: Answered;
  readonly report: ClaimReport;
  readonly worstProblem: number | null;
}

/** One failure for each cause: an explanation, or a quantity that none fits. */
export async function failures(
  failing: readonly Failing[],
  planOf: ReadonlyMap<Question, Plan>,
  questions: number,
  inquiry: Inquiry,
  onStep: (label: string) => void,
): Promise<LiveFailure[]> {
  const causes = new Map<string, { failure: Failure; problem: number }>();
  for (const { report, answered, problem } of simplestFirst(failing)) {
    if (causes.size >= mostShown) break;
    onStep("looking at failures");
    const failure = await alone(report, answered);
    const cause = failure.report.explanation ?? report.quantity;
    if (!causes.has(cause)) causes.set(cause, { failure, problem });
  }
  const shown: LiveFailure[] = [];
  for (const { failure, problem } of causes.values()) {
    const { question } = failure;
    const plan = planOf.get(failure.answered.asked.question) ?? null;
    const allowance = { left: shown.length < mostShrunk ? questions : 0 };
    const attempt: Attempt<Failure> = async (smaller) => {
      onStep("making the problem smaller");
      return sameFailure(failure.report, smaller, inquiry);
    };
    const best = await smallest(failure, plan, problem, attempt, allowance);
    shown.push(described(best, question, failure.answered.asked.id, best !== failure));
  }
  return shown;
}

/** Failures of few points first, and one of each quantity and explanation. */
function simplestFirst(failing: readonly Failing[]): Failing[] {
  const size = ({ answered }: Failing) =>
    Object.values(answered.claims.input).reduce((sum, { data }) => sum + data.length, 0);
  const kinds = new Map<string, Failing>();
  for (const one of [...failing].sort((a, b) => size(a) - size(b))) {
    const kind = `${one.report.quantity} ${one.report.explanation}`;
    if (!kinds.has(kind)) kinds.set(kind, one);
  }
  return [...kinds.values()];
}

/** A failing claim audited by itself: in a batch, an explanation has to fit every problem. */
async function alone(report: ClaimReport, answered: Answered): Promise<Failure> {
  const { quantity } = report;
  const { claims, asked, bySeed } = answered;
  const only = (all: Claims): Claims => ({ ...all, claim: { [quantity]: all.claim[quantity] } });
  const own = { ...answered, claims: only(claims), bySeed: bySeed?.map(only) };
  const question = { ...asked.question, want: [quantity] };
  const found = await judgedAlone(own);
  const kept = passes(found) ? report : found;
  return { question, answered: own, report: kept, worstProblem: kept.worstProblem };
}

/** What a question shows, if the command fails on it as it did. */
async function sameFailure(
  { quantity, verdict, explanation }: ClaimReport,
  question: Question,
  inquiry: Inquiry,
): Promise<Failure | null> {
  const answered = await inquiry.ask({ ...question, want: [quantity] }, true);
  if (!answered) return null;
  const report = await judgedAlone(answered);
  const same =
    report.verdict === verdict &&
    // Round numbers may lend a name to what had none; but no number at all is another failure.
    (explanation === null
      ? report.explanation !== "non-finite"
      : report.explanation === explanation);
  return same ? { question, answered, report, worstProblem: report.worstProblem } : null;
}

function described(
  { report, answered }: Failure,
  { label }: Question,
  request: number,
  shrunk: boolean,
): LiveFailure {
  const { quantity, verdict, explanation, sentence, worstRelativeError, budget } = report;
  return {
    ...{ quantity, verdict, explanation, sentence, relativeError: worstRelativeError, budget },
    ...{ request, label, shrunk, claims: answered.claims },
    ...(answered.bySeed && { bySeed: answered.bySeed }),
  };
}

/** Questions put to a command: which were asked, what came back, and whether it comes back again. */
import type { Conversation } from "./conversation.js";
import { type Answered, checkedAnswer } from "./judgement.js";
import type { Question } from "./question.js";

export class Inquiry {
  /** Seconds that each answer took. */
  readonly seconds: number[] = [];

  constructor(
    private readonly conversation: Conversation,
    private readonly source: string,
  ) {}

  /** The checked answer to a question; null, with a finding where that is a fault, if there is none. */
  async ask(question: Question): Promise<Answered | null> {
    const { asked, outcome } = await this.conversation.ask(question);
    const { findings } = this.conversation;
    if (outcome.kind === "none") return null;
    if (outcome.kind === "refused") {
      // A problem without a solution may be refused; one with a solution has to be answered.
      if (!question.degenerate) findings.add("refused", `It refused: “${outcome.reason}”.`, asked);
      return null;
    }
    this.seconds.push(outcome.seconds);
    return checkedAnswer(asked, outcome.claim, this.source, (name, sentence) =>
      findings.add(name, sentence, asked),
    );
  }

  /** Answers to questions in their order, with some requests open at a time. */
  async askAll(
    questions: readonly Question[],
    ahead: number,
    tick: () => void,
  ): Promise<(Answered | null)[]> {
    const answers = new Array<Answered | null>(questions.length).fill(null);
    let next = 0;
    const worker = async () => {
      while (next < questions.length && !this.conversation.gone) {
        const k = next++;
        answers[k] = await this.ask(questions[k]);
        tick();
      }
    };
    await Promise.all(Array.from({ length: ahead }, worker));
    return answers;
  }

  /** Two answers to one question have to be the same bit by bit. */
  compare(first: Answered | null, second: Answered | null): void {
    if (!first || !second) return;
    for (const [quantity, { data }] of Object.entries(first.claims.claim)) {
      const again = second.claims.claim[quantity]?.data;
      if (!again || again.length !== data.length) continue;
      const differing = data.filter((v, k) => !Object.is(v, again[k])).length;
      if (differing === 0) continue;
      const size = data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
      const most = data.reduce((worst, v, k) => Math.max(worst, Math.abs(v - again[k])), 0);
      const share = (most / size).toExponential(1);
      this.conversation.findings.add(
        "non-deterministic",
        `Asked twice, it gave ${quantity} with ${differing} of ${data.length} numbers changed, by up to ${share} of the largest (requests ${first.asked.id} and ${second.asked.id}).`,
        first.asked,
      );
      return;
    }
  }
}

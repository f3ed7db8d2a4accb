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

  /**
   * The checked answer to a question, or all that its seeds give; null, with a finding where that is a fault, if
   * there is none. A problem without a solution may be refused; one with a solution has to be answered, unless
   * the question is part of a search.
   */
  async ask(question: Question, mayRefuse = question.degenerate): Promise<Answered | null> {
    if (question.seeds === 0) return this.askOnce(question, mayRefuse);
    const answers: Answered[] = [];
    // A problem without a solution only has to be answered in order, whatever is drawn for it.
    const seeds = question.degenerate ? 1 : question.seeds;
    for (let seed = 0; seed < seeds && !this.conversation.gone; seed++) {
      const answered = await this.askOnce({ ...question, seed }, mayRefuse);
      if (answered) answers.push(answered);
    }
    return answers.length > 0 ? together(answers, question) : null;
  }

  private async askOnce(question: Question, mayRefuse: boolean): Promise<Answered | null> {
    const { asked, outcome } = await this.conversation.ask(question);
    const { findings } = this.conversation;
    if (outcome.kind === "none") return null;
    if (outcome.kind === "refused") {
      if (!mayRefuse) findings.add("refused", `It refused: “${outcome.reason}”.`, asked);
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

/** The answers of all seeds as one, with the quantities that every one of them has. */
function together([first, ...more]: readonly Answered[], question: Question): Answered {
  const all = [first, ...more].map(({ claims }) => claims);
  const shared = Object.keys(first.claims.claim).filter((quantity) =>
    all.every(
      ({ claim }) => claim[quantity]?.shape.join() === first.claims.claim[quantity].shape.join(),
    ),
  );
  const bySeed = all.map((claims) => ({
    ...claims,
    claim: Object.fromEntries(shared.map((quantity) => [quantity, claims.claim[quantity]])),
  }));
  return { asked: { ...first.asked, question }, claims: bySeed[0], bySeed };
}

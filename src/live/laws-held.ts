/** How well a command's answers obey the laws among themselves, law by law. */
import { unconvergedBeyond } from "../audit/forward.js";
import type { Asked } from "./finding.js";
import {
  adjointGaps,
  batchLaw,
  type Law,
  type LawName,
  laws,
  lawsOf,
  missed,
} from "./identities.js";
import type { Answered } from "./judgement.js";
import type { Arrays, Question } from "./question.js";

/** What was found of one law. */
export interface LawFinding {
  readonly law: LawName;
  readonly sentence: string;
  /** How many comparisons were made, and in how many the law was missed by more than rounding. */
  readonly compared: number;
  readonly broken: number;
  /** The comparison that is furthest over what rounding allows: which quantity, by how much, against what. */
  readonly quantity: string;
  readonly missedBy: number;
  readonly allowed: number;
  readonly asked: Asked | null;
}

/** An answer and what rounding may move each of its quantities by, relative. */
export interface Base {
  readonly answered: Answered;
  readonly budgets: ReadonlyMap<string, number>;
}

/** Both sides of a law may be off by a budget, and the other problem's own is a little different. */
const sides = 4;

/** The findings on every law that applies; `ask` resolves to null where there is no answer. */
export async function lawsHeld(
  given: readonly Base[],
  ask: (question: Question) => Promise<{ asked: Asked; claim: Arrays } | null>,
): Promise<LawFinding[]> {
  const found = new Map<LawName, LawFinding>();
  const note = (law: LawName, asked: Asked, quantity: string, gap: number, budget: number) => {
    const allowed = sides * (quantity === "pose" ? Math.max(budget, unconvergedBeyond) : budget);
    const broken = gap <= allowed ? 0 : 1;
    const before = found.get(law);
    const worse = !before || !(gap / allowed <= before.missedBy / before.allowed);
    const now = { law, sentence: laws[law], quantity, missedBy: gap, allowed, asked };
    const counts = {
      compared: (before?.compared ?? 0) + 1,
      broken: (before?.broken ?? 0) + broken,
    };
    found.set(law, { ...(worse ? now : before), ...counts });
  };
  const compare = async (law: Law, claim: Arrays, budgetOf: (quantity: string) => number) => {
    const answer = await ask(law.question);
    if (!answer) return;
    const expected = law.expected(claim);
    for (const quantity of Object.keys(expected))
      if (answer.claim[quantity])
        note(
          law.name,
          answer.asked,
          quantity,
          missed(answer.claim[quantity], expected[quantity]),
          budgetOf(quantity),
        );
  };
  for (const { answered, budgets } of given) {
    const { asked, claims } = answered;
    for (const { quantity, gap } of adjointGaps(asked.question, claims.claim)) {
      const J = quantity.replace("grad", "J");
      note("adjoint", asked, quantity, gap, Math.max(budgets.get(quantity)!, budgets.get(J)!));
    }
    for (const law of lawsOf(asked.question))
      await compare(law, claims.claim, (quantity) => budgets.get(quantity)!);
  }
  const alike = given.filter(({ answered }) => sameQuantities(answered, given[0].answered));
  if (alike.length > 1) {
    const [questions, claims] = [
      alike.map(({ answered }) => answered.asked.question),
      alike.map(({ answered }) => answered.claims.claim),
    ];
    const law = batchLaw(questions, claims);
    const budgetOf = (quantity: string) =>
      Math.max(...alike.map(({ budgets }) => budgets.get(quantity)!));
    if (law) await compare(law, {}, budgetOf);
  }
  return [...found.values()];
}

const sameQuantities = (a: Answered, b: Answered): boolean =>
  Object.keys(a.claims.claim).join() === Object.keys(b.claims.claim).join();

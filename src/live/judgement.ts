/**
 * Answers against the truth: those alike are audited as one batch, and whatever does not pass is brought
 * back to the questions that it came from.
 */
import { audit } from "../audit/audit.js";
import { auditors } from "../audit/auditors.js";
import { ContractError, checkedSizes, expectedShape } from "../audit/methods.js";
import { type AuditReport, type ClaimReport, passes } from "../audit/report.js";
import type { Claims } from "../formats/claims.js";
import { methods } from "../formats/methods.js";
import { joined, likeness } from "../formats/ndjson.js";
import type { Asked, FaultName } from "./finding.js";
import { type Arrays, claimsFor } from "./question.js";

/** A request with its answer as claims. */
export interface Answered {
  readonly asked: Asked;
  readonly claims: Claims;
  /** What every seed gave, where the question was asked with several; `claims` are the first one's. */
  readonly bySeed?: readonly Claims[];
}

/** A claim that does not pass, and where. */
export interface Failing {
  readonly report: ClaimReport;
  /** The answer in which it is furthest off, and which of its problems that is. */
  readonly answered: Answered;
  readonly problem: number;
}

export interface Judgement {
  readonly report: AuditReport;
  readonly failing: readonly Failing[];
  /** What rounding may move each quantity of the answers apart by, relative. */
  readonly budgets: readonly ReadonlyMap<string, number>[];
}

/** An answer as claims; or what keeps it from being audited, while the rest of it is kept. */
export function checkedAnswer(
  asked: Asked,
  claim: Arrays,
  source: string,
  fault: (name: FaultName, sentence: string) => void,
): Answered | null {
  const { question } = asked;
  const { quantities } = methods[question.method];
  const kept: Record<string, Arrays[string]> = {};
  for (const name of Object.keys(claim)) {
    if (!Object.hasOwn(quantities, name)) {
      const known = Object.keys(quantities).join(", ");
      fault("unknown-quantity", `It answered ${name}; expected some of ${known}.`);
    } else if (question.want.includes(name)) {
      try {
        const one = claimsFor(question, { [name]: claim[name] }, source);
        const sizes = checkedSizes(one);
        expectedShape(one, name, sizes);
        auditors[one.method].check(one, sizes);
        kept[name] = claim[name];
      } catch (error) {
        if (!(error instanceof ContractError)) throw error;
        fault("wrong-shape", `${error.message}.`);
      }
    }
  }
  for (const name of question.want)
    if (!Object.hasOwn(claim, name))
      fault("missing-quantity", `It answered without ${name}, which was wanted.`);
  if (Object.keys(kept).length === 0) return null;
  return { asked, claims: claimsFor(question, kept, source) };
}

/** True if every input and claim of the claims is one problem's, batch axis and all. */
const isSingle = ({ input, claim, method }: Claims): boolean => {
  const { inputs, quantities } = methods[method];
  const single = (arrays: Arrays, axes: Readonly<Record<string, readonly string[]>>) =>
    Object.entries(arrays).every(([name, { shape }]) => {
      const at = axes[name].findIndex((axis) => axis.startsWith("B"));
      return at < 0 || (shape.length === axes[name].length && shape[at] === 1);
    });
  return single(input, inputs) && single(claim, quantities);
};

/** The report on all answers, and what in it does not pass; those `apart` are files of their own. */
export async function judged(
  answers: readonly Answered[],
  apart: readonly Answered[],
  onProgress?: (done: number, total: number, label: string) => void,
  signal?: AbortSignal,
): Promise<Judgement> {
  const groups = new Map<string, Answered[]>();
  for (const answered of answers) {
    const { claims, asked } = answered;
    const joins = isSingle(claims) && !apart.includes(answered) && !answered.bySeed;
    const key = joins ? likeness(claims) : `request ${asked.id}`;
    groups.set(key, [...(groups.get(key) ?? []), answered]);
  }
  const batches = [...groups.values()].map((group) => ({ group, files: batch(group) }));
  const step = (done: number, total: number, label: string) => {
    signal?.throwIfAborted();
    onProgress?.(done, total, label);
  };
  // One file of the report for each batch: those of one question's seeds are judged as one.
  const report = await audit(
    batches.flatMap(({ files }) => files),
    { onProgress: step },
  );
  const failing = report.files.flatMap(({ claims }, k) =>
    claims
      .filter(
        (claim) =>
          !passes(claim) && claim.verdict !== "ill-posed" && claim.verdict !== "inconclusive",
      )
      .map((claim) => located(claim, batches[k].group)),
  );
  const budgets = apart.map((answered) => {
    const file = report.files[batches.findIndex(({ group }) => group[0] === answered)];
    return new Map(file.claims.map(({ quantity, budget }) => [quantity, budget]));
  });
  return { report, failing, budgets };
}

function batch(group: readonly Answered[]): { name: string; claims: Claims }[] {
  const ids = group.map(({ asked }) => asked.id);
  const name =
    ids.length === 1
      ? `request ${ids[0]}`
      : `requests ${ids[0]} to ${ids.at(-1)}, ${ids.length} alike`;
  const [{ claims: first, bySeed }] = group;
  if (bySeed) return bySeed.map((claims) => ({ name, claims }));
  if (!isSingle(first)) return [{ name, claims: first }];
  const problems = group.map(({ claims }) => {
    // Of one problem a mean and a sum are the same; of the batch they are put into they are not.
    const { reduction: _, ...convention } = claims.convention;
    return { ...claims, convention };
  });
  return [{ name, claims: joined(problems) }];
}

/** The answer of a group in which a claim is furthest over its budget. */
function located(report: ClaimReport, group: readonly Answered[]): Failing {
  const excess = report.perProblem.map(({ relativeError, budget }) =>
    Number.isNaN(relativeError) ? Number.POSITIVE_INFINITY : relativeError / budget,
  );
  const at = Math.max(0, excess.indexOf(Math.max(...excess)));
  // A group is answers of one problem each, or one answer.
  return group.length === 1
    ? { report, answered: group[0], problem: at }
    : { report, answered: group[at], problem: 0 };
}

/** The one report on a single answer's quantity. */
export async function judgedAlone({ claims, bySeed = [claims] }: Answered): Promise<ClaimReport> {
  const { files } = await audit(bySeed.map((own) => ({ name: "problem", claims: own })));
  return files[0].claims[0];
}

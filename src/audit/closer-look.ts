/** What is added to a file's findings once they are made: where unexplained errors lie, and the worst problem. */

import { rotationOffset } from "../conventions/chart.js";
import { methods } from "../formats/methods.js";
import type { Auditor, CheckedClaims, Findings } from "./auditor.js";
import type { JudgedClaim } from "./claim-report.js";
import type { ClaimedErrors } from "./claimed-errors.js";
import { errorCorrelation } from "./correlation.js";
import { batchAxis } from "./methods.js";
import type { ClaimReport, FileReport } from "./report.js";
import { type SeenProblem, seenProblems } from "./seen-problem.js";
import { worstProblem } from "./worst-problem.js";

/** The claims of a file, each with what its error goes with where nothing explains it; and the worst problem. */
export function closerLook(
  file: CheckedClaims,
  findings: Findings,
  auditor: Auditor,
): Pick<FileReport, "claims" | "worst"> {
  let seen: readonly SeenProblem[] | undefined;
  const errorsOf = (claim: JudgedClaim): ClaimedErrors => {
    seen ??= seenProblems(file.claims, file.sizes, findings.poses);
    return claimedErrors(file, claim, seen);
  };
  const worst = worstProblem(file, findings, errorsOf, auditor);
  const claims = findings.claims.map((claim) => looked(claim, errorsOf));
  return worst ? { claims, worst } : { claims };
}

function looked(claim: JudgedClaim, errorsOf: (claim: JudgedClaim) => ClaimedErrors): ClaimReport {
  const { compared, ...report } = claim;
  const { verdict, explanation, sentence } = report;
  if (verdict !== "wrong" || explanation !== null || compared.kept.length === 0) return report;
  const correlation = errorCorrelation(errorsOf(claim));
  if (correlation)
    return { ...report, sentence: `${sentence} ${correlation.sentence}`, correlation };
  return { ...report, sentence: `${sentence} ${nothing}` };
}

const nothing =
  "Its error goes with no depth, weight, residual, point, row or problem more than chance allows.";

/** A claim's arrays with what their axes count. */
function claimedErrors(
  { claims, shapes }: CheckedClaims,
  { quantity, compared, perProblem }: JudgedClaim,
  seen: readonly SeenProblem[],
): ClaimedErrors {
  const batch = batchAxis(claims, quantity);
  const letters = methods[claims.method].quantities[quantity];
  // The gradient of a shared input has no batch axis, which its letters still name.
  const named = batch < 0 ? letters.filter((letter) => letter !== "B?") : letters;
  const shape = shapes.get(quantity)!;
  const kept = named.map((_, k) => k).filter((k) => k !== batch);
  return {
    ...compared,
    axes: kept.map((k) => named[k]),
    shape: kept.map((k) => shape[k]),
    errors: perProblem.map(({ relativeError }) => relativeError),
    budget: perProblem.map(({ budget }) => budget),
    seen,
    rotationFirst: rotationFirst(claims),
  };
}

/** Whether rows of a tangent begin with those of the rotation. */
function rotationFirst({ convention, input, claim }: CheckedClaims["claims"]): boolean {
  if (convention.order) return convention.order === "rotation-first";
  const pose = input.pose ?? claim.pose ?? input.pose_init;
  const six = pose === undefined || pose.shape.at(-1) === 6;
  return rotationOffset(convention.chart ?? (six ? "AA" : "Q7")) === 0;
}

/** The worst problem of a file: what a reader should look at, and how to look at it again. */
import { writeClaimsJson } from "../formats/json.js";
import { reprojectionHessian } from "../kernels/reprojection-cost.js";
import { symmetricEigen } from "../linalg/symmetric-eigen.js";
import type { Auditor, CheckedClaims, Findings } from "./auditor.js";
import type { JudgedClaim } from "./claim-report.js";
import { axisOf, type ClaimedErrors } from "./claimed-errors.js";
import { passes, type WorstProblem } from "./report.js";
import { pixels, type SeenProblem } from "./seen-problem.js";
import { singleProblem } from "./single-problem.js";
import { sweep } from "./sweep.js";

/** Numbers of a claims file that a page can be asked to show. */
const mostNumbers = 20_000;

/** The problem furthest over its budget, of the claim that is furthest; null where none is of single problems. */
export function worstProblem(
  file: CheckedClaims,
  { claims: judged, poses }: Findings,
  errorsOf: (claim: JudgedClaim) => ClaimedErrors,
  auditor: Auditor,
): WorstProblem | null {
  const single = judged.filter((claim) => claim.worstProblem !== null);
  if (single.length === 0) return null;
  const claim = single.reduce((a, b) => (gravity(b) > gravity(a) ? b : a));
  const problem = claim.worstProblem!;
  const errors = errorsOf(claim);
  const seen: SeenProblem | undefined = errors.seen[problem];
  const alone = singleProblem(
    file.claims,
    claim.quantity,
    file.shapes.get(claim.quantity)!,
    problem,
  );
  const truth = errors.truth[problem];
  const pose = poses?.[problem];
  const response = truth && alone && auditor.response?.(alone, claim.quantity, pose);
  const drawable = seen && [...seen.R, ...seen.t].every(Number.isFinite) ? seen : null;
  return {
    quantity: claim.quantity,
    problem,
    observed: drawable ? pairs(drawable.x2d) : [],
    projected: drawable ? pairs(pixels(drawable)) : [],
    pointErrors: pointErrors(errors, problem),
    arrows: arrows(errors, problem, claim.quantity),
    eigenvalues: drawable ? curvature(drawable) : [],
    sweep: response ? sweep(alone, claim.quantity, response, errors.claim[problem], truth) : null,
    // A mean over seeds is no claim of its own: alone, it would be judged as if chance had no part in it.
    reproduction:
      alone && !file.answers && numbers(alone) <= mostNumbers ? writeClaimsJson(alone) : null,
  };
}

/** Claims that fail come first, then those furthest over budget. */
function gravity(claim: JudgedClaim): number {
  const { relativeError, budget } = claim.perProblem[claim.worstProblem!];
  const ratio = Number.isNaN(relativeError) ? Number.MAX_VALUE : relativeError / budget;
  return (passes(claim) ? 0 : 1) + (claim.verdict === "correct" ? 0 : 1) + ratio / (1 + ratio);
}

const pairs = (flat: Float64Array): [number, number][] =>
  Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);

const numbers = ({ input, claim }: CheckedClaims["claims"]): number =>
  [...Object.values(input), ...Object.values(claim)].reduce((n, { data }) => n + data.length, 0);

/** Error at each point over the greatest of them. */
function pointErrors(errors: ClaimedErrors, problem: number): number[] {
  const axis = axisOf(errors, "N");
  const truth = errors.truth[problem];
  if (!axis || !truth) return [];
  const squares = new Array<number>(axis.length).fill(0);
  for (const [k, v] of truth.entries())
    squares[axis.place(k)] += (errors.claim[problem][k] - v) ** 2;
  const largest = Math.max(...squares);
  return squares.map((square) => (largest > 0 ? Math.sqrt(square / largest) : 0));
}

/** [claimed, true] gradient by each image point. */
function arrows(errors: ClaimedErrors, problem: number, quantity: string): WorstProblem["arrows"] {
  const truth = errors.truth[problem];
  if (quantity !== "grad_x2d" || !truth) return [];
  const claimed = pairs(errors.claim[problem]);
  return pairs(truth).map((own, i) => [claimed[i], own] as const);
}

/** Eigenvalues of the exact Hessian of the cost, scaled so that metres and radians weigh the same. */
function curvature({ n, x2d, x3d, w2d, K, R, t, delta }: SeenProblem): number[] {
  const [g, H] = [new Float64Array(6), new Float64Array(36)];
  reprojectionHessian(n, x2d, x3d, w2d, K, R, t, delta, g, H);
  const root = Array.from({ length: 6 }, (_, i) => Math.sqrt(Math.abs(H[7 * i])) || 1);
  const scaled = H.map((v, k) => v / root[Math.floor(k / 6)] / root[k % 6]);
  if (!scaled.every(Number.isFinite)) return [];
  const values = new Float64Array(6);
  symmetricEigen(6, scaled, values, new Float64Array(36));
  return [...values].sort((a, b) => a - b);
}

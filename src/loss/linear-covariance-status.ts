/** What becomes of a Linear-Covariance loss, problem by problem. */
import type {
  LinearCovarianceOptions,
  LinearCovarianceProblem,
} from "../kernels/linear-covariance-loss.js";
import type { LinearCovarianceWorkspace } from "../kernels/linear-covariance-workspace.js";

/** Every status with the sentence that explains it, and whether the loss has numbers there. */
export const linearCovarianceSentences = {
  ok: { defined: true, sentence: "The loss is defined." },
  zeroResiduals: {
    defined: true,
    sentence:
      "Every residual is zero: E_cov and E_linear vanish, pixels and points have no slope, and larger weights are always better.",
  },
  behindCamera: {
    defined: true,
    sentence:
      "Points lie at or behind the camera: their pixels are those of the formula, which no camera sees.",
  },
  substituted: {
    defined: true,
    sentence:
      "The Hessian is not positive definite; the identity stands for it, which is in no unit of the problem.",
  },
  empty: { defined: false, sentence: "There are no correspondences." },
  weightless: { defined: false, sentence: "Every weight is zero, or tamed to zero." },
  tooFewPoints: {
    defined: false,
    sentence: "Fewer than three points have weight, and they do not hold a pose in place.",
  },
  singular: {
    defined: false,
    sentence:
      "The Hessian is not positive definite to working precision: the points and weights do not hold the pose in place.",
  },
  nonFinite: {
    defined: false,
    sentence: "A number overflows, or a point lies in the plane of the camera's centre.",
  },
} as const;

export type LinearCovarianceStatus = keyof typeof linearCovarianceSentences;

/** The status after a kernel has run, `defined` being what it returned; and points behind the camera. */
export function lossStatus(
  problem: LinearCovarianceProblem,
  { terms, failure }: LinearCovarianceOptions,
  at: LinearCovarianceWorkspace,
  defined: boolean,
): { status: LinearCovarianceStatus; behindCamera: number } {
  const { n } = problem;
  const behindCamera = pointsBehind(problem);
  const outcome = (status: LinearCovarianceStatus) => ({ status, behindCamera });
  if (n === 0) return outcome("empty");
  if (!defined) return outcome(whyUndefined(n, at));
  if (failure === "identity" && at.substituted[0] === 1) return outcome("substituted");
  const still = at.e.subarray(0, 2 * n).every((e) => e === 0);
  if (still && (terms.includes("covariance") || terms.includes("linear")))
    return outcome("zeroResiduals");
  return outcome(behindCamera > 0 && at.curved[0] < behindCamera ? "behindCamera" : "ok");
}

function whyUndefined(n: number, at: LinearCovarianceWorkspace): LinearCovarianceStatus {
  if (!at.hessian.every(Number.isFinite)) return "nonFinite";
  let weighted = 0;
  for (let i = 0; i < n; i++) if (at.omega[2 * i] > 0 || at.omega[2 * i + 1] > 0) weighted++;
  if (weighted === 0) return "weightless";
  return weighted < 3 ? "tooFewPoints" : "singular";
}

function pointsBehind({ n, x3d, R, t, K }: LinearCovarianceProblem): number {
  let count = 0;
  for (let i = 0; i < n; i++) {
    let depth = 0;
    for (let a = 0; a < 3; a++) {
      const X =
        R[3 * a] * x3d[3 * i] +
        R[3 * a + 1] * x3d[3 * i + 1] +
        R[3 * a + 2] * x3d[3 * i + 2] +
        t[a];
      depth += K[6 + a] * X;
    }
    if (!(depth > 0)) count++;
  }
  return count;
}

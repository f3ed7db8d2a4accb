/**
 * The small head as a dense network: object points under an L1 loss and a variant of the LC loss.
 *
 *     L = mean |z − z_true| / diameter + β L_LC
 *
 * Trained on a few images, then judged on others: share of poses whose mean corner error is below 2 % of
 * the diameter. Weighted poses are the minimum that Newton reaches from the truth, so that what is
 * compared is correspondences, not searches; without weights it is RANSAC as published for dense maps.
 * Source: [LC2023] Eq 18, 20, Sec 4.5; EQUATIONS LC-30, LC-32, PNP-10, EXP-L4 (a).
 */
import { type LinearCovarianceLossOptions, linearCovarianceLoss } from "../loss/index.js";
import type { Correspondences } from "../problem/correspondences.js";
import { ransac } from "../solve/ransac.js";
import { cloudCorners, median, solvedFromTruth } from "./cloud.js";
import { type HeadImage, type HeadLoss, SmallHead } from "./small-head.js";
import type { Measures } from "./study.js";

/** Diameter of the box of D2 [m]. */
export const DIAMETER = 2 * Math.hypot(0.15, 0.11, 0.08);
/** Corner errors [mm] at which shares are drawn; the fourth is 2 % of the diameter. */
export const thresholds = [2, 4, 6, 20 * DIAMETER, 10, 12, 16, 20, 25, 30];

/** What a dense head is trained and judged on. */
export interface DenseSettings {
  readonly points: number;
  readonly capacity: number;
  readonly systematic: number;
  readonly misfit: number;
  readonly images: number;
  readonly steps: number;
  readonly rate: number;
  readonly tests: number;
  /** Weight of the LC loss. */
  readonly beta: number;
}

/** The loss of a dense head; a variant of null is the L1 loss alone, which teaches no weights. */
export function denseHeadLoss(variant: LinearCovarianceLossOptions | null, beta: number): HeadLoss {
  return (problem, { exact, pose }) => {
    const { length } = problem.x3d;
    const predicted = problem.x3d.map((v, j) => Math.sign(v - exact.x3d[j]) / length / DIAMETER);
    const w2d = new Float64Array(2 * problem.n);
    if (variant === null) return { predicted, w2d };
    const { loss, gradient } = linearCovarianceLoss(problem, pose, {
      ...{ corners: cloudCorners, ...variant },
    });
    if (!Number.isFinite(loss)) return null;
    for (let j = 0; j < length; j++) predicted[j] += beta * gradient.x3d[j];
    return { predicted, w2d: gradient.w2d };
  };
}

/** A dense head of this name, trained under a variant of the LC loss or without. */
export function denseHead(
  variant: LinearCovarianceLossOptions | null,
  name: string,
  { beta, images, steps, rate, ...factors }: DenseSettings,
  spread: number,
): SmallHead {
  const head = new SmallHead(name, { ...factors, predicts: "x3d", spread });
  return head.train(denseHeadLoss(variant, beta), { images, steps, rate });
}

/** How it does on images that it has not seen. */
export function denseHeadMeasures(
  variant: LinearCovarianceLossOptions | null,
  name: string,
  settings: DenseSettings,
  spread: number,
): Measures {
  const head = denseHead(variant, name, settings, spread);
  return errorMeasures(
    head.errors(settings.tests, variant === null ? agreedPose : solvedFromTruth),
  );
}

/** Accuracy, median error and the shares below each threshold, of corner errors [mm]. */
export function errorMeasures(errors: readonly number[]): Measures {
  const below = (most: number) => errors.filter((e) => e < most).length / errors.length;
  return {
    accuracy: below(20 * DIAMETER),
    "median error [mm]": median(errors),
    "shares below": thresholds.map(below),
  };
}

/** RANSAC with the published settings for dense maps: 150 samples, 3 px, EPnP. */
function agreedPose(problem: Correspondences, _: HeadImage) {
  const found = ransac(problem, {
    ...{ threshold: 3, maxIterations: 150, confidence: 0.99, minimal: "epnp" as const },
  });
  return found.pose ? found : null;
}

/** Cases of method pnp: a pose, its cost and its covariance, beside every seam of the cost. */
import type { Stream } from "../random/stream.js";
import type { CaseDraft, CasePlan } from "./case-plan.js";
import { array, cameras, cloud, decimals, roundedNumber } from "./drawing.js";
import { type Scene, type SceneOptions, scene, sceneInputs } from "./solved-scenes.js";

const all = ["pose", "cost", "pose_cov"];

/** A case about a solution; its threshold, if it has one, is made from the residuals at the minimum. */
const one =
  (
    options: SceneOptions | ((draw: Stream) => SceneOptions) = {},
    delta?: (lengths: readonly number[]) => number,
    want: readonly string[] = all,
  ) =>
  (draw: Stream): CaseDraft => {
    const found = scene(draw, typeof options === "function" ? options(draw) : options);
    const input = sceneInputs([found]);
    return {
      input: delta ? { ...input, delta: array([1], [delta(found.lengths)]) } : input,
      want,
    };
  };

const shared = (draw: Stream): CaseDraft => {
  const first = scene(draw);
  const others: Scene[] = [1, 2].map(() => scene(draw, { x3d: first.x3d }));
  return { input: sceneInputs([first, ...others], ["x3d", "K"]), want: ["pose", "cost"] };
};

export const pnpPlans: readonly CasePlan[] = [
  { comment: "generic, without a threshold", catches: "the rest", draft: one() },
  {
    comment: "one outlier far beyond the Huber threshold",
    catches: ["threshold-ignored"],
    draft: one({ N: 5 }, ([first, second]) => roundedNumber((first + second) / 2, 3)),
  },
  {
    comment: "the greatest residual a part in a million inside the Huber threshold",
    catches: ["factor-2", "weights-ignored"],
    draft: one({ N: 5 }, ([first]) => roundedNumber(first * (1 + 1e-6), 9)),
  },
  {
    comment: "the greatest residual a part in a million outside the Huber threshold",
    catches: ["threshold-ignored", "sign-flipped"],
    draft: one({ N: 5 }, ([first]) => roundedNumber(first * (1 - 1e-6), 9)),
  },
  {
    comment: "no turn at all, ω = 0 at the minimum up to 1e-11",
    catches: ["small-angle-cancellation", "axis-epsilon"],
    draft: one({ pose: [0, 0, 0, 0.1, -0.2, 6] }),
  },
  {
    comment: "a turn 1e-3 rad short of π",
    catches: ["transposed-rotation", "degrees", "chart-left", "chart-rp", "chart-q7"],
    draft: one({ pose: [1.2, -2, 2.0932, 0.2, 0.3, 6] }),
  },
  {
    comment: "close by: the farthest point is twice as far as the nearest",
    catches: ["gauss-newton-hessian", "residual-variance"],
    draft: one({ pose: [0.3, -0.2, 0.4, 0.1, 0.05, 2.9], noise: 6 }),
  },
  {
    comment: "far away: depth and lateral shift are hard to tell from turns",
    catches: ["regularised", "information-matrix"],
    draft: one({ pose: [0.4, 0.9, -0.3, 3, -2, 60], noise: 1 }),
  },
  {
    comment: "points within a thousandth of a plane",
    catches: ["single-precision", "row-order"],
    draft: one((draw) => ({ N: 5, x3d: cloud(draw, 5, 0.001) })),
  },
  {
    comment: "a skewed camera",
    catches: ["single-precision", "mean-over-points"],
    draft: one({ K: cameras.skewed }),
  },
  {
    comment: "a camera whose nine entries all count",
    catches: ["translation-in-millimetres", "root-mean-square"],
    draft: one({ K: cameras.full }),
  },
  {
    comment: "uneven weights, both of one point zero",
    catches: ["weights-ignored", "weights-taken-as-w2", "weights-squared-twice"],
    draft: one((draw) => ({
      N: 5,
      w2d: [...decimals(draw, 4, 0.3, 0.9), 0, 0, ...decimals(draw, 4, 1.1, 1.9)],
    })),
  },
  {
    comment: "three problems that share points and camera",
    catches: ["row-order", "single-precision"],
    draft: shared,
  },
  {
    comment: "a residual on the Huber threshold: the covariance jumps",
    catches: ["threshold-ignored"],
    refused: "kink",
    draft: one({ N: 5, places: 12 }, ([first]) => first, ["pose_cov"]),
  },
  {
    comment: "all points on one line",
    catches: ["regularised"],
    refused: "rank-deficient",
    draft: one((draw) => ({
      ...{ noise: 0, places: 2 },
      x3d: decimals(draw, 4, 0.1, 1).flatMap((s) => [2 * s, -2 * s, s]),
    })),
  },
  {
    comment: "two points",
    catches: ["regularised"],
    refused: "rank-deficient",
    draft: one({ N: 2, noise: 0, places: 2 }),
  },
  {
    comment: "a Huber threshold of zero",
    catches: ["threshold-ignored"],
    refused: "contract",
    draft: one({}, () => 0),
  },
];

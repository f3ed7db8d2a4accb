/** Cases of method lc: the Linear-Covariance loss beside its clamps, its thresholds and its loss of rank. */
import type { ClaimArray } from "../formats/claims.js";
import type { Stream } from "../random/stream.js";
import type { CaseDraft, CasePlan } from "./case-plan.js";
import { array, cameras, cloud, decimalBetween, decimals } from "./drawing.js";
import {
  besideClamp,
  type PosedOptions,
  type PosedScene,
  posedInputs,
  posedScene,
} from "./posed-scenes.js";

type Options = PosedOptions | ((draw: Stream) => PosedOptions);
type Inputs = Readonly<Record<string, ClaimArray>>;

const errors = ["prior_error", "cov_error", "linear_error", "loss"];
const gradients = ["grad_x3d", "grad_x2d", "grad_inv_std2d"];
const want = [...errors, ...gradients];
const number = (v: number): ClaimArray => array([], [v]);

/** The corners of a box that no axis halves. */
function box(draw: Stream): number[] {
  const sides = decimals(draw, 3, 0.5, 1.5);
  return Array.from({ length: 24 }, (_, i) => {
    const [corner, k] = [Math.floor(i / 3), i % 3];
    return corner & (1 << k) ? sides[k] : -sides[k] / 2;
  });
}

function loss(
  draw: Stream,
  scenes: readonly PosedScene[],
  more: Inputs = {},
  shared: readonly string[] = [],
): CaseDraft {
  const rotationFirst = scenes.map((one) => ({
    ...one,
    row: [...one.row.slice(3), ...one.row.slice(0, 3)],
  }));
  const { w2d, ...rest } = posedInputs(rotationFirst, "pose_gt", shared);
  const bbox = array([8, 3], box(draw));
  return { input: { ...rest, inv_std2d: w2d, bbox, ...more }, want };
}

const one =
  (options: Options = {}, more: Inputs | ((N: number) => Inputs) = {}) =>
  (draw: Stream): CaseDraft => {
    const given = typeof options === "function" ? options(draw) : options;
    const found = posedScene(draw, { N: 4, ...given });
    return loss(draw, [found], typeof more === "function" ? more(found.N) : more);
  };

const several =
  (shared: readonly string[]) =>
  (draw: Stream): CaseDraft => {
    const first = posedScene(draw, { N: 4 });
    const alike = {
      x3d: shared.includes("x3d") ? first.x3d : undefined,
      w2d: shared.includes("w2d") ? first.w2d : undefined,
    };
    const scenes = [first, ...[1, 2].map(() => posedScene(draw, { N: 4, ...alike }))];
    return { ...loss(draw, scenes, {}, shared), want: ["loss", ...gradients] };
  };

/** Valid but for every third point. */
const mask = (N: number): Inputs => ({
  valid: array(
    [1, N],
    Array.from({ length: N }, (_, i) => (i % 3 === 1 ? 0 : 1)),
  ),
});

export const lossPlans: readonly CasePlan[] = [
  { comment: "generic, one point masked", catches: "the rest", draft: one({}, mask) },
  {
    comment: "no residual beyond any threshold",
    catches: ["weights-taken-as-w2", "half-missing", "logarithm-missing"],
    draft: one({}, { rel_thresh: number(50), w_e_thresh: number(50) }),
  },
  {
    comment: "residuals longer than max_err_len",
    catches: [
      "residual-clamp-missing",
      "robustification-missing",
      "clamp-differentiated",
      "epsilon-missing",
    ],
    draft: one({ noise: 60 }),
  },
  {
    comment: "low thresholds: most variances and weights are limited",
    catches: [
      ...["residual-threshold-missing", "weight-threshold-missing", "huber-once"],
      ...["residual-threshold-attached", "weight-threshold-attached", "prior-weights-plain"],
      ...["thresholds-over-both-axes"],
    ],
    draft: one({}, { rel_thresh: number(0.75), w_e_thresh: number(0.5) }),
  },
  {
    comment: "one of four points masked, and low thresholds",
    catches: ["mask-ignored", "mask-on-weights", "masked-points-without-gradient"],
    draft: one({}, (N) => ({
      valid: array([1, N], [1, 0, 1, 1]),
      ...{ rel_thresh: number(0.75), w_e_thresh: number(0.5) },
    })),
  },
  {
    comment: "a point a millionth of a metre within the least depth: clamped",
    catches: ["clamp-in-jacobian"],
    draft: one(besideClamp(-1e-6)),
  },
  {
    comment: "a point just within the least depth, and its pixel far off the axis: clamped",
    catches: ["depth-unclamped", "clamp-in-jacobian", "gauss-newton-hessian"],
    draft: one(besideClamp(-0.001)),
  },
  {
    comment: "a turn of 2e-9 rad",
    catches: ["quaternion-xyzw", "left-turned-corners"],
    draft: one({ turn: [1, 1e-9, -2e-10, 3e-10] }),
  },
  {
    comment: "a turn 2e-9 rad short of π",
    catches: ["quaternion-xyzw", "observed-hessian"],
    draft: one({ turn: [1e-9, 0.48, -0.64, 0.6] }),
  },
  {
    comment: "far away",
    catches: ["single-precision", "summed-over-corners"],
    draft: one({ t: [3, -2, 60], noise: 1 }),
  },
  {
    comment: "points within a hundredth of a plane",
    catches: ["linearisation-attached", "camera-frame-points"],
    draft: one((draw) => ({ x3d: cloud(draw, 4, 0.01) })),
  },
  { comment: "a skewed camera", catches: ["camera-transposed"], draft: one({ K: cameras.skewed }) },
  {
    comment: "a camera whose nine entries all count",
    catches: ["camera-transposed"],
    draft: one({ K: cameras.full }),
  },
  {
    comment: "three points: as few as there may be",
    catches: ["linear-residual-attached", "residual-detached", "signed-residuals"],
    draft: one((draw) => ({ N: 3, t: [0.1, 0.2, decimalBetween(draw, 4, 5, 2)] })),
  },
  {
    comment: "uneven weights, both of one point small",
    catches: ["weights-ignored", "weights-squared-twice", "derivative-by-w2", "derivative-by-std"],
    draft: one((draw) => ({
      N: 5,
      w2d: [...decimals(draw, 4, 0.3, 0.9), 0.01, 0.02, ...decimals(draw, 4, 1.1, 1.9)],
    })),
  },
  {
    comment: "two points: exchanged axes would keep their shape, and rank is lost",
    catches: ["identity-substituted"],
    refused: "ill-posed",
    draft: one({ N: 2 }),
  },
  {
    comment: "three problems with points and weights of their own",
    catches: ["summed-over-batch", "mean-over-batch"],
    draft: several([]),
  },
  {
    comment: "three problems that share points, weights and camera: gradients are sums",
    catches: ["mean-over-batch"],
    draft: several(["x3d", "w2d", "K"]),
  },
  {
    comment: "a negative weight",
    catches: ["weights-taken-as-w2"],
    refused: "contract",
    draft: one((draw) => ({ w2d: decimals(draw, 8, -1.5, -0.5) })),
  },
];

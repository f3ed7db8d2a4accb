/** Cases of methods that solve for a pose: a plan for each seam, and for each mistake that needs one. */
import type { Stream } from "../random/stream.js";
import type { CaseDraft, CasePlan } from "./case-plan.js";
import { array, cameras, cloud, decimals } from "./drawing.js";
import { type Scene, type SceneOptions, scene, sceneInputs } from "./solved-scenes.js";

const jacobians = ["J_x2d", "J_x3d", "J_K", "J_w2d"];
const gradients = ["grad_x2d", "grad_x3d", "grad_K", "grad_w2d"];

/** A case about derivatives, with an upstream gradient where one is read. */
function derivative(
  draw: Stream,
  scenes: readonly Scene[],
  want: readonly string[],
  shared?: readonly string[],
): CaseDraft {
  const input = sceneInputs(scenes, shared);
  const upstream = decimals(draw, 6 * scenes.length, -1, 1);
  const asked = want.some((name) => name.startsWith("grad_"));
  return {
    input: asked ? { ...input, grad_pose: array([scenes.length, 6], upstream) } : input,
    want,
  };
}

const one =
  (want: readonly string[], options: SceneOptions | ((draw: Stream) => SceneOptions) = {}) =>
  (draw: Stream): CaseDraft =>
    derivative(draw, [scene(draw, typeof options === "function" ? options(draw) : options)], want);

/** Scenes that share what `shared` names. */
const several =
  (count: number, want: readonly string[], shared: readonly string[]) =>
  (draw: Stream): CaseDraft => {
    const first = scene(draw);
    const others = Array.from({ length: count - 1 }, () =>
      scene(draw, {
        x3d: shared.includes("x3d") ? first.x3d : undefined,
        w2d: shared.includes("w2d") ? first.w2d : undefined,
      }),
    );
    return derivative(draw, [first, ...others], want, shared);
  };

/** ω of the length of its name, about an axis that no coordinate is. */
const tiny = [6e-5, -5e-5, 7e-5];
const nearHalfTurn = [1.2, -2, 2.0932];

/** Points on a line: turning about it moves nothing. */
const onLine = (draw: Stream): SceneOptions => ({
  ...{ noise: 0, places: 2 },
  x3d: decimals(draw, 4, 0.1, 1).flatMap((s) => [2 * s, -2 * s, s]),
});

const negativeWeight =
  (want: readonly string[]) =>
  (draw: Stream): CaseDraft => {
    const found = scene(draw);
    const w2d = found.w2d.map((w, k) => (k === 2 ? -w : w));
    return derivative(draw, [{ ...found, w2d }], want);
  };

export const bpnpPlans: readonly CasePlan[] = [
  { comment: "generic", catches: "the rest", draft: one([...jacobians, ...gradients]) },
  {
    comment: "no turn at all, ω = 0 at the minimum up to 1e-11",
    catches: ["small-angle-cancellation", "axis-epsilon"],
    draft: one(gradients, { pose: [0, 0, 0, 0.1, -0.2, 6] }),
  },
  {
    comment: "a turn of 1e-4 rad",
    catches: ["small-angle-cancellation", "axis-epsilon"],
    draft: one(["grad_x2d", "grad_x3d"], { pose: [...tiny, -0.2, 0.1, 6] }),
  },
  {
    comment: "a turn 1e-3 rad short of π",
    catches: ["chart-left", "chart-rp", "chart-q7", "degrees"],
    draft: one(["J_x2d", ...gradients], { pose: [...nearHalfTurn, 0.2, 0.3, 6] }),
  },
  {
    comment: "close by: the farthest point is twice as far as the nearest",
    catches: [
      "depth-weighted-residual",
      "gauss-newton-hessian",
      "dropped-coefficient-derivatives",
      "dropped-mixed-derivatives",
    ],
    draft: one(gradients, { pose: [0.3, -0.2, 0.4, 0.1, 0.05, 2.9], noise: 6 }),
  },
  {
    comment: "far away: depth and lateral shift are hard to tell from turns",
    catches: ["single-precision", "factor-2"],
    draft: one(gradients, { pose: [0.4, 0.9, -0.3, 3, -2, 60], noise: 1 }),
  },
  {
    comment: "points within a thousandth of a plane",
    catches: ["single-precision", "sign-flipped"],
    draft: one(gradients, (draw) => ({ N: 5, x3d: cloud(draw, 5, 0.001) })),
  },
  {
    comment: "a skewed camera",
    catches: ["triangular-camera", "pinhole-camera", "transposed"],
    draft: one(["J_K", "grad_K", "grad_x2d"], { K: cameras.skewed }),
  },
  {
    comment: "a camera whose nine entries all count",
    catches: ["triangular-camera", "normalised-coordinates", "swapped-image-axes"],
    draft: one(["grad_x2d", "grad_x3d", "grad_K"], { K: cameras.full }),
  },
  {
    comment: "uneven weights, both of one point zero",
    catches: [
      "weights-ignored",
      "weights-taken-as-w2",
      "weights-squared-twice",
      "derivative-by-w2",
    ],
    draft: one(["J_w2d", ...gradients], (draw) => ({
      N: 5,
      w2d: [...decimals(draw, 4, 0.3, 0.9), 0, 0, ...decimals(draw, 4, 1.1, 1.9)],
    })),
  },
  {
    comment: "as many points as the tangent has coordinates: exchanged axes keep their shape",
    catches: ["transposed", "row-order", "camera-frame-points"],
    draft: one(["J_x2d", "grad_x3d"], { N: 6 }),
  },
  {
    comment: "three problems with points and camera of their own",
    catches: ["summed-over-batch", "mean-over-batch"],
    draft: several(3, ["grad_x2d", "grad_x3d"], []),
  },
  {
    comment: "three problems that share points, weights and camera: gradients are sums",
    catches: ["mean-over-batch", "factor-half"],
    draft: several(3, gradients, ["x3d", "w2d", "K"]),
  },
  {
    comment: "a batch of six over shared points and camera",
    catches: ["mean-over-batch", "single-precision"],
    draft: several(6, ["grad_x3d", "grad_K"], ["x3d", "K"]),
  },
  {
    comment: "all points on one line",
    catches: ["regularised"],
    refused: "rank-deficient",
    draft: one(gradients, onLine),
  },
  {
    comment: "two points",
    catches: ["regularised"],
    refused: "rank-deficient",
    draft: one(gradients, { N: 2, noise: 0, places: 2 }),
  },
  {
    comment: "a negative weight",
    catches: ["weights-taken-as-w2"],
    refused: "contract",
    draft: negativeWeight(gradients),
  },
];

/** The plans of bpnp that say something of bpnp-faster too. */
const fasterToo = /^(generic|a turn|close|a camera|uneven|three problems|all points)/;
/** What only the formula with coefficients held can be mistaken for, where that shows most. */
const mistakenFaster: readonly string[] = ["exact-derivative", "kept-mixed-derivatives"];
/** A first derivative of the rotation is all that it needs, and that cancels nowhere. */
const fasterAims = ({ comment, catches }: CasePlan): CasePlan["catches"] => {
  if (comment.startsWith("close")) return ["depth-weighted-residual", ...mistakenFaster];
  if (catches === "the rest") return catches;
  return catches.filter((slug) => slug !== "small-angle-cancellation");
};

export const bpnpFasterPlans: readonly CasePlan[] = bpnpPlans
  .filter(({ comment }) => fasterToo.test(comment))
  .map((plan) => ({ ...plan, catches: fasterAims(plan) }));

/** Cases of epropnp-mc: a target and samples of its posterior, with every seam that the loss can meet. */
import type { Stream } from "../random/stream.js";
import type { CaseDraft, CasePlan } from "./case-plan.js";
import { array, cameras, decimals, roundedNumber } from "./drawing.js";
import {
  besideClamp,
  type PosedOptions,
  type PosedScene,
  posedInputs,
  posedScene,
  residualLengths,
} from "./posed-scenes.js";

type Options = PosedOptions | ((draw: Stream) => PosedOptions);
type Threshold = (lengths: readonly number[]) => number;

interface Sampling {
  /** Samples of each problem. */
  readonly S?: number;
  /** How far samples lie from the target: in metres, and in entries of a quaternion or rad. */
  readonly spread?: number;
  /** What is added to every log-density. */
  readonly shift?: number;
  readonly shared?: readonly string[];
  /** True where gradients cancel to nothing, and are left out. */
  readonly still?: true;
}

const among: Threshold = (lengths) =>
  roundedNumber((lengths[0] + lengths[lengths.length - 1]) / 2, 4);
const above: Threshold = ([first]) => roundedNumber(30 * first, 4);

/** A pose beside another: decimals added, and a quaternion brought back to unit length. */
function near(row: readonly number[], spread: number, draw: Stream): number[] {
  const moved = row.map((v, k) => v + (decimals(draw, 1, -1, 1, 3)[0] * spread) / (k < 3 ? 1 : 2));
  if (row.length === 4) return moved;
  const length = Math.sqrt(moved.slice(3).reduce((sum, v) => sum + v * v, 0));
  return moved.map((v, k) => (k < 3 ? v : v / length));
}

/** Weights that leave costs of a few units, so that several samples count. */
const soft = (w2d: readonly number[]): number[] => w2d.map((w) => roundedNumber(w / 20, 4));

function sampled(
  draw: Stream,
  scenes: readonly PosedScene[],
  threshold: Threshold,
  { S = 4, spread = 0.02, shift = 0, shared = [], still }: Sampling,
): CaseDraft {
  const B = scenes.length;
  const softened = scenes.map((one) => ({ ...one, w2d: soft(one.w2d) }));
  const width = scenes[0].row.length;
  const samples = Array.from({ length: S }, () =>
    softened.flatMap(({ row }) => near(row, spread, draw)),
  );
  return {
    input: {
      ...posedInputs(softened, "pose_gt", shared),
      delta: array(
        [B],
        softened.map((one) => threshold(residualLengths(one))),
      ),
      pose_samples: array([S, B, width], samples.flat()),
      log_proposal: array(
        [S, B],
        decimals(draw, S * B, -2, 2).map((v) => roundedNumber(v + shift, 2)),
      ),
    },
    want: still ? values : want,
  };
}

const values = ["cost_target", "cost_samples", "log_weights", "loss"];
const want = [...values, "grad_x3d", "grad_x2d", "grad_w2d"];

const one =
  (options: Options = {}, threshold: Threshold = among, sampling: Sampling = {}) =>
  (draw: Stream): CaseDraft => {
    const found = posedScene(draw, typeof options === "function" ? options(draw) : options);
    return sampled(draw, [found], threshold, sampling);
  };

const several =
  (shared: readonly string[]) =>
  (draw: Stream): CaseDraft => {
    const first = posedScene(draw);
    const alike = {
      x3d: shared.includes("x3d") ? first.x3d : undefined,
      w2d: shared.includes("w2d") ? first.w2d : undefined,
    };
    const scenes = [first, ...[1, 2].map(() => posedScene(draw, alike))];
    const { input } = sampled(draw, scenes, among, { S: 3, shared });
    return { input, want: ["loss", "grad_x3d", "grad_x2d", "grad_w2d"] };
  };

export const monteCarloPlans: readonly CasePlan[] = [
  { comment: "generic", catches: "the rest", draft: one({ N: 4 }) },
  {
    comment: "every residual well within the Huber threshold",
    catches: ["weights-taken-as-w2", "cost-not-halved", "cost-averaged"],
    draft: one({}, above),
  },
  {
    comment: "the target's greatest residual a part in a million inside the Huber threshold",
    catches: ["huber-slope-missing", "weights-ignored"],
    draft: one({}, ([first]) => roundedNumber(first * (1 + 1e-6), 9)),
  },
  {
    comment: "the target's greatest residual a part in a million outside the Huber threshold",
    catches: ["threshold-ignored", "huber-derivative-squared"],
    draft: one({}, ([first]) => roundedNumber(first * (1 - 1e-6), 9)),
  },
  {
    comment: "yaw in place of a quaternion",
    catches: ["prediction-missing", "target-missing", "prediction-subtracted"],
    draft: one({ layout: 4 }),
  },
  {
    comment: "a single sample: its normalised weight is one",
    catches: ["weights-not-normalised", "proposal-ignored"],
    draft: one({}, among, { S: 1 }),
  },
  {
    comment: "samples that all lie at the target, with one density",
    catches: ["mean-over-samples", "proposal-multiplied"],
    draft: one({}, among, { spread: 0, still: true }),
  },
  {
    comment: "samples far apart: one weight is nearly all",
    catches: ["weights-uniform", "weights-not-detached"],
    draft: one({}, among, { spread: 0.3 }),
  },
  {
    comment:
      "log-densities of a thousand: the sum of weights underflows unless its greatest is taken out",
    catches: ["log-epsilon", "proposal-ignored"],
    draft: one({}, among, { shift: 1000 }),
  },
  {
    comment: "a point a millionth of a metre within the least depth: clamped",
    catches: ["clip-rows-kept", "clip-rows-zeroed"],
    draft: one(besideClamp(-1e-6), among, { spread: 0.01 }),
  },
  {
    comment: "a point at half the least depth: clamped",
    catches: ["depth-unclamped", "clip-rows-kept", "clip-rows-zeroed"],
    draft: one(besideClamp(-0.05), among, { spread: 0.001 }),
  },
  {
    comment: "far away",
    catches: ["single-precision", "factor-2"],
    draft: one({ t: [3, -2, 60], noise: 1 }, among, { spread: 0.1 }),
  },
  { comment: "a skewed camera", catches: ["camera-transposed"], draft: one({ K: cameras.skewed }) },
  {
    comment: "a camera whose nine entries all count",
    catches: ["camera-transposed"],
    draft: one({ K: cameras.full }),
  },
  {
    comment: "uneven weights, both of one point zero",
    catches: ["weights-ignored", "weights-squared-twice", "derivative-by-w2"],
    draft: one((draw) => ({
      N: 5,
      w2d: [...decimals(draw, 4, 0.3, 0.9), 0, 0, ...decimals(draw, 4, 1.1, 1.9)],
    })),
  },
  {
    comment: "two points: exchanged axes keep their shape",
    catches: ["transposed", "mean-over-points"],
    draft: one({ N: 2 }),
  },
  {
    comment: "three problems with points and weights of their own",
    catches: ["summed-over-batch", "mean-over-batch", "weights-over-batch"],
    draft: several([]),
  },
  {
    comment: "three problems that share points, weights and camera: gradients are sums",
    catches: ["mean-over-batch", "weights-over-batch"],
    draft: several(["x3d", "w2d", "K"]),
  },
  {
    comment: "a sample whose quaternion is not of unit length",
    catches: ["quaternion-xyzw"],
    refused: "contract",
    draft: (draw) => {
      const { input } = one()(draw);
      const { shape, data } = input.pose_samples;
      return {
        input: { ...input, pose_samples: { shape, data: data.map((v, k) => (k === 3 ? 2 : v)) } },
        want,
      };
    },
  },
];

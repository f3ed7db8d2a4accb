/** Cases of epropnp-cost and epropnp-reg: a pose that is given, beside every seam of the cost and of the clamp. */
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

/** Some residuals beyond the threshold, and some within. */
const among: Threshold = (lengths) =>
  roundedNumber((lengths[0] + lengths[lengths.length - 1]) / 2, 3);
const above: Threshold = ([first]) => roundedNumber(3 * first, 3);
const inside: Threshold = ([first]) => roundedNumber(first * (1 + 1e-6), 9);
const outside: Threshold = ([first]) => roundedNumber(first * (1 - 1e-6), 9);

const sceneOf = (draw: Stream, options: Options, N?: number): PosedScene => {
  const own = typeof options === "function" ? options(draw) : options;
  return posedScene(draw, N === undefined ? own : { N, ...own });
};

const costs = ["cost", "residual", "jacobian"];
const cost =
  (options: Options = {}, threshold: Threshold = among, want = costs) =>
  (draw: Stream): CaseDraft => {
    const found = sceneOf(draw, options);
    const delta = array([1], [threshold(residualLengths(found))]);
    return { input: { ...posedInputs([found], "pose"), delta }, want };
  };

const steps = ["pose_plus", "grad_x2d", "grad_x3d", "grad_w2d"];
const step =
  (options: Options = {}, threshold: Threshold = among, eps?: number) =>
  (draw: Stream): CaseDraft => {
    // Three points leave six residuals, which a step in six coordinates takes away whatever they weigh.
    const found = sceneOf(draw, options, 4);
    return stepped(draw, [found], [threshold(residualLengths(found))], [], eps);
  };

function stepped(
  draw: Stream,
  scenes: readonly PosedScene[],
  deltas: readonly number[],
  shared: readonly string[],
  eps?: number,
): CaseDraft {
  const [{ row }] = scenes;
  const B = scenes.length;
  const upstream = array([B, row.length], decimals(draw, B * row.length, -1, 1));
  const input = {
    ...posedInputs(scenes, "pose", shared),
    ...{ delta: array([B], deltas), grad_pose_plus: upstream },
    ...(eps === undefined ? {} : { eps: array([], [eps]) }),
  };
  return { input, want: steps };
}

const zeroWeight = (draw: Stream): PosedOptions => ({
  N: 5,
  w2d: [...decimals(draw, 4, 0.3, 0.9), 0, 0, ...decimals(draw, 4, 1.1, 1.9)],
});

/** (w, x, y, z) of turns that no hundredths make: 2e-9 rad, and 2e-9 rad short of π. */
const tinyTurn = [1, 1e-9, -2e-10, 3e-10];
const halfTurn = [1e-9, 0.48, -0.64, 0.6];

/** Plans that a cost and a step have alike. */
const seams = (
  make: (options?: Options, threshold?: Threshold) => CasePlan["draft"],
): readonly CasePlan[] => [
  {
    comment: "every residual well within the Huber threshold",
    catches: ["weights-taken-as-w2", "single-precision"],
    draft: make({}, above),
  },
  {
    comment: "the greatest residual a part in a million inside the Huber threshold",
    catches: ["weights-ignored", "factor-2"],
    draft: make({}, inside),
  },
  {
    comment: "the greatest residual a part in a million outside the Huber threshold",
    catches: ["threshold-ignored", "factor-half"],
    draft: make({}, outside),
  },
  {
    comment: "a turn of 2e-9 rad",
    catches: ["quaternion-xyzw", "sign-flipped"],
    draft: make({ turn: tinyTurn }),
  },
  {
    comment: "a turn 2e-9 rad short of π",
    catches: ["quaternion-xyzw", "single-precision"],
    draft: make({ turn: halfTurn }),
  },
  {
    comment: "yaw in place of a quaternion",
    catches: ["threshold-ignored", "huber-derivative-squared"],
    draft: make({ layout: 4 }),
  },
  {
    comment: "a point a millionth of a metre beyond the least depth",
    catches: ["weights-ignored", "sign-flipped"],
    draft: make(besideClamp(1e-6)),
  },
  {
    comment: "a point a millionth of a metre within the least depth: clamped",
    catches: ["clip-rows-kept"],
    draft: make(besideClamp(-1e-6)),
  },
  {
    comment: "a point at half the least depth: clamped",
    catches: ["depth-unclamped", "clip-rows-kept"],
    draft: make(besideClamp(-0.05)),
  },
  {
    comment: "far away",
    catches: ["single-precision", "factor-2"],
    draft: make({ t: [3, -2, 60], noise: 1 }),
  },
  {
    comment: "a skewed camera",
    catches: ["camera-transposed"],
    draft: make({ K: cameras.skewed }),
  },
  {
    comment: "a camera whose nine entries all count",
    catches: ["camera-transposed"],
    draft: make({ K: cameras.full }),
  },
  {
    comment: "uneven weights, both of one point zero",
    catches: ["weights-ignored", "weights-taken-as-w2", "weights-squared-twice"],
    draft: make(zeroWeight),
  },
];

const offUnit = { turn: [0.6, 0.5, 0.4, 0.3] };

export const poseCostPlans: readonly CasePlan[] = [
  { comment: "generic", catches: "the rest", draft: cost({ N: 4 }) },
  ...seams(cost),
  {
    comment: "two points: exchanged axes keep their shape",
    catches: ["transposed", "mean-over-points", "row-order", "doubled-tangent", "residual-sign"],
    draft: cost({ N: 2 }),
  },
  {
    comment: "a quaternion that is not of unit length",
    catches: ["quaternion-xyzw"],
    refused: "contract",
    draft: cost(offUnit),
  },
  {
    comment: "a negative Huber threshold",
    catches: ["threshold-ignored"],
    refused: "contract",
    draft: cost({}, () => -1),
  },
];

/** Problems of one object seen by one camera, whose points and weights are shared. */
const sharedSteps = (draw: Stream): CaseDraft => {
  const N = 4;
  const first = posedScene(draw, { N });
  const { x3d, w2d } = first;
  const others = [1, 2].map(() => posedScene(draw, { N, x3d, w2d }));
  const scenes = [first, ...others];
  const deltas = scenes.map((one) => among(residualLengths(one)));
  return stepped(draw, scenes, deltas, ["x3d", "w2d", "K"]);
};

export const poseStepPlans: readonly CasePlan[] = [
  { comment: "generic", catches: "the rest", draft: step() },
  ...seams(step),
  {
    comment: "two points: JᵀJ has rank four, and ε alone makes the step",
    catches: ["epsilon-relative"],
    draft: step({ N: 2 }, above, 10),
  },
  {
    comment: "three problems that share points, weights and camera: gradients are sums",
    catches: ["mean-over-batch", "summed-over-batch"],
    draft: sharedSteps,
  },
  {
    comment: "all weights zero and no ε: JᵀJ is singular",
    catches: ["epsilon-missing"],
    refused: "contract",
    draft: step({ w2d: new Array(8).fill(0) }, () => 1, 0),
  },
  {
    comment: "a quaternion that is not of unit length",
    catches: ["quaternion-xyzw"],
    refused: "contract",
    draft: step(offUnit),
  },
];

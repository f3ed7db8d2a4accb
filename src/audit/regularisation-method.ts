/** Method epropnp-reg: one Gauss–Newton step from a given pose, and the gradient through it alone. */
import type { Claims } from "../formats/claims.js";
import { double } from "../scalar/double.js";
import type { Real } from "../scalar/real.js";
import type { ExplicitMethod, Lift, Rewriting } from "./explicit-method.js";
import { ContractError, type Sizes } from "./methods.js";
import { depthOnSeam, lifted, type PosedProblem, posedProblems, sight } from "./posed-problem.js";
import { slicePose } from "./problem.js";
import {
  poseShift,
  type StepInput,
  type SteppedReprojection,
  stepGradient,
} from "./regularisation.js";
import { stepDifferences } from "./regularisation-again.js";
import { stepBank } from "./regularisation-bank.js";
import { forwardStepGradient, goesForward } from "./regularisation-forward.js";
import { type StepRecipe, stepContract } from "./regularisation-recipe.js";
import { secondResiduals } from "./second-projection.js";

/** ε unless the file says otherwise. */
const defaultEpsilon = 1e-5;

/** One problem: what a step is taken from, ε, and v, the upstream gradient of y⁺ by (t, q) or (t, β). */
export interface SteppedProblem extends PosedProblem {
  readonly epsilon: number;
  readonly upstream: Float64Array | null;
  /** A row of a pose, or of a gradient by one, as (t, q) or (t, β) in rad. */
  readonly row: (values: Float64Array, gradient: boolean) => Float64Array;
}

export const regularisationMethod: ExplicitMethod<StepRecipe, SteppedProblem> = {
  forward: "Every pose is taken as given, and held fixed.",
  recipe: ({ convention }) => ({ ...stepContract, weightVariable: convention.weights ?? "w" }),
  problems,
  inputs: ({ arrays, y, upstream }) => [
    ...Object.values(arrays),
    y,
    ...(upstream ? [upstream] : []),
  ],
  sight,
  truthScalar: () => "double-double",
  values(problem, lift) {
    const data = steppedIn(problem, lift);
    return (quantity, recipe, first) =>
      orSingular(() =>
        quantity === "pose_plus"
          ? poseShift(data, recipe)
          : byWeights(data, quantity, recipe, 1, (by) =>
              gradientOf(recipe)(data, recipe, by, first),
            ),
      ) ?? new Array(lengthOf(problem, quantity)).fill(lift(Number.NaN));
  },
  differences(problem, lift) {
    const data = steppedIn(problem, lift);
    const again = stepDifferences(data);
    return (quantity, recipe, values) =>
      again(
        quantity,
        recipe,
        byWeights(data, quantity, recipe, -1, () => values),
      );
  },
  seam(problem, quantity, _, u) {
    if (depthOnSeam(problem.arrays, problem.y, problem.zMin, u))
      return "A depth lies on z_min, where rows of the Jacobian jump to zero.";
    return quantity !== "pose_plus" && onKink(problem, u)
      ? "A residual lies on the Huber threshold, where the derivative of ρ′ jumps."
      : null;
  },
  routes: (quantity, recipe) =>
    quantity !== "pose_plus" && goesForward(recipe) ? [{ ...recipe, route: "forward" }] : [],
  blocks: (quantity, _, length) =>
    quantity === "pose_plus"
      ? [
          [0, 3],
          [3, length],
        ]
      : [[0, length]],
  rotationBlock: () => 1,
  rewritings: (quantity) => (quantity === "pose_plus" ? poseRewritings : []),
  // The step alone: poses agree in all but their last digits near a minimum.
  read(quantity, item, problem) {
    if (quantity !== "pose_plus" || problem === null) return item;
    const { y } = problem;
    const plus = problem.row(item, false);
    const towards = plus.reduce((total, v, k) => total + (k < 3 ? 0 : v * y[k]), 0);
    // q and −q are one rotation.
    const sign = y.length === 7 && towards < 0 ? -1 : 1;
    return plus.map((v, k) => (k < 3 ? v : sign * v) - y[k]);
  },
  objective: (problem, lift) =>
    poseShift(steppedIn(problem, lift), stepContract)
      .map((v, k) => v.times(problem.upstream![k]))
      .reduce((a, b) => a.plus(b)),
  bank: stepBank,
};

const gradientOf = ({ route }: StepRecipe) =>
  route === "forward" ? forwardStepGradient : stepGradient;

/** A gradient by weights as one by w², or back again, if the recipe says so. */
function byWeights<S extends Real<S>>(
  { w2d }: SteppedReprojection<S>,
  quantity: string,
  { weightVariable }: StepRecipe,
  way: 1 | -1,
  values: (by: StepInput) => readonly S[],
): readonly S[] {
  const own = values(quantity.slice(5) as StepInput);
  if (quantity !== "grad_w2d" || weightVariable === "w") return own;
  return own.map((v, k) => {
    const twice = w2d[k >> 1][k & 1].times(2);
    return way === 1 ? v.over(twice) : v.times(twice);
  });
}

/** Poses whose seven numbers stand in another order, as they are read from their difference to the pose before. */
export const poseRewritings: readonly Rewriting<SteppedProblem>[] = (
  [
    [
      "quaternion-xyzw",
      "the quaternion's scalar stands at the other end",
      "state the convention quaternion",
      [0, 1, 2, 6, 3, 4, 5],
    ],
    [
      "row-order",
      "rotation and translation are exchanged",
      "state the convention order",
      [4, 5, 6, 0, 1, 2, 3],
    ],
  ] as const
).map(([slug, sentence, remedy, order]) => ({
  ...{ slug, kind: "convention", sentence, remedy },
  read(item, problem) {
    if (problem?.y.length !== 7) return null;
    const { y } = problem;
    // The quaternion's place may have been read as −q: of both, the shift tells which, being short.
    const [kept, turned] = [1, -1].map((sign) => {
      const raw = item.map((v, k) => (k < 3 ? 1 : sign) * (v + y[k]));
      const plus = order.map((k) => raw[k]);
      const towards = plus.reduce((total, v, k) => total + (k < 3 ? 0 : v * y[k]), 0);
      return Float64Array.from(plus, (v, k) => (k < 3 || towards > 0 ? v : -v) - y[k]);
    });
    const shift = (of: Float64Array) => Math.hypot(of[0], of[1], of[2]);
    return shift(turned) < shift(kept) ? turned : kept;
  },
}));

function problems(claims: Claims, sizes: Sizes): SteppedProblem[] {
  const { input, convention, method } = claims;
  const layout = input.pose.shape.at(-1) === 4 ? "YAW" : "Q7";
  if (convention.chart && convention.chart !== layout)
    throw new ContractError(
      `convention.chart: expected ${layout}, in which ${method} steps, got ${convention.chart}`,
    );
  const row = rowReader(claims);
  const epsilon = input.eps?.data[0] ?? defaultEpsilon;
  if (!(epsilon >= 0)) throw new ContractError(`input/eps: expected eps >= 0, got ${epsilon}`);
  return posedProblems(claims, sizes).map((problem, b) => {
    const upstream = input.grad_pose_plus ? slicePose(input.grad_pose_plus, b) : null;
    const whole = { ...problem, epsilon, upstream: upstream && row(upstream, true), row };
    if (orSingular(() => poseShift(steppedIn(whole, double), stepContract)) === null)
      throw new ContractError(
        `input/eps: expected a regular matrix JᵀJ + εI in problem ${b}, got a singular one with eps = ${epsilon}`,
      );
    return whole;
  });
}

function rowReader({ convention }: Claims): SteppedProblem["row"] {
  const { order, quaternion, angle } = convention;
  return (values, gradient) => {
    if (values.length === 4) {
      const unit = angle === "deg" ? Math.PI / 180 : 1;
      return values.map((v, k) => (k < 3 ? v : gradient ? v / unit : v * unit));
    }
    const first = order === "rotation-first";
    const q = first ? values.subarray(0, 4) : values.subarray(3);
    const t = first ? values.subarray(4) : values.subarray(0, 3);
    const turned = quaternion === "xyzw" ? [q[3], q[0], q[1], q[2]] : q;
    return Float64Array.of(...t, ...turned);
  };
}

function steppedIn<S extends Real<S>>(
  problem: SteppedProblem,
  lift: Lift<S>,
): SteppedReprojection<S> {
  return {
    ...lifted(problem, lift),
    epsilon: lift(problem.epsilon),
    upstream: problem.upstream && Array.from(problem.upstream, lift),
  };
}

/** What `make` returns, or null where a matrix it solves with is singular. */
function orSingular<T>(make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError && error.message.startsWith("solve: ")) return null;
    throw error;
  }
}

const lengthOf = ({ n, y }: SteppedProblem, quantity: string): number =>
  quantity === "pose_plus" ? y.length : quantity === "grad_x3d" ? 3 * n : 2 * n;

/** Whether ‖f‖ is δ up to rounding with unit u: a projection rounds some eight times. */
function onKink(problem: SteppedProblem, u: number): boolean {
  if (!Number.isFinite(problem.delta)) return false;
  const { x2d, w2d } = problem.arrays;
  const data = lifted(problem, double);
  return secondResiduals(data, data.y).some(({ f }, i) => {
    const size = Math.hypot(...f.map((v) => v.toNumber()));
    const pixel = Math.hypot(w2d[2 * i] * x2d[2 * i], w2d[2 * i + 1] * x2d[2 * i + 1]);
    return Math.abs(size - problem.delta) <= 8 * u * (size + pixel);
  });
}

/** From a plan to a question: every number that a method reads. */
import type { ClaimArray } from "../formats/claims.js";
import { type Method, methods } from "../formats/methods.js";
import { rotation } from "../kernels/rodrigues.js";
import { poseFromVector, poseOf, poseVector } from "../problem/pose.js";
import { farCost } from "../sample/far-cost.js";
import { solveCorrespondences } from "../solve/solve-pnp.js";
import {
  type DrawnProblem,
  drawnProblems,
  near,
  residualLengths,
  thresholdOf,
} from "./drawn-problem.js";
import { inConvention } from "./in-convention.js";
import { type Plan, planLabel } from "./plan.js";
import type { Contract, Question } from "./question.js";

/** Samples of a posterior, and motions of a symmetric model. */
const samples = 4;
/** How far the steps and samples of a pose go. */
const nearby = 0.02;
/** Samples that a command is asked to draw by itself. */
const ownCount = 512;

/** One problem's numbers by input name; arrays whose first axis is not the batch say so by `samples`. */
type Numbers = Record<string, ArrayLike<number>>;

interface Draft {
  readonly numbers: Numbers;
  /** True if the problem has no solution to be differentiated, or none that is told from others. */
  readonly degenerate: boolean;
}

type Drafter = (plan: Plan, problem: DrawnProblem, contract: Contract) => Draft;

const correspondences = ({ x3d, x2d, w2d, K }: DrawnProblem): Numbers => ({ x3d, x2d, w2d, K });
/** Weights that leave costs of a few units, so that several samples count. */
const softened = 0.05;

const solved =
  (derivative: boolean): Drafter =>
  (plan, problem, { dtype }) => {
    const { R, t, draw } = problem;
    const numbers = correspondences(problem);
    const start = poseVector(poseOf(R, t));
    numbers.pose_init = start;
    const delta =
      derivative || plan.threshold === "above" ? undefined : 3 * thresholdOf(plan, problem);
    if (delta !== undefined) numbers.delta = [delta];
    const { status, pose } = solveCorrespondences(problem, { poseInit: start, delta });
    if (derivative) {
      // Sixteen bits of a pose are too few for a derivative to be taken at it.
      if (dtype === "float64" || dtype === "float32")
        numbers.pose = pose ? poseVector(pose) : start;
      numbers.grad_pose = Array.from({ length: 6 }, () => draw.normal());
    }
    return { numbers, degenerate: status !== "ok" || pose === null };
  };

const posed: Drafter = (plan, problem) => ({
  numbers: {
    ...correspondences(problem),
    delta: [thresholdOf(plan, problem)],
    z_min: [0.1],
  },
  degenerate: false,
});

/** How much a pose at infinity may count: as one of so many of the best. */
const negligibleFar = 1e9;

/** A Monte Carlo loss whose samples are drawn by the command, at a target beside the true pose. */
const ownSamples: Drafter = (plan, problem, contract) => {
  const { numbers } = posed(plan, problem, contract);
  const [delta] = Array.from(numbers.delta);
  const far = farCost(problem, delta, null);
  const least = residualLengths(problem).reduce(
    (sum, e) => sum + (e > delta ? delta * (e - delta / 2) : (e * e) / 2),
    0,
  );
  return {
    numbers: {
      ...numbers,
      pose_gt: near(problem.row, nearby / 2, problem.draw),
      sample_count: [ownCount],
    },
    // Without a peak that stands out there is no integral.
    degenerate: !(far - least > Math.log(negligibleFar)),
  };
};

const drafters: Readonly<Record<string, Drafter>> = {
  pnp: solved(false),
  bpnp: solved(true),
  "bpnp-faster": solved(true),
  "epropnp-cost": (plan, problem, contract) => {
    const { numbers } = posed(plan, problem, contract);
    return { numbers: { ...numbers, pose: problem.row }, degenerate: false };
  },
  "epropnp-mc": (plan, problem, contract) => {
    if (contract.seeds > 0) return ownSamples(plan, problem, contract);
    const { numbers } = posed(plan, problem, contract);
    const { row, draw, w2d } = problem;
    const drawn = Array.from({ length: samples }, () => near(row, nearby, draw));
    return {
      numbers: {
        ...numbers,
        w2d: w2d.map((w) => softened * w),
        delta: [softened * (numbers.delta[0] as number)],
        pose_gt: row,
        pose_samples: drawn.flatMap((sample) => [...sample]),
        log_proposal: drawn.map(() => 0.7 * draw.normal()),
      },
      degenerate: false,
    };
  },
  "epropnp-reg": (plan, problem, contract) => {
    const { numbers } = posed(plan, problem, contract);
    const { row, draw } = problem;
    const pose = plan.noise === 0 ? row : near(row, nearby / 4, draw);
    const upstream = Array.from({ length: row.length }, () => draw.normal());
    return {
      numbers: { ...numbers, pose, eps: [1e-5], grad_pose_plus: upstream },
      degenerate: false,
    };
  },
  lc: (plan, problem) => {
    const { x3d, x2d, K, w2d, row, t, draw } = problem;
    const q = row.length === 7 ? row.subarray(3) : yawQuaternion(row[3]);
    const sides = [0, 1, 2].map((k) =>
      Math.max(1e-3, ...x3d.filter((_, i) => i % 3 === k).map(Math.abs)),
    );
    const bbox = Array.from({ length: 24 }, (_, i) => {
      const [corner, k] = [Math.floor(i / 3), i % 3];
      return sides[k] * (corner & (1 << k) ? 1 : -0.9);
    });
    const valid = Array.from({ length: problem.n }, () => (draw.uniform() < 0.8 ? 1 : 0));
    const some = plan.threshold === "among" && valid.includes(1);
    const degenerate = plan.weights === "zeros" || (residualLengths(problem).at(-1) ?? 0) < 1e-6;
    const numbers = { x3d, x2d, K, inv_std2d: w2d, pose_gt: [...q, ...t], bbox, z_min: [0.1] };
    return { numbers: some ? { ...numbers, valid } : numbers, degenerate };
  },
  metrics: (plan, problem) => {
    const { R, t, x3d, K, draw } = problem;
    const axis = draw.sphere();
    const angle = {
      above: 0.1,
      among: 3 * draw.uniform(),
      beside: draw.uniform() < 0.5 ? 1e-6 : Math.PI - 1e-6,
    };
    const turn = new Float64Array(9);
    rotation(
      axis.map((v) => v * angle[plan.threshold]),
      turn,
    );
    const still = plan.noise === 0;
    const R_est = still ? R : Array.from({ length: 9 }, (_, i) => product(turn, R, i));
    const t_est = still ? t : t.map((v) => v + 0.02 * draw.normal());
    const numbers: Numbers = { R_est, t_est, R_gt: R, t_gt: t, points: x3d, K };
    // A half turn about the third axis, offset.
    if (plan.yaw)
      numbers.symmetries = [
        ...[1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0],
        ...[-1, 0, 0, 0.01, 0, -1, 0, 0, 0, 0, 1, 0],
      ];
    return { numbers, degenerate: false };
  },
};

const product = (A: Float64Array, B: Float64Array, i: number): number => {
  const [r, c] = [Math.floor(i / 3), i % 3];
  return A[3 * r] * B[c] + A[3 * r + 1] * B[3 + c] + A[3 * r + 2] * B[6 + c];
};

const yawQuaternion = (yaw: number): number[] => [Math.cos(yaw / 2), 0, Math.sin(yaw / 2), 0];

/** The question that a plan is for a method. */
export function questionOf(given: Plan, contract: Contract, want: readonly string[]): Question {
  const { chart } = contract.convention;
  // A chart that is stated is one of quaternions or of yaws.
  const plan = chart ? { ...given, yaw: chart === "YAW" } : given;
  const problems = drawnProblems(plan);
  const draft = drafters[contract.method];
  const drafts = problems.map((problem) => draft(plan, problem, contract));
  const sizes = { B: problems.length, N: plan.points, M: plan.points, S: 0, D: 6 };
  const method = methods[contract.method];
  const arrays = Object.keys(drafts[0].numbers).map((name) => {
    const own = drafts.map(({ numbers }) => numbers[name]);
    return [name, stacked(name, own, method, sizes, plan)] as const;
  });
  return {
    ...contract,
    label: planLabel(plan),
    input: inConvention(Object.fromEntries(arrays), contract),
    want,
    degenerate: drafts.some(({ degenerate }) => degenerate),
  };
}

/** One input of all problems. */
function stacked(
  name: string,
  own: readonly ArrayLike<number>[],
  { inputs }: Method,
  sizes: Readonly<Record<string, number>>,
  { shared }: Plan,
): ClaimArray {
  const axes = inputs[name];
  const known = axes.map(
    (axis) => sizes[axis.replace("?", "")] ?? (axis === "P" ? 0 : Number(axis)),
  );
  const items = known.reduce(
    (total, size, k) => (size > 0 && axes[k] !== "B" && axes[k] !== "B?" ? total * size : total),
    1,
  );
  // The one size that is not known yet, of poses or samples, is what the numbers leave.
  const unknown = axes.filter((axis) => axis === "P" || axis === "S");
  const width = axes.includes("P")
    ? own[0].length / (items * (axes.includes("S") ? samples : 1))
    : 0;
  const sized = (axis: string, k: number): number => {
    if (axis === "P") return width;
    if (axis === "S") return unknown.length > 1 ? samples : own[0].length / items;
    return known[k];
  };
  const shape = axes.map(sized);
  const mayShare = shared && (name === "x3d" || name === "K" || name === "points");
  if (mayShare && axes[0] === "B?")
    return { shape: shape.slice(1), data: Float64Array.from(own[0]) };
  const at = axes.findIndex((axis) => axis.startsWith("B"));
  if (at < 0) return { shape, data: Float64Array.from(own[0]) };
  const inner = shape.slice(at + 1).reduce((a, b) => a * b, 1);
  const data = new Float64Array(own.length * own[0].length);
  own.forEach((numbers, b) => {
    for (let from = 0, to = b; from < numbers.length; from += inner, to += own.length)
      for (let k = 0; k < inner; k++) data[to * inner + k] = numbers[from + k];
  });
  return { shape, data };
}

/**
 * The same question with what depends on its other numbers made again: a solver's pose. Null if it then
 * has no solution to differentiate.
 */
export function settled(question: Question): Question | null {
  const { input, method, convention } = question;
  if (!method.startsWith("bpnp") || !input.pose) return question;
  if (input.pose.shape[0] !== 1) return null;
  if (
    Object.keys(convention).some(
      (name) => name !== "chart" && name !== "reduction" && name !== "residual",
    )
  )
    // The start is written in the command's own convention: what the oracle can find itself stays away.
    return {
      ...question,
      input: Object.fromEntries(Object.entries(input).filter(([name]) => name !== "pose")),
    };
  const n = input.x2d.shape[1];
  const { x2d, x3d, K, w2d } = Object.fromEntries(
    Object.entries(input).map(([name, { data }]) => [name, data]),
  );
  const problem = { n, x2d, x3d, K, w2d: w2d ?? new Float64Array(2 * n).fill(1) };
  const { status, pose } = solveCorrespondences(problem, {
    poseInit: poseFromVector(input.pose_init.data),
  });
  if (status !== "ok" || !pose) return null;
  const contract = { ...question, convention: {} };
  const arrays = { pose: { shape: [1, 6], data: poseVector(pose) } };
  return { ...question, input: { ...input, ...inConvention(arrays, contract) } };
}

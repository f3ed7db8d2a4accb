/** Solutions as JSON, problem by problem, and as an .npz archive, quantity by quantity. */
import type { Chart } from "../conventions/chart.js";
import type { PoseGradient, PoseJacobian } from "../differentiate/implicit.js";
import { type ClaimArray, listsText, type Writable, writeNpz } from "../formats/index.js";
import { type Pose, poseVector } from "../problem/pose.js";
import type { PnPSolution } from "../solve/solution.js";

/** A problem's solution with what was asked for beside it. */
export interface SolvedProblem {
  /** Correspondences. */
  readonly n: number;
  /** Tangent of covariance, Jacobians and gradients. */
  readonly chart: Chart;
  readonly solution: PnPSolution;
  /** What the status means. */
  readonly sentence: string;
  /** (ω, t) [6]; null without a pose. */
  readonly vector: Float64Array | null;
  /** Inverse Hessian of the cost [6, 6] in the chart; null where there is none. */
  readonly covariance: Float64Array | null;
  readonly jacobian?: PoseJacobian;
  readonly gradient?: PoseGradient;
}

const inputs = ["x2d", "x3d", "K", "w2d"] as const;

/** Marks a number list inside JSON text that is written by hand. */
class Lists {
  constructor(readonly array: ClaimArray) {}
}

/** A flat array inside a value for {@link jsonText}. */
export const lists = (shape: readonly number[], data: Float64Array) => new Lists({ shape, data });

/** JSON text of a value, number lists on one line each; numbers JSON cannot say are strings. */
export function jsonText(value: unknown, indent = ""): string {
  if (value instanceof Lists) return listsText(value.array).replaceAll("\n", "");
  if (typeof value === "number" && !Number.isFinite(value)) return `"${value}"`;
  if (Array.isArray(value))
    return value.length === 0
      ? "[]"
      : `[\n${value.map((v) => `${indent}  ${jsonText(v, `${indent}  `)}`).join(",\n")}\n${indent}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(
      ([name, member]) => `${indent}  ${JSON.stringify(name)}: ${jsonText(member, `${indent}  `)}`,
    );
  return `{\n${members.join(",\n")}\n${indent}}`;
}

function poseMembers(pose: Pose | null): Record<string, unknown> {
  if (!pose) return { pose: null, R: null, t: null };
  return {
    pose: lists([6], poseVector(pose)),
    R: lists([3, 3], pose.R.data),
    t: lists([3], pose.t.data),
  };
}

function derivatives({ n, jacobian, gradient }: SolvedProblem): Record<string, unknown> {
  const rows = (name: (typeof inputs)[number]) =>
    name === "K" ? [3, 3] : [n, name === "x3d" ? 3 : 2];
  const members: Record<string, unknown> = {};
  if (jacobian) {
    members.derivative_status = jacobian.standing.status;
    for (const name of inputs) {
      const { shape, data } = jacobian[name];
      members[`J_${name}`] = lists(shape, data);
    }
  }
  if (gradient) {
    members.derivative_status = gradient.standing.status;
    for (const name of inputs) members[`grad_${name}`] = lists(rows(name), gradient[name].data);
  }
  return members;
}

/** JSON text of solutions, one object a problem; numbers JSON cannot say are strings. */
export function solutionsJson(solved: readonly SolvedProblem[]): string {
  const solutions = solved.map((problem) => {
    const { solution, sentence, chart, covariance } = problem;
    const { pose, second, ...rest } = solution;
    return {
      ...rest,
      sentence,
      ...poseMembers(pose),
      second: second && { cost: second.cost, ...poseMembers(second.pose) },
      chart,
      pose_cov: covariance && lists([6, 6], covariance),
      ...derivatives(problem),
    };
  });
  return `${jsonText({ schema: "pnp-oracle/solutions@1", solutions })}\n`;
}

/** The same as arrays with a leading axis of problems; NaN where there is no answer. */
export function solutionsNpz(solved: readonly SolvedProblem[]): Uint8Array {
  const B = solved.length;
  const stacked = (
    shape: readonly number[],
    of: (problem: SolvedProblem) => ArrayLike<number> | null | undefined,
  ): Writable => {
    const size = shape.reduce((product, length) => product * length, 1);
    const data = new Float64Array(B * size).fill(Number.NaN);
    solved.forEach((problem, b) => {
      const values = of(problem);
      if (values) data.set(values, b * size);
    });
    return { shape: [B, ...shape], data };
  };
  const number = (of: (solution: PnPSolution) => number) =>
    stacked([], ({ solution }) => [of(solution)]);
  const arrays: [string, Writable][] = [
    ["status", { shape: [B], data: solved.map(({ solution }) => solution.status) }],
    ["pose", stacked([6], ({ vector }) => vector)],
    ["R", stacked([3, 3], ({ solution }) => solution.pose?.R.data)],
    ["t", stacked([3], ({ solution }) => solution.pose?.t.data)],
    ["cost", number(({ cost }) => cost)],
    ["iterations", number(({ iterations }) => iterations)],
    ["stationarity", number(({ stationarity }) => stationarity)],
    ["rank", number(({ rank }) => rank)],
    ["condition", number(({ condition }) => condition)],
    ["behind_camera", number(({ behindCamera }) => behindCamera)],
    ["ambiguous", number(({ ambiguous }) => (ambiguous ? 1 : 0))],
    [
      "second_pose",
      stacked([6], ({ solution }) => solution.second && poseVector(solution.second.pose)),
    ],
    ["second_cost", number(({ second }) => second?.cost ?? Number.NaN)],
    ["pose_cov", stacked([6, 6], ({ covariance }) => covariance)],
  ];
  const n = solved[0]?.n ?? 0;
  for (const name of inputs) {
    const shape = name === "K" ? [3, 3] : [n, name === "x3d" ? 3 : 2];
    if (solved.some(({ jacobian }) => jacobian))
      arrays.push([`J_${name}`, stacked([6, ...shape], ({ jacobian }) => jacobian?.[name].data)]);
    if (solved.some(({ gradient }) => gradient))
      arrays.push([`grad_${name}`, stacked(shape, ({ gradient }) => gradient?.[name].data)]);
  }
  return writeNpz(arrays, { compressed: true });
}

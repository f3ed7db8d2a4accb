/** `pnp-oracle solve FILE`: problems in, poses with their covariance and derivatives out. */
import { writeFile } from "node:fs/promises";
import ndarray from "ndarray";
import { axisAngle, rowConvention, slicePose } from "../audit/problem.js";
import type { Chart } from "../conventions/chart.js";
import { poseJacobian, poseVjp } from "../differentiate/implicit.js";
import type { DerivativeOptions } from "../differentiate/linearisation.js";
import { type ClaimArray, type Claims, parseProblems, readFileBytes } from "../formats/index.js";
import { type Correspondences, correspondencesBatch } from "../problem/correspondences.js";
import { poseVector } from "../problem/pose.js";
import { statusSentences } from "../problem/status.js";
import { poseCovariance } from "../solve/covariance.js";
import { solveCorrespondences } from "../solve/solve-pnp.js";
import { CommandError } from "./failure.js";
import { progressOn } from "./progress.js";
import { type SolvedProblem, solutionsJson, solutionsNpz } from "./solutions.js";

export interface SolveCommandOptions {
  /** Where to write, .json or .npz [default: JSON on standard output]. */
  readonly out?: string;
  /** Add the Jacobians of the pose. */
  readonly gradients?: boolean;
}

/** Runs the command; resolves to 0 if every problem was solved, else 1. */
export async function solveCommand(
  file: string,
  options: SolveCommandOptions,
  { stdout, stderr }: Pick<NodeJS.Process, "stdout" | "stderr"> = process,
): Promise<number> {
  const { out } = options;
  if (out !== undefined && !/\.(json|npz)$/i.test(out))
    throw new CommandError(`--out: expected a name that ends in .json or .npz, got ${out}`);
  const batches = parseProblems(await readFileBytes(file), file);
  const progress = await progressOn(stderr);
  const solved: SolvedProblem[] = [];
  try {
    for (const claims of batches) {
      const problems = problemsOf(claims, file);
      problems.forEach((problem, b) => {
        progress.update(b, problems.length, file);
        solved.push(solvedProblem(problem, claims, b, options.gradients ?? false));
      });
    }
  } finally {
    progress.stop();
  }
  if (out === undefined) stdout.write(solutionsJson(solved));
  else {
    if (/\.npz$/i.test(out)) await written(out, solutionsNpz(solved));
    else await written(out, solutionsJson(solved));
    const good = solved.filter(({ solution }) => solution.status === "ok").length;
    stdout.write(`${good} of ${solved.length} problems solved: ${out}\n`);
  }
  return solved.every(({ solution }) => solution.status === "ok") ? 0 : 1;
}

async function written(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (error) {
    throw new CommandError(
      `${path}: could not be written (${(error as NodeJS.ErrnoException).code})`,
    );
  }
}

/** Checked problems of a file, its shared arrays given to each. */
function problemsOf(claims: Claims, file: string): Correspondences[] {
  const { input, convention } = claims;
  const array = ({ shape, data }: ClaimArray) => ndarray(data, [...shape]);
  const weights = input.w2d && array(shared(input.w2d, input.x2d));
  try {
    return correspondencesBatch({
      x2d: array(input.x2d),
      x3d: array(input.x3d),
      K: array(input.K),
      ...(weights && (convention.weights === "w2" ? { omega2d: weights } : { w2d: weights })),
    });
  } catch (error) {
    throw new CommandError(`${file}: input: ${(error as Error).message.replace(/^\w+: /, "")}`);
  }
}

/** An array without a batch axis, repeated along that of another. */
function shared(array: ClaimArray, like: ClaimArray): ClaimArray {
  if (array.shape.length !== like.shape.length - 1) return array;
  const [size] = like.shape;
  const data = new Float64Array(size * array.data.length);
  for (let b = 0; b < size; b++) data.set(array.data, b * array.data.length);
  return { shape: [size, ...array.shape], data };
}

/** One number of [B] or of a shared scalar. */
function entry(array: ClaimArray | undefined, b: number): number | undefined {
  return array?.data[array.data.length === 1 ? 0 : b];
}

/** The chart of upstream gradients and of rows. */
function chartOf(claims: Claims): Chart {
  if (claims.convention.order !== undefined || claims.convention.angle === "deg")
    throw new CommandError(
      "solve: expected poses and gradients in radians and in their chart's own order, got convention.order or angle",
    );
  return rowConvention(claims).chart;
}

function solvedProblem(
  problem: Correspondences,
  claims: Claims,
  b: number,
  gradients: boolean,
): SolvedProblem {
  const { input, convention, dtype } = claims;
  const chart = chartOf(claims);
  const delta = entry(input.delta, b);
  const start = axisAngle(
    slicePose(input.pose_init, b),
    convention,
    dtype,
    `input/pose_init[${b}]`,
  );
  const solution = solveCorrespondences(problem, {
    ...(delta !== undefined && { delta }),
    ...(start !== null && { poseInit: start }),
  });
  const sentence = statusSentences[solution.status];
  if (!solution.pose)
    return { n: problem.n, chart, solution, sentence, vector: null, covariance: null };
  const { R, t } = solution.pose;
  const variant = claims.method === "bpnp-faster" ? "faster" : "exact";
  const derivative: DerivativeOptions = { chart, variant, ...(delta !== undefined && { delta }) };
  const upstream = input.grad_pose?.data.subarray(6 * b, 6 * b + 6);
  return {
    n: problem.n,
    chart,
    solution,
    sentence,
    vector: poseVector(solution.pose),
    covariance: poseCovariance(problem, R.data, t.data, {
      chart,
      ...(delta !== undefined && { delta }),
    }).covariance,
    ...(gradients && { jacobian: poseJacobian(problem, solution.pose, derivative) }),
    ...(upstream && { gradient: poseVjp(problem, solution.pose, upstream, derivative) }),
  };
}

/** `pnp-oracle solve FILE`: problems in, poses with their covariance and derivatives out. */
import { axisAngle, rowConvention, slicePose } from "../audit/problem.js";
import type { Chart } from "../conventions/chart.js";
import { poseJacobian, poseVjp } from "../differentiate/implicit.js";
import type { DerivativeOptions } from "../differentiate/linearisation.js";
import { type Claims, parseProblems, readFileBytes } from "../formats/index.js";
import type { Correspondences } from "../problem/correspondences.js";
import { poseVector } from "../problem/pose.js";
import { statusSentences } from "../problem/status.js";
import { poseCovariance } from "../solve/covariance.js";
import { solveCorrespondences } from "../solve/solve-pnp.js";
import { CommandError } from "./failure.js";
import { entry, problemsOf, written } from "./problems.js";
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

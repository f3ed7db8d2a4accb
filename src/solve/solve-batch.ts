/** `solvePnP` over a leading batch axis. */
import { type BatchInput, correspondencesBatch } from "../problem/correspondences.js";
import type { PnPSolution, PoseInput, SolveOptions } from "./solution.js";
import { solveCorrespondences } from "./solve-pnp.js";

export interface BatchSolveOptions extends Omit<SolveOptions, "poseInit" | "delta"> {
  /** Huber threshold [px], one for all or one a problem. Default: Infinity. */
  readonly delta?: number | ArrayLike<number>;
  /** A pose to start at, one a problem. */
  readonly poseInit?: readonly PoseInput[];
}

/**
 * One solution a problem of x2d [B, N, 2], x3d [B, N, 3] or [N, 3], w2d [B, N, 2], K [B, 3, 3] or
 * [3, 3]. B = 0 gives an empty list.
 *
 * @throws as solvePnP does; RangeError if delta or poseInit do not have B entries.
 */
export function solvePnPBatch(input: BatchInput, options: BatchSolveOptions = {}): PnPSolution[] {
  const problems = correspondencesBatch(input);
  const { delta, poseInit, ...shared } = options;
  for (const [name, given] of [
    ["delta", typeof delta === "number" ? undefined : delta],
    ["poseInit", poseInit],
  ] as const)
    if (given !== undefined && given.length !== problems.length)
      throw new RangeError(
        `solvePnPBatch: expected ${problems.length} entries of ${name}, got ${given.length}`,
      );
  return problems.map((problem, i) =>
    solveCorrespondences(problem, {
      ...shared,
      delta: typeof delta === "object" ? delta[i] : delta,
      poseInit: poseInit?.[i],
    }),
  );
}

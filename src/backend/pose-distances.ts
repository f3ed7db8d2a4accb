/** ADD and ADD-S of a batch of estimated poses. */
import { type ArrayInput, denseArray } from "../problem/dense-array.js";
import { outcomes, ran, rows } from "./batch.js";
import { pointless } from "./new-task.js";
import { type DistanceStatus, poseDistance } from "./operations/pose-distance.js";
import type { Backend } from "./task.js";

export interface PoseDistances {
  /** [B]; "no-pose", with NaNs, where an entry of a pose is no number: as of a problem that was not solved. */
  readonly status: readonly DistanceStatus[];
  /** ADD [B] and ADD-S [B], which looks from true points to estimated ones, in the unit of the vertices. */
  readonly add: Float64Array;
  readonly addS: Float64Array;
}

/**
 * How far estimated poses (t, q) [B, 7] put the vertices [M, 3] of a model from where true poses [B, 7] do.
 *
 * @throws TypeError or RangeError if there is no vertex, one is not finite, or lengths differ; BackendError if the
 * backend fails.
 */
export async function poseDistances(
  backend: Backend,
  vertices: ArrayInput,
  estimates: ArrayLike<number>,
  truths: ArrayLike<number>,
): Promise<PoseDistances> {
  const name = "poseDistances";
  const model = denseArray(name, "vertices", vertices, ["M", 3]).data;
  if (model.length === 0) throw new RangeError(`${name}: expected at least one vertex, got none`);
  const count = Math.floor((estimates?.length ?? 0) / 7);
  const task = await ran(
    name,
    backend,
    poseDistance,
    { vertices: model.length / 3 },
    pointless(count),
    {
      vertices: model,
      estimate: rows(name, "estimates", estimates, count, 7),
      truth: rows(name, "truths", truths, count, 7),
    },
  );
  return { status: outcomes(task), add: task.output.add, addS: task.output.addS };
}

/** What `solvePnP` is asked and what it answers. */
import type { ArrayInput } from "../problem/dense-array.js";
import type { Pose } from "../problem/pose.js";
import type { Status } from "../problem/status.js";

/** A pose as callers hold it: { R [3, 3], t [3] }, or the six numbers (ω, t) of chart AA. */
export type PoseInput = { readonly R: ArrayInput; readonly t: ArrayInput } | ArrayInput;

export interface SolveOptions {
  /** Huber threshold δ on ‖w ∘ (x − π)‖ [px], > 0. Default: Infinity, plain least squares. */
  readonly delta?: number;
  /**
   * A pose to start at. The answer is then the minimum Newton reaches from it, whether or not a
   * lower one exists; without it, the lowest one found. Three points need one.
   */
  readonly poseInit?: PoseInput;
  /** Most evaluations of the Hessian from one start, ≥ 1. Default: 100. */
  readonly maxIterations?: number;
  /**
   * The problem is called ambiguous when another minimum is less than this many times less likely
   * than the best, noise estimated from the residuals; ≥ 1. Default: 100.
   */
  readonly ambiguity?: number;
}

/** A second local minimum with every point in front of the camera. */
export interface SecondMinimum {
  readonly pose: Pose;
  /** ½Σρ [px²]. */
  readonly cost: number;
}

export interface PnPSolution {
  /** "ok", or why not; src/problem/status.ts has the sentences. */
  readonly status: Status;
  /** The pose, or null where no single one can be named. */
  readonly pose: Pose | null;
  /** ½Σρ(‖w ∘ (x − π)‖²) at the pose [px²]; NaN without a pose. */
  readonly cost: number;
  /** Evaluations of the Hessian, from all starts. */
  readonly iterations: number;
  /** Largest gradient entry in units of its own rounding (depths.ts): about 1 or less at a solution. */
  readonly stationarity: number;
  /** Rank of the weighted pose Jacobian and the condition of its scaled columns; 0, Infinity without a pose. */
  readonly rank: number;
  readonly condition: number;
  /** Points of positive weight at or behind the camera. */
  readonly behindCamera: number;
  /** The next best minimum found, if any; only searches without poseInit look for one. */
  readonly second: SecondMinimum | null;
  /** Whether `second` explains the data nearly as well; see SolveOptions.ambiguity. */
  readonly ambiguous: boolean;
}

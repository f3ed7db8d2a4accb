/**
 * What an audit of solved poses evaluates over and over, as computations of flat numbers: the pose (ω, t) [6],
 * then x2d [2n], x3d [3n], w2d [2n], K [9] and, with a Huber kernel, δ.
 */
import { poseDerivatives } from "../definitions/pose-jacobian.js";
import {
  type Reprojection,
  reprojectionCost,
  reprojectionGradient,
} from "../definitions/reprojection-cost.js";
import { rotation } from "../definitions/rodrigues.js";
import { dual } from "../scalar/dual.js";
import type { Computation } from "../scalar/program.js";
import type { Real } from "../scalar/real.js";
import type { AuditProblem } from "./problem.js";
import { type Formula, type SolvedForm, solvedForm } from "./solved-form.js";

/** A computation under a name: equal names mean equal computations. */
export interface NamedComputation {
  readonly name: string;
  readonly compute: Computation;
}

/** What the number of inputs of a problem depends on. */
type Size = Pick<AuditProblem, "n" | "delta">;

/** The data of a problem in the order of inputs, `read` one by one. */
export function dataInputs<S>(
  { x2d, x3d, w2d, K, delta }: AuditProblem,
  read: (value: number) => S,
): S[] {
  const data = [x2d, x3d, w2d, K, Number.isFinite(delta) ? [delta] : []];
  return data.flatMap((array) => Array.from(array, read));
}

/** Flat data as the definitions take them. */
export function reprojection<S>(data: readonly S[], { n, delta }: Size): Reprojection<S> {
  let next = 0;
  const rows = (count: number, width: number): S[][] =>
    Array.from({ length: count }, () => data.slice(next, (next += width)));
  return {
    x2d: rows(n, 2),
    x3d: rows(n, 3),
    w2d: rows(n, 2),
    K: rows(3, 3),
    delta: Number.isFinite(delta) ? data[next] : undefined,
  };
}

const sizeName = ({ n, delta }: Size): string => `${n}${Number.isFinite(delta) ? " huber" : ""}`;

/** A derivative formula solved for the pose: see `solvedParts` for the order of its results. */
export function solvedFormOf(
  size: Size,
  form: Formula,
  route: "eliminate" | "invert" = "eliminate",
): NamedComputation {
  return {
    name: `solved ${sizeName(size)} ${route} ${JSON.stringify(form)}`,
    compute: (inputs) =>
      flat(solvedForm(inputs.slice(0, 6), reprojection(inputs.slice(6), size), form, route)),
  };
}

const flat = <S>(at: SolvedForm<S>): S[] =>
  [at.covariance, at.step, at.x2d, at.x3d, at.K, at.w2d].flat(3) as S[];

/** The results of `solvedFormOf`, taken apart: H⁻¹ [36], −H⁻¹ g [6], then six rows of each block. */
export function solvedParts<T>(results: readonly T[], n: number) {
  let next = 0;
  const part = (count: number): T[] => results.slice(next, (next += count));
  return {
    covariance: part(36),
    step: part(6),
    x2d: part(12 * n),
    x3d: part(18 * n),
    K: part(54),
    w2d: part(12 * n),
  };
}

/** The gradient of the cost by the pose [6]. */
export function gradientOf(size: Size): NamedComputation {
  return {
    name: `gradient ${sizeName(size)}`,
    compute: (inputs) =>
      reprojectionGradient(
        reprojection(inputs.slice(6), size),
        poseDerivatives(inputs.slice(0, 6)),
      ),
  };
}

/** The derivative of the cost along a fixed direction of the pose [1], by duals on its definition. */
export function costSlopeOf(size: Size): NamedComputation {
  const direction = [0.61, -0.43, 0.29, 0.37, -0.53, 0.47];
  return {
    name: `slope ${sizeName(size)}`,
    compute: <S extends Real<S>>(inputs: readonly S[]) => {
      const y = inputs.slice(0, 6).map((v, i) => dual(v, v.of(direction[i])));
      const data = inputs.slice(6).map((v) => dual(v));
      const cost = reprojectionCost(reprojection(data, size), rotation(y.slice(0, 3)), y.slice(3));
      return [cost.b];
    },
  };
}

import { stream } from "../../src/random/stream.js";

/** A quadratic cost as one meets it: radians beside metres. */
export interface Quadratic {
  /** Size d of the tangent. */
  readonly d: number;
  /** Symmetric positive definite [d, d]. */
  readonly A: Float64Array;
  /** e [d]. */
  readonly error: Float64Array;
  /** 1 / the smallest eigenvalue left after scaling to unit diagonal, at most. */
  readonly condition: number;
}

/** D (s I + (1 − s) 1 1ᵀ) D with D log-uniform over 10^±3: eigenvalues s and s + d (1 − s) before D. */
export function quadratic(name: string, index: number, loose: number): Quadratic {
  const draw = stream(name).at(index);
  const d = index % 2 === 0 ? 6 : 4;
  const D = Float64Array.from({ length: d }, () => 10 ** (6 * draw.uniform() - 3));
  const signs = Float64Array.from({ length: d }, () => (draw.uniform() < 0.5 ? -1 : 1));
  const A = new Float64Array(d * d);
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++)
      A[d * i + j] = D[i] * D[j] * signs[i] * signs[j] * (i === j ? 1 : 1 - loose);
  const error = Float64Array.from(D, (s) => draw.normal() / s);
  return { d, A, error, condition: d / loose };
}

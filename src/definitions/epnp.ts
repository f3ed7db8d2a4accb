/**
 * EPnP: the pose through the camera coordinates C_k of four control points c_k.
 *
 *     ω = (w_x² + w_y²)/2      c₀ = Σωz/Σω,  c_k = c₀ + s_k e_k      z = Σ_k α_k c_k,  Σ_k α_k = 1
 *     rows of M:  w_x α ⊗ (κ₁ − x κ₃),  w_y α ⊗ (κ₂ − y κ₃)           κ the rows of K
 *     MᵀM v_l = λ_l v_l,  λ₁ ≤ λ₂ ≤ …      (C₀, C₁, C₂, C₃) = ± Σ_l β_l v_l,  depth of Σωαᵀ C > 0
 *     Σ_{kl} β_kβ_l (Δv_k·Δv_l) = ‖Δc‖²    over the six pairs of control points
 *     R, s = argmin Σ ω ‖X − s (R z + t)‖²  for X = Σ_k α_k C_k
 *
 * A row of M is the residual of a pixel times its depth. Four candidates: "raw" is v₁ alone, whose length
 * the scale s absorbs; the others solve for the monomials β_kβ_l of their list by least squares, and with
 * σ = sign of the first take β₁ = √|β₁²|, β₂ = sign(σβ₁β₂) √(σβ₂²) where β₂² is listed (0 where that is
 * negative), and β_l = σβ₁β_l/β₁ otherwise. The best-fitting one is the result.
 * At exact data every candidate is the true pose, whatever the steps s_k, and the raw one's derivative does
 * not depend on them either; the other derivatives, and with noise all poses, do, since the s_k weigh the
 * entries of ‖v‖ = 1 against each other. There √(σβ₂²) is √0: ranks 2 and 3 have no derivative.
 *
 * The rotation is R(q) for the q that maximises tr(R(q)ᵀB) = qᵀN q: an eigenvector again, and never a
 * reflection. Source: EQUATIONS PNP-9, PVC-7; [LepetitEtAl2009]; [Umeyama1991]; [Horn1987].
 */
import {
  apply,
  dot,
  type Matrix,
  scale,
  solve,
  subtract,
  sum,
  transpose,
  type Vector,
} from "../scalar/matrix.js";
import { abs, type Real } from "../scalar/real.js";
import { eigenvector } from "./eigenvector.js";
import { projection, rigidTransform } from "./projection.js";
import { quaternionRotation } from "./quaternion.js";
import type { Reprojection } from "./reprojection-cost.js";

/** s_k: "spread" the points' deviation √(tr Cov/3), "deviations" that of each axis √Cov_kk, "unit" 1. */
export type ControlSteps = "spread" | "deviations" | "unit";

/** The linear system of the control points, with what the alignment needs. */
export interface ControlSystem<S> {
  /** ω [N] and z [N][3]. */
  readonly omega: Vector<S>;
  readonly x3d: Matrix<S>;
  /** s [3]. */
  readonly steps: Vector<S>;
  /** α [N][4]. */
  readonly alphas: Matrix<S>;
  /** M [2N][12]: coordinates of C₀, then of C₁, C₂, C₃. */
  readonly rows: Matrix<S>;
}

/** Monomials β_kβ_l of each candidate; none for the raw eigenvector. */
const monomials: readonly (readonly [number, number][])[] = [
  [],
  [
    [0, 0],
    [0, 1],
    [0, 2],
    [0, 3],
  ],
  [
    [0, 0],
    [0, 1],
    [1, 1],
  ],
  [
    [0, 0],
    [0, 1],
    [1, 1],
    [0, 2],
    [1, 2],
  ],
];

/** The system of N correspondences, not all of weight zero and not of one plane along the axes. */
export function controlSystem<S extends Real<S>>(
  { x2d, x3d, w2d, K }: Reprojection<S>,
  kind: ControlSteps,
): ControlSystem<S> {
  const omega = w2d.map((w) => dot(w, w).over(2));
  const centre = mean(omega, x3d);
  const offsets = x3d.map((z) => subtract(z, centre));
  const variance = mean(
    omega,
    offsets.map((d) => d.map((x) => x.times(x))),
  );
  const spread = sum(variance, omega[0]).over(3).sqrt();
  const steps = variance.map((v) => {
    if (kind === "unit") return v.of(1);
    return kind === "spread" ? spread : v.sqrt();
  });
  const alphas = offsets.map((d) => {
    const along = d.map((x, k) => x.over(steps[k]));
    return [sum(along, d[0]).negated().plus(1), ...along];
  });
  const rows = x2d.flatMap((x, i) =>
    x.map((pixel, axis) => {
      const ray = subtract(K[axis], scale(K[2], pixel));
      return alphas[i].flatMap((alpha) => scale(ray, alpha.times(w2d[i][axis])));
    }),
  );
  return { omega, x3d, steps, alphas, rows };
}

/** v₁ … v_count, [count][12]. */
export function controlVectors<S extends Real<S>>(
  { rows }: ControlSystem<S>,
  count: number,
): S[][] {
  const columns = transpose(rows);
  const normal = columns.map((a) => columns.map((b) => dot(a, b)));
  return Array.from({ length: count }, (_, index) => eigenvector(normal, index));
}

/** The pose R [3][3], t [3] of candidate 0 … 3, from as many eigenvectors as it takes: 1, 4, 2 or 3. */
export function epnpPose<S extends Real<S>>(
  { omega, x3d, steps, alphas }: ControlSystem<S>,
  vectors: Matrix<S>,
  candidate: number,
): { R: S[][]; t: S[] } {
  const beta = coefficients(vectors, steps, monomials[candidate]);
  const control = beta
    .map((b, l) => scale(vectors[l], b))
    .reduce((a, b) => a.map((x, m) => x.plus(b[m])));
  const cameraPoints = alphas.map((alpha) =>
    [0, 1, 2].map((c) =>
      dot(
        alpha,
        [0, 1, 2, 3].map((k) => control[3 * k + c]),
      ),
    ),
  );
  const middle = mean(omega, cameraPoints);
  const sign = middle[2].lessThan(0) ? -1 : 1;
  return alignment(
    omega,
    x3d,
    cameraPoints.map((X) => scale(X, sign)),
    scale(middle, sign),
  );
}

/** Σ ‖w ∘ (x − π)‖ [px]: N times the mean distance that published code chooses a candidate by. */
export function reprojectionDistance<S extends Real<S>>(
  { x2d, x3d, w2d, K }: Reprojection<S>,
  R: Matrix<S>,
  t: Vector<S>,
): S {
  const lengths = x3d.map((z, i) => {
    const e = subtract(x2d[i], projection(rigidTransform(z, R, t), K)).map((r, k) =>
      r.times(w2d[i][k]),
    );
    return dot(e, e).sqrt();
  });
  return sum(lengths, t[0]);
}

/** Σ ω a/Σ ω, of vectors a. */
function mean<S extends Real<S>>(omega: Vector<S>, a: Matrix<S>): S[] {
  const total = sum(omega, omega[0]);
  return transpose(a).map((column) => dot(omega, column).over(total));
}

/** β, one for each eigenvector; (1) for the raw candidate. */
function coefficients<S extends Real<S>>(
  vectors: Matrix<S>,
  steps: Vector<S>,
  pairs: readonly [number, number][],
): S[] {
  const one = steps[0].of(1);
  if (pairs.length === 0) return [one];
  const between = [
    [0, 1],
    [0, 2],
    [0, 3],
    [1, 2],
    [1, 3],
    [2, 3],
  ];
  const sides = between.map(([i, j]) =>
    [i, j]
      .filter((k) => k > 0)
      .reduce((total, k) => total.plus(steps[k - 1].times(steps[k - 1])), one.of(0)),
  );
  const step = (v: Vector<S>, [i, j]: readonly number[]) =>
    subtract(v.slice(3 * i, 3 * i + 3), v.slice(3 * j, 3 * j + 3));
  const L = between.map((ends) =>
    pairs.map(([k, l]) =>
      dot(step(vectors[k], ends), step(vectors[l], ends)).times(k === l ? 1 : 2),
    ),
  );
  const columns = transpose(L);
  const products = solve(
    columns.map((a) => columns.map((b) => dot(a, b))),
    columns.map((a) => [dot(a, sides)]),
  ).flat();
  const sign = products[0].lessThan(0) ? -1 : 1;
  const first = abs(products[0]).sqrt();
  const of = (k: number, l: number) => {
    const at = pairs.findIndex(([a, b]) => a === k && b === l);
    return at < 0 ? null : products[at].times(sign);
  };
  return [0, 1, 2, 3].flatMap((l) => {
    const mixed = of(0, l);
    if (l === 0 || mixed === null) return l === 0 ? [first] : [];
    const squared = of(l, l);
    if (squared === null) return [mixed.over(first)];
    return [squared.atMost(0) ? one.of(0) : squared.sqrt().times(mixed.lessThan(0) ? -1 : 1)];
  });
}

/** The rigid part of the similarity that takes z to X: t is X̄/s − R z̄, in the object's own unit. */
function alignment<S extends Real<S>>(
  omega: Vector<S>,
  x3d: Matrix<S>,
  X: Matrix<S>,
  middle: Vector<S>,
): { R: S[][]; t: S[] } {
  const centre = mean(omega, x3d);
  const offsets = x3d.map((z) => subtract(z, centre));
  const total = sum(omega, omega[0]);
  const B = [0, 1, 2].map((i) =>
    [0, 1, 2].map((j) =>
      sum(
        X.map((point, n) => omega[n].times(point[i].minus(middle[i])).times(offsets[n][j])),
        total,
      ).over(total),
    ),
  );
  const trace = B[0][0].plus(B[1][1]).plus(B[2][2]);
  const axial = [B[2][1].minus(B[1][2]), B[0][2].minus(B[2][0]), B[1][0].minus(B[0][1])];
  const N = [
    [trace, ...axial],
    ...B.map((row, i) => [
      axial[i],
      ...row.map((b, j) => (i === j ? b.times(2).minus(trace) : b.plus(B[j][i]))),
    ]),
  ];
  const q = eigenvector(N, 3);
  const R = quaternionRotation(q, "homogeneous");
  const variance = sum(
    mean(
      omega,
      offsets.map((d) => d.map((x) => x.times(x))),
    ),
    total,
  );
  const size = dot(q, apply(N, q)).over(variance);
  const turned = apply(R, centre);
  return { R, t: middle.map((x, i) => x.over(size).minus(turned[i])) };
}

/**
 * Rigid transform, pinhole projection and its derivatives in the camera point and in the camera.
 *
 *     X = R z + t                                     (GEO-13)
 *     h = K X,   π = (h₁, h₂) / h₃                     (GEO-14)
 *     ∂πᵢ/∂X     = (Kᵢ − πᵢ K₃) / h₃                   (GEO-15), Kᵢ the i-th row of K
 *     ∂πᵢ/∂K_jb  = (δᵢⱼ − πᵢ δ₃ⱼ) X_b / h₃
 *     ∂²πᵢ/∂X²   = −(Jᵢᵀ K₃ + K₃ᵀ Jᵢ) / h₃             (GEO-17), Jᵢ = ∂πᵢ/∂X
 *     ∂²πᵢ/∂X_a∂K_jb = ((δᵢⱼ − πᵢ δ₃ⱼ)(δ_ab − X_b K₃a / h₃) − δ₃ⱼ Jᵢa X_b) / h₃
 *
 * z object point and X camera point [m], +Z forward; π [px]; K any regular 3 × 3 matrix, all nine
 * entries free, row-major where flattened. A point behind the camera (h₃ < 0) is projected like any
 * other; at h₃ = 0 the result is not finite. Clamps: projection-clamp.ts.
 * Source: EQUATIONS GEO-13 … GEO-17; [EProPnP2022] Eq 1, [BPnP2020] Sec 3, [LC2023] Eq 5.
 */
import { add, apply, dot, type Matrix, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";

/** X = R z + t [3], metres. */
export function rigidTransform<S extends Real<S>>(z: Vector<S>, R: Matrix<S>, t: Vector<S>): S[] {
  return add(apply(R, z), t);
}

/** π(X; K) [2], pixels. */
export function projection<S extends Real<S>>(X: Vector<S>, K: Matrix<S>): S[] {
  const [h1, h2, h3] = apply(K, X);
  return [h1.over(h3), h2.over(h3)];
}

/** ∂π/∂X [2][3], pixels per metre. */
export function projectionJacobian<S extends Real<S>>(X: Vector<S>, K: Matrix<S>): S[][] {
  const h3 = dot(K[2], X);
  return projection(X, K).map((pi, i) =>
    [0, 1, 2].map((a) => K[i][a].minus(pi.times(K[2][a])).over(h3)),
  );
}

/** ∂²π/∂X² [2][3][3]. */
export function projectionHessian<S extends Real<S>>(X: Vector<S>, K: Matrix<S>): S[][][] {
  const h3 = dot(K[2], X);
  return projectionJacobian(X, K).map((J) =>
    [0, 1, 2].map((a) =>
      [0, 1, 2].map((b) => J[a].times(K[2][b]).plus(K[2][a].times(J[b])).over(h3).negated()),
    ),
  );
}

/** ∂π/∂K [2][9], K row-major, all nine entries free. */
export function projectionCameraJacobian<S extends Real<S>>(X: Vector<S>, K: Matrix<S>): S[][] {
  const h3 = dot(K[2], X);
  const zero = h3.of(0);
  return projection(X, K).map((pi, i) =>
    [0, 1, 2].flatMap((j) =>
      X.map((x) => {
        if (j === i) return x.over(h3);
        return j === 2 ? pi.times(x).over(h3).negated() : zero;
      }),
    ),
  );
}

/** ∂²π/∂X∂K [2][3][9]: first the component of X, then K row-major. */
export function projectionPointCameraHessian<S extends Real<S>>(
  X: Vector<S>,
  K: Matrix<S>,
): S[][][] {
  const h3 = dot(K[2], X);
  const [zero, one] = [h3.of(0), h3.of(1)];
  const pi = projection(X, K);
  return projectionJacobian(X, K).map((J, i) =>
    [0, 1, 2].map((a) =>
      [0, 1, 2].flatMap((j) =>
        [0, 1, 2].map((b) => {
          if (j !== i && j !== 2) return zero;
          const ray = (a === b ? one : zero).minus(X[b].times(K[2][a]).over(h3));
          if (j === i) return ray.over(h3);
          return pi[i].times(ray).plus(J[a].times(X[b])).over(h3).negated();
        }),
      ),
    ),
  );
}

/**
 * Unit quaternions q = (w, v), w first.
 *
 *     R(q) = (w² − vᵀv) I + 2 v vᵀ + 2w [v]×            homogeneous: scales as ‖q‖²
 *          = I + 2w [v]× + 2 [v]×²                      unit: 1 − 2(j² + k²), … on the diagonal
 *          = homogeneous / ‖q‖²                         normalised: a rotation for every q ≠ 0
 *
 * which agree on the unit sphere only. q and −q are the same rotation.
 *
 *     a ⊗ b = (a_w b_w − a_v·b_v, a_w b_v + b_w a_v + a_v × b_v)          R(a ⊗ b) = R(a) R(b)
 *     angle = 2 atan2(‖(ā ⊗ b)_v‖, |⟨a, b⟩|)      1 − cos angle = 2 (1 − ⟨a, b⟩²), a and b unit
 *
 * The tangent of the Q7 chart is δ [3], with
 *
 *     T(q) = [[i, j, k], [−w, −k, j], [k, −w, −i], [−j, i, −w]]      q + T(q) δ = (1, −δ) ⊗ q,
 *
 * so normalising q + T δ turns the object in the camera frame by −2 atan(‖δ‖) δ/‖δ‖ ≈ −2δ: δ is a
 * half angle with its sign flipped.
 * Source: EQUATIONS GEO-6, GEO-7, GEO-8, GEO-9; [Shepperd1978] for the largest of four.
 */
import {
  add,
  addMatrices,
  apply,
  cross,
  dot,
  identity,
  type Matrix,
  multiply,
  norm,
  outer,
  scale,
  scaleMatrix,
  subtract,
  type Vector,
} from "../scalar/matrix.js";
import { abs, type Real } from "../scalar/real.js";
import { hat } from "./hat.js";

/** Which of the three extensions off the unit sphere is meant. */
export type QuaternionMode = "unit" | "homogeneous" | "normalised";

/**
 * R(q) [3,3] of q [4].
 *
 * @throws RangeError if q = 0 in mode "normalised", or the mode is not one of the three.
 */
export function quaternionRotation<S extends Real<S>>(q: Vector<S>, mode: QuaternionMode): S[][] {
  const [w, ...v] = q;
  const turn = scaleMatrix(hat(v), w.times(2));
  if (mode === "unit")
    return addMatrices(addMatrices(identity(3, w), turn), scaleMatrix(multiply(hat(v), hat(v)), 2));
  const axis = scaleMatrix(outer(v, v), 2);
  const R = addMatrices(
    addMatrices(scaleMatrix(identity(3, w), w.times(w).minus(dot(v, v))), axis),
    turn,
  );
  if (mode === "homogeneous") return R;
  if (mode !== "normalised")
    throw new RangeError(
      `quaternionRotation: expected mode unit, homogeneous or normalised, got ${mode}`,
    );
  const size = dot(q, q);
  if (size.atMost(0)) throw new RangeError("quaternionRotation: expected q off zero, got q = 0");
  return R.map((row) => row.map((entry) => entry.over(size)));
}

/**
 * ∂(R(q) z)/∂q [3,4] on R⁴, in units of z.
 *
 * @throws RangeError as quaternionRotation.
 */
export function rotatedVectorQuaternionJacobian<S extends Real<S>>(
  q: Vector<S>,
  z: Vector<S>,
  mode: QuaternionMode,
): S[][] {
  const [w, ...v] = q;
  const R = quaternionRotation(q, mode);
  // ∂/∂w of every mode's own polynomial; ∂/∂v_k next to it.
  const turned = scale(cross(v, z), 2);
  const byW = mode === "unit" ? turned : add(turned, scale(z, w.times(2)));
  const columns = identity(3, w).map((axis, k) => {
    const spin = scale(cross(axis, z), w.times(2));
    const both =
      mode === "unit"
        ? add(cross(axis, cross(v, z)), cross(v, cross(axis, z)))
        : subtract(add(scale(axis, dot(v, z)), scale(v, z[k])), scale(z, v[k]));
    return add(spin, scale(both, 2));
  });
  const all = [byW, ...columns];
  if (mode !== "normalised") return [0, 1, 2].map((i) => all.map((column) => column[i]));
  // Quotient rule: R z is the homogeneous polynomial over ‖q‖².
  const size = dot(q, q);
  const rotated = apply(R, z);
  return [0, 1, 2].map((i) =>
    all.map((column, k) => column[i].minus(rotated[i].times(q[k].times(2))).over(size)),
  );
}

/** ∂(R z)/∂δ at δ = 0 [3,3] for unit q [4], in units of z: 2 [R z]×. */
export function rotatedVectorTangentJacobian<S extends Real<S>>(q: Vector<S>, z: Vector<S>): S[][] {
  return scaleMatrix(hat(apply(quaternionRotation(q, "unit"), z)), 2);
}

/**
 * (w, i, j, k) [4], some positive multiple of the quaternion of R [3,3] with w ≥ 0 (at w = 0 the
 * first non-zero entry is positive): the row of 4qqᵀ with the largest diagonal entry, in which
 * nothing cancels and whose largest entry is at least 1. For those who need its direction only.
 */
export function quaternionRay<S extends Real<S>>(R: Matrix<S>): S[] {
  const [[a, b, c], [d, e, f], [g, h, i]] = R;
  const rows = [
    [a.plus(e).plus(i).plus(1), h.minus(f), c.minus(g), d.minus(b)],
    [h.minus(f), a.minus(e).minus(i).plus(1), b.plus(d), c.plus(g)],
    [c.minus(g), b.plus(d), e.minus(a).minus(i).plus(1), f.plus(h)],
    [d.minus(b), c.plus(g), f.plus(h), i.minus(a).minus(e).plus(1)],
  ];
  let largest = 0;
  for (let k = 1; k < 4; k++) if (rows[largest][largest].lessThan(rows[k][k])) largest = k;
  const row = rows[largest];
  const lead = row.find((entry) => entry.lessThan(0) || !entry.atMost(0));
  return lead?.lessThan(0) ? row.map((entry) => entry.negated()) : row;
}

/**
 * Unit quaternion [4] of R [3,3] with w ≥ 0; at w = 0, a half turn, the first non-zero entry is
 * positive. R off the rotations gives the quaternion of the ray above, normalised.
 */
export function rotationQuaternion<S extends Real<S>>(R: Matrix<S>): S[] {
  const ray = quaternionRay(R);
  const length = norm(ray);
  return ray.map((entry) => entry.over(length));
}

/** a ⊗ b [4], the Hamilton product: R(a ⊗ b) turns by b first. */
export function quaternionProduct<S extends Real<S>>(a: Vector<S>, b: Vector<S>): S[] {
  const [aw, ...av] = a;
  const [bw, ...bv] = b;
  const vector = add(add(scale(bv, aw), scale(av, bw)), cross(av, bv));
  return [aw.times(bw).minus(dot(av, bv)), ...vector];
}

/** Angle in [0, π] rad of the turn from R(a) to R(b); lengths and signs of a, b [4] do not matter. */
export function rotationAngle<S extends Real<S>>(a: Vector<S>, b: Vector<S>): S {
  const [w, ...v] = quaternionProduct(conjugate(a), b);
  return norm(v).atan2(abs(w)).times(2);
}

/** 1 − cos(angle) [1] = 2 (1 − ⟨a, b⟩²) for unit a, b [4]; others are normalised. */
export function rotationCosineDistance<S extends Real<S>>(a: Vector<S>, b: Vector<S>): S {
  const inner = dot(a, b);
  const cosine = inner.times(inner).over(dot(a, a).times(dot(b, b)));
  return cosine.negated().plus(1).times(2);
}

/** ∂(1 − cos angle)/∂a [4] on R⁴, tangent to the sphere of a. */
export function rotationCosineDistanceGradient<S extends Real<S>>(a: Vector<S>, b: Vector<S>): S[] {
  const inner = dot(a, b);
  const across = subtract(b, scale(a, inner.over(dot(a, a))));
  return scale(across, inner.times(-4).over(dot(a, a).times(dot(b, b))));
}

/** T(q) [4,3], the directions of q's tangent space: orthonormal, and orthogonal to q, for unit q. */
export function quaternionTangent<S extends Real<S>>(q: Vector<S>): S[][] {
  const [w, i, j, k] = q;
  return [
    [i, j, k],
    [w.negated(), k.negated(), j],
    [k, w.negated(), i.negated()],
    [j.negated(), i, w.negated()],
  ];
}

/** (q + T(q) δ) / ‖q + T(q) δ‖ [4]: q [4] moved by the Q7 tangent δ [3]. */
export function movedQuaternion<S extends Real<S>>(q: Vector<S>, delta: Vector<S>): S[] {
  const moved = add(q, apply(quaternionTangent(q), delta));
  const length = norm(moved);
  return moved.map((entry) => entry.over(length));
}

function conjugate<S extends Real<S>>(q: Vector<S>): S[] {
  return q.map((entry, k) => (k === 0 ? entry : entry.negated()));
}

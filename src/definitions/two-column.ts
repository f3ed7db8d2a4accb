/**
 * A rotation as its first two columns, six numbers a = (a₁, a₂), and back by Gram–Schmidt.
 *
 *     b₁ = a₁ / ‖a₁‖     b₂ = c / ‖c‖,  c = a₂ − (b₁·a₂) b₁     b₃ = b₁ × b₂     R = [b₁ b₂ b₃]
 *
 *     db₁ = (I − b₁b₁ᵀ) da₁ / ‖a₁‖     db₂ = (I − b₂b₂ᵀ) dc / ‖c‖     db₃ = db₁ × b₂ + b₁ × db₂
 *     dc = da₂ − (db₁·a₂ + b₁·da₂) b₁ − (b₁·a₂) db₁
 *
 * Every a₁, a₂ that are not collinear will do; collinear ones name no rotation.
 * Under the RP chart, R ← R Exp(a), a column moves by ∂(R e_k)/∂a = −R [e_k]×.
 * Source: EQUATIONS GEO-11; [Zhou2019] On the Continuity of Rotation Representations.
 */
import {
  add,
  cross,
  dot,
  identity,
  type Matrix,
  multiply,
  norm,
  scale,
  subtract,
  transpose,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { hat } from "./hat.js";

/** (R₁, R₂) [6]: the first two columns of R [3,3], one after the other. */
export function twoColumn<S extends Real<S>>(R: Matrix<S>): S[] {
  return [0, 1].flatMap((k) => R.map((row) => row[k]));
}

/**
 * R [3,3] of a [6], which need be neither unit nor orthogonal.
 *
 * @throws RangeError if a₁ × a₂ is zero in these scalars: columns collinear, or one of them zero.
 */
export function twoColumnRotation<S extends Real<S>>(a: Vector<S>): S[][] {
  const { b1, b2 } = frame(a);
  return transpose([b1, b2, cross(b1, b2)]);
}

/**
 * ∂R/∂a [9,6]: R row by row, a₁ before a₂.
 *
 * @throws RangeError as twoColumnRotation.
 */
export function twoColumnRotationJacobian<S extends Real<S>>(a: Vector<S>): S[][] {
  const { b1, b2, c, a1, a2 } = frame(a);
  const along = dot(b1, a2);
  const directions = identity(6, a[0]).map((da) => {
    const [da1, da2] = [da.slice(0, 3), da.slice(3)];
    const db1 = over(subtract(da1, scale(b1, dot(b1, da1))), norm(a1));
    const fall = dot(db1, a2).plus(dot(b1, da2));
    const dc = subtract(subtract(da2, scale(b1, fall)), scale(db1, along));
    const db2 = over(subtract(dc, scale(b2, dot(b2, dc))), norm(c));
    const db3 = add(cross(db1, b2), cross(b1, db2));
    return transpose([db1, db2, db3]).flat();
  });
  return transpose(directions);
}

/** ∂(R e_k)/∂a under RP [3,3]: how column k = 0, 1, 2 of R [3,3] moves. */
export function columnJacobian<S extends Real<S>>(R: Matrix<S>, k: 0 | 1 | 2): S[][] {
  const turn = hat(identity(3, R[0][0])[k]);
  return multiply(R, turn).map((row) => row.map((entry) => entry.negated()));
}

function frame<S extends Real<S>>(a: Vector<S>) {
  const [a1, a2] = [a.slice(0, 3), a.slice(3, 6)];
  if (dot(a1, a1).atMost(0)) throw new RangeError("twoColumnRotation: expected a1 off zero, got 0");
  const b1 = over(a1, norm(a1));
  const c = subtract(a2, scale(b1, dot(b1, a2)));
  // c itself is left with the rounding of a₂, where a₁ × a₂ vanishes to the last digit.
  const across = cross(a1, a2);
  if (dot(across, across).atMost(0))
    throw new RangeError("twoColumnRotation: expected columns off one line, got collinear ones");
  return { a1, a2, b1, c, b2: over(c, norm(c)) };
}

const over = <S extends Real<S>>(v: Vector<S>, length: S): S[] => v.map((x) => x.over(length));

/**
 * The eight corners of a model's box.
 *
 *     b = (±s_x, ±s_y, ±s_z)     s half-extents
 *
 * For a centred, symmetric model its own half-extents and the published choice s = |min z| are the
 * same. Otherwise the latter is a box about the origin that the model may stick out of, and the box
 * from min to max is another: both are here, under their names. Corners come in binary order, z
 * fastest, − before +: (−,−,−), (−,−,+), … (+,+,+).
 * A model that was moved for encoding, z′ = R z + t, has its corners mapped back by z = Rᵀ(z′ − t).
 * Source: EQUATIONS GEO-20; [LC2023] Eq 10 and its published code.
 */
import { apply, type Matrix, subtract, transpose, type Vector } from "../scalar/matrix.js";
import { abs, max, min, type Real } from "../scalar/real.js";

/** (min, max) [2,3] over points z [M,3]. @throws RangeError if there is no point. */
export function extents<S extends Real<S>>(z: Matrix<S>): S[][] {
  if (z.length === 0) throw new RangeError("extents: expected M >= 1 points, got 0");
  const over = (choose: (a: S, b: S) => S): S[] =>
    [0, 1, 2].map((k) => z.map((point) => point[k]).reduce(choose));
  return [over(min), over(max)];
}

/** |min z| [3], half-extents as published: those of a box about the origin. */
export function symmetricHalfExtents<S extends Real<S>>(z: Matrix<S>): S[] {
  return extents(z)[0].map(abs);
}

/** (±s_x, ±s_y, ±s_z) [8,3], the corners of the box about the origin with half-extents s [3]. */
export function symmetricBoxCorners<S extends Real<S>>(s: Vector<S>): S[][] {
  return boxCorners(
    s.map((x) => x.negated()),
    s,
  );
}

/** Corners [8,3] of the box from `least` [3] to `greatest` [3]. */
export function boxCorners<S extends Real<S>>(least: Vector<S>, greatest: Vector<S>): S[][] {
  const sides = [least, greatest];
  return [0, 1].flatMap((i) =>
    [0, 1].flatMap((j) => [0, 1].map((k) => [sides[i][0], sides[j][1], sides[k][2]])),
  );
}

/** Rᵀ(b − t) [8,3]: corners b [8,3] of a model moved by R [3,3], t [3], on the model as it was. */
export function cornersBeforeMove<S extends Real<S>>(
  b: Matrix<S>,
  R: Matrix<S>,
  t: Vector<S>,
): S[][] {
  return b.map((corner) => apply(transpose(R), subtract(corner, t)));
}

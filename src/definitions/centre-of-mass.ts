/**
 * The centre of mass of a heat map: the keypoint that it stands for.
 *
 *     divided:  x̂ = Σ p g / Σ p        ∂x̂/∂p = (g − x̂)/Σ p
 *     given:    x̂ = Σ p g              ∂x̂/∂p = g
 *
 * p [H][W] is the map, g = (g_u, g_v) the coordinates of its cells and the unit of x̂. "given" takes Σ p = 1 on
 * trust, as published code does behind a softmax. With the coordinates "centres" it is the mean of a
 * DSNT layer. Flat maps and cut-off peaks are drawn to the middle of the map.
 * Source: EQUATIONS HM-3, HM-4; [UAVA2021] Sec 3.1; [Nibali2018].
 */
import { type Matrix, sum, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";

/** Whether a map is divided by its sum, or taken to sum to 1. */
export type Mass = "divided" | "given";

/** x̂ [2] of a map [H][W] over coordinates gx [W] and gy [H]. */
export function centreOfMass<S extends Real<S>>(
  map: Matrix<S>,
  gx: Vector<S>,
  gy: Vector<S>,
  mass: Mass,
): S[] {
  const cells = map.flatMap((row, r) => row.map((p, c) => [p.times(gx[c]), p.times(gy[r])]));
  const moments = [0, 1].map((axis) =>
    sum(
      cells.map((cell) => cell[axis]),
      gx[0],
    ),
  );
  if (mass === "given") return moments;
  const total = sum(map.flat(), gx[0]);
  return moments.map((moment) => moment.over(total));
}

/** ∂L/∂p [H][W] of v = ∂L/∂x̂ [2]. */
export function centreOfMassVjp<S extends Real<S>>(
  map: Matrix<S>,
  gx: Vector<S>,
  gy: Vector<S>,
  mass: Mass,
  v: Vector<S>,
): S[][] {
  const centre = mass === "given" ? v.map((entry) => entry.of(0)) : centreOfMass(map, gx, gy, mass);
  const total = mass === "given" ? v[0].of(1) : sum(map.flat(), gx[0]);
  return gy.map((y) =>
    gx.map((x) => x.minus(centre[0]).times(v[0]).plus(y.minus(centre[1]).times(v[1])).over(total)),
  );
}

/**
 * How far a heat map spreads about its centre of mass, an axis at a time.
 *
 *     divided:  s² = Σ p (g − x̂)² / Σ p     ∂s²/∂p = ((g − x̂)² − s²)/Σ p
 *     given:    s² = Σ p (g − x̂)²           ∂s²/∂p = (g − x̂)² − 2 g x̂ (1 − Σ p),    x̂ = Σ p g
 *     σ = √(s² + guard)                       dσ/ds² = 1/(2σ)
 *     floored:  σ → e^{σ − 1} where σ < 1     dσ/ds² = e^{σ − 1}/(2σ) there
 *
 * s² is in the squared unit of the coordinates. The guard of published code is 1e-6, so that a map of one cell
 * has σ = 1e-3; its floor, of pixels, keeps σ above 1/e. A uniform axis of n cells has s² = (n² − 1)/12.
 * Source: EQUATIONS HM-5; [LC2023] Sec 4.2 and published code.
 */
import { type Matrix, sum, type Vector } from "../scalar/matrix.js";
import { type Real, square } from "../scalar/real.js";
import { centreOfMass, type Mass } from "./centre-of-mass.js";

/** s² [2] of a map [H][W] over coordinates gx [W] and gy [H]. */
export function mapVariance<S extends Real<S>>(
  map: Matrix<S>,
  gx: Vector<S>,
  gy: Vector<S>,
  mass: Mass,
): S[] {
  const [x, y] = centreOfMass(map, gx, gy, mass);
  const cells = map.flatMap((row, r) =>
    row.map((p, c) => [p.times(square(gx[c].minus(x))), p.times(square(gy[r].minus(y)))]),
  );
  const total = mass === "given" ? x.of(1) : sum(map.flat(), x);
  return [0, 1].map((axis) =>
    sum(
      cells.map((cell) => cell[axis]),
      x,
    ).over(total),
  );
}

/** ∂L/∂p [H][W] of v = ∂L/∂s² [2]. */
export function mapVarianceVjp<S extends Real<S>>(
  map: Matrix<S>,
  gx: Vector<S>,
  gy: Vector<S>,
  mass: Mass,
  v: Vector<S>,
): S[][] {
  const centre = centreOfMass(map, gx, gy, mass);
  const variance = mapVariance(map, gx, gy, mass);
  const total = sum(map.flat(), centre[0]);
  const slope = (g: S, axis: number): S => {
    const away = square(g.minus(centre[axis]));
    if (mass === "divided") return away.minus(variance[axis]).over(total);
    return away.minus(g.times(centre[axis]).times(total.negated().plus(1)).times(2));
  };
  return gy.map((y) => gx.map((x) => slope(x, 0).times(v[0]).plus(slope(y, 1).times(v[1]))));
}

/** σ of a variance, in the unit of the coordinates. */
export function mapDeviation<S extends Real<S>>(variance: S, guard: number, floored: boolean): S {
  const sigma = variance.plus(guard).sqrt();
  return floored && sigma.lessThan(1) ? sigma.minus(1).exp() : sigma;
}

/** dσ/ds², per unit of the coordinates. */
export function mapDeviationSlope<S extends Real<S>>(
  variance: S,
  guard: number,
  floored: boolean,
): S {
  const sigma = variance.plus(guard).sqrt();
  const slope = sigma.of(1).over(sigma.times(2));
  return floored && sigma.lessThan(1) ? slope.times(sigma.minus(1).exp()) : slope;
}

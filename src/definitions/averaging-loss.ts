/**
 * The smallest example of a loss on an estimate that misleads its measurements: two of them averaged.
 *
 *     ā = (a₁ + a₂)/2       L = |ā − a|       ∂L/∂a₁ = ∂L/∂a₂ = ½ sign(ā − a)
 *
 * Where a lies between a₁ and a₂, the one on the far side of a from ā is pushed away from it: half of
 * the gradients are wrong. The sum of |aᵢ − a|, a loss on each measurement, pushes none away.
 * Source: EQUATIONS LC-2; [LC2023] Sec 1, Fig 2.
 */
import type { Vector } from "../scalar/matrix.js";
import { abs, type Real } from "../scalar/real.js";

/** |mean(a₁ … a_n) − a|, in the unit of the measurements. @throws RangeError if there are none. */
export function averagingLoss<S extends Real<S>>(measured: Vector<S>, a: S): S {
  return abs(offset("averagingLoss", measured, a));
}

/** ∂L/∂aᵢ, the same for every i; 0 where the mean is a. @throws RangeError if there are none. */
export function averagingLossSlope<S extends Real<S>>(measured: Vector<S>, a: S): S {
  const off = offset("averagingLossSlope", measured, a);
  const sign = off.lessThan(0) ? -1 : off.atMost(0) ? 0 : 1;
  return off.of(sign).over(measured.length);
}

function offset<S extends Real<S>>(name: string, measured: Vector<S>, a: S): S {
  if (measured.length === 0) throw new RangeError(`${name}: expected measurements, got none`);
  const total = measured.reduce((sum, x) => sum.plus(x), a.of(0));
  return total.over(measured.length).minus(a);
}

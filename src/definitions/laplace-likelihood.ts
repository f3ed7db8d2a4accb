/**
 * Negative log-likelihood of an error under a Laplace density of scale b, log 2 left out.
 *
 *     L = log b + |e|/b       ∂L/∂b = 1/b − |e|/b²       ∂L/∂e = sign(e)/b
 *
 * Least at b = |e|, where it is 1 + log |e|; without bound below as e = 0 and b → 0.
 * Source: EQUATIONS LC-14; [LC2023] Eq 16.
 */
import { abs, type Real } from "../scalar/real.js";

/** L. @throws RangeError unless b > 0. */
export function laplaceLikelihood<S extends Real<S>>(e: S, b: S): S {
  checkScale("laplaceLikelihood", b);
  return b.log().plus(abs(e).over(b));
}

/** ∂L/∂b. @throws RangeError unless b > 0. */
export function laplaceLikelihoodScaleSlope<S extends Real<S>>(e: S, b: S): S {
  checkScale("laplaceLikelihoodScaleSlope", b);
  return b.minus(abs(e)).over(b.times(b));
}

/** ∂L/∂e, 0 at e = 0. @throws RangeError unless b > 0. */
export function laplaceLikelihoodSlope<S extends Real<S>>(e: S, b: S): S {
  checkScale("laplaceLikelihoodSlope", b);
  if (e.lessThan(0)) return b.of(-1).over(b);
  return e.atMost(0) ? e.of(0) : b.of(1).over(b);
}

function checkScale<S extends Real<S>>(name: string, b: S): void {
  if (b.atMost(0)) throw new RangeError(`${name}: expected b > 0, got ${b.toNumber()}`);
}

/**
 * The norm of a gradient over all parameters, and the factor that holds it to a limit.
 *
 *     gradientNorm   ‖g‖ = √Σ gᵢ²                     over every entry of every parameter
 *     clipFactor     min(1, limit/(‖g‖ + 1e-6))       1 where the limit is infinite
 *
 * The 1e-6 is PyTorch's: a clipped gradient stays that little below the limit.
 * Source: EQUATIONS OPT-3, OPT-6; [Pascanu2013] Algorithm 1.
 */
import { norm, type Vector } from "../scalar/matrix.js";
import { min, type Real } from "../scalar/real.js";

/** ‖g‖ over all entries. */
export function gradientNorm<S extends Real<S>>(gradient: Vector<S>): S {
  return norm(gradient);
}

/** What a gradient of this norm is multiplied by. */
export function clipFactor<S extends Real<S>>(norm: S, limit: number): S {
  return limit === Infinity ? norm.of(1) : min(norm.of(1), norm.of(limit).over(norm.plus(1e-6)));
}

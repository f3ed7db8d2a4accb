/**
 * RMSprop over arrays, in place: kernel of ../definitions/rmsprop.ts. A centred v − ḡ² that rounding makes
 * negative counts as 0. Nothing is checked or allocated.
 */
import { decayed } from "./adam.js";

/** One step of `size` parameters; v, the mean, the velocity and θ are overwritten. */
export function rmspropUpdate(
  size: number,
  rate: number,
  alpha: number,
  epsilon: number,
  momentum: number,
  decay: number,
  centred: boolean,
  gradient: Float64Array,
  v: Float64Array,
  mean: Float64Array,
  velocity: Float64Array,
  theta: Float64Array,
): void {
  for (let i = 0; i < size; i++) {
    const g = gradient[i] + decay * theta[i];
    v[i] = decayed(v[i], g * g, alpha);
    mean[i] = decayed(mean[i], g, alpha);
    const square = centred ? Math.max(v[i] - mean[i] * mean[i], 0) : v[i];
    velocity[i] = momentum * velocity[i] + g / (Math.sqrt(square) + epsilon);
    theta[i] -= rate * velocity[i];
  }
}

/** Gradient descent over arrays, in place: kernel of ../definitions/gradient-descent.ts. Nothing is checked. */

/** One step of `size` parameters; the velocity and θ are overwritten. */
export function descentUpdate(
  size: number,
  rate: number,
  momentum: number,
  decay: number,
  nesterov: boolean,
  gradient: Float64Array,
  velocity: Float64Array,
  theta: Float64Array,
): void {
  for (let i = 0; i < size; i++) {
    const g = gradient[i] + decay * theta[i];
    velocity[i] = momentum * velocity[i] + g;
    theta[i] -= rate * (nesterov ? g + momentum * velocity[i] : velocity[i]);
  }
}

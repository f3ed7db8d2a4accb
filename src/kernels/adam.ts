/**
 * Adam and AdamW over arrays, in place: kernels of ../definitions/adam.ts. 1 − βᵗ is taken through log1p and
 * expm1, since at β = 0.999 the difference would lose a thousand last places at the first step.
 * Nothing is checked or allocated.
 */

/** One step t of `size` parameters with decay λ added to the gradient; m, v and θ are overwritten. */
export function adamUpdate(
  size: number,
  t: number,
  rate: number,
  beta1: number,
  beta2: number,
  epsilon: number,
  decay: number,
  gradient: Float64Array,
  m: Float64Array,
  v: Float64Array,
  theta: Float64Array,
): void {
  const step = rate / seenShare(beta1, t);
  const share = seenShare(beta2, t);
  for (let i = 0; i < size; i++) {
    const g = gradient[i] + decay * theta[i];
    m[i] = decayed(m[i], g, beta1);
    v[i] = decayed(v[i], g * g, beta2);
    theta[i] -= (step * m[i]) / (Math.sqrt(v[i] / share) + epsilon);
  }
}

/** One step t of `size` parameters with decay λ taken from the parameters; m, v and θ are overwritten. */
export function adamWUpdate(
  size: number,
  t: number,
  rate: number,
  beta1: number,
  beta2: number,
  epsilon: number,
  decay: number,
  gradient: Float64Array,
  m: Float64Array,
  v: Float64Array,
  theta: Float64Array,
): void {
  for (let i = 0; i < size; i++) theta[i] -= rate * decay * theta[i];
  adamUpdate(size, t, rate, beta1, beta2, epsilon, 0, gradient, m, v, theta);
}

/** β a + (1 − β) x. */
export function decayed(a: number, x: number, beta: number): number {
  return beta * a + (1 - beta) * x;
}

/** 1 − βᵗ, for 0 ≤ β < 1. */
export function seenShare(beta: number, t: number): number {
  return -Math.expm1(t * Math.log1p(-(1 - beta)));
}

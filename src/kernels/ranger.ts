/**
 * Ranger over arrays, in place: kernels of ../definitions/ranger.ts. While v is young ρ_t is summed,
 *
 *     ρ_t = 2 Σ_{j=1..t} j βʲ⁻¹ / Σ_{j=1..t} βʲ⁻¹ − 1,
 *
 * since its closed form subtracts numbers of the size of ρ∞ from each other. Nothing is checked or allocated.
 */
import { decayed, seenShare } from "./adam.js";

/** Each of `rows` rows of `columns` entries less its mean, in place. */
export function centredGradient(rows: number, columns: number, gradient: Float64Array): void {
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let j = row * columns; j < (row + 1) * columns; j++) sum += gradient[j];
    const mean = sum / columns;
    for (let j = row * columns; j < (row + 1) * columns; j++) gradient[j] -= mean;
  }
}

/** ρ_t, for 0 ≤ β₂ < 1 and t ≥ 1. */
export function smaLength(beta2: number, t: number): number {
  // From here on the closed form cancels no more than fourfold.
  if (t * (1 - beta2) > 0.5) {
    const seen = seenShare(beta2, t);
    return 2 / (1 - beta2) - 1 - (2 * t * beta2 ** t) / seen;
  }
  let power = 1;
  let weights = 0;
  let ages = 0;
  for (let j = 1; j <= t; j++) {
    weights += power;
    ages += j * power;
    power *= beta2;
  }
  return (2 * ages) / weights - 1;
}

/** r_t, for ρ_t > 4. */
export function rectification(beta2: number, t: number): number {
  const length = smaLength(beta2, t);
  const limit = 2 / (1 - beta2) - 1;
  const young = ((length - 4) * (length - 2)) / length;
  return Math.sqrt(young / (((limit - 4) * (limit - 2)) / limit));
}

/** One step t of `size` parameters; m, v and θ are overwritten. */
export function rectifiedUpdate(
  size: number,
  t: number,
  rate: number,
  beta1: number,
  beta2: number,
  epsilon: number,
  decay: number,
  threshold: number,
  gradient: Float64Array,
  m: Float64Array,
  v: Float64Array,
  theta: Float64Array,
): void {
  const step = rate / seenShare(beta1, t);
  const rectified = smaLength(beta2, t) > threshold;
  const factor = rectified ? rectification(beta2, t) * Math.sqrt(seenShare(beta2, t)) : 1;
  for (let i = 0; i < size; i++) {
    const g = gradient[i];
    m[i] = decayed(m[i], g, beta1);
    v[i] = decayed(v[i], g * g, beta2);
    theta[i] -= rate * decay * theta[i];
    theta[i] -= rectified ? (step * factor * m[i]) / (Math.sqrt(v[i]) + epsilon) : step * m[i];
  }
}

/** Both copies of `size` parameters become slow + α(fast − slow). */
export function lookAhead(
  size: number,
  alpha: number,
  slow: Float64Array,
  fast: Float64Array,
): void {
  for (let i = 0; i < size; i++) {
    slow[i] += alpha * (fast[i] - slow[i]);
    fast[i] = slow[i];
  }
}

/** Distances of a heat map from its target, in doubles, on flat arrays [n]; see definitions/map-loss.ts. */

/** Mean |p − T|. */
export function absoluteMapLoss(n: number, map: Float64Array, target: Float64Array): number {
  let total = 0;
  for (let i = 0; i < n; i++) total += Math.abs(map[i] - target[i]);
  return total / n;
}

/** Writes ∂/∂p [n], which may be the map or the target. */
export function absoluteMapLossGradient(
  n: number,
  map: Float64Array,
  target: Float64Array,
  gradient: Float64Array,
): void {
  const step = 1 / n;
  for (let i = 0; i < n; i++) {
    const d = map[i] - target[i];
    gradient[i] = d > 0 ? step : d < 0 ? -step : d;
  }
}

/** Mean mask (p − T)²; a mask of null counts all alike. */
export function squaredMapLoss(
  n: number,
  map: Float64Array,
  target: Float64Array,
  mask: Float64Array | null,
): number {
  let total = 0;
  for (let i = 0; i < n; i++) total += (mask ? mask[i] : 1) * (map[i] - target[i]) ** 2;
  return total / n;
}

/** Writes ∂/∂p [n], which may be the map or the target. */
export function squaredMapLossGradient(
  n: number,
  map: Float64Array,
  target: Float64Array,
  mask: Float64Array | null,
  gradient: Float64Array,
): void {
  for (let i = 0; i < n; i++) gradient[i] = ((mask ? mask[i] : 1) * 2 * (map[i] - target[i])) / n;
}

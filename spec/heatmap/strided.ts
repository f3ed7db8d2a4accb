import ndarray, { type NdArray } from "ndarray";
import { stream } from "../../src/random/index.js";

/** Dense maps of normals, times a spread. */
export function normalMaps(name: string, shape: number[], spread = 1): NdArray<Float64Array> {
  const draw = stream(name);
  const length = shape.reduce((product, n) => product * n, 1);
  return ndarray(
    Float64Array.from({ length }, () => spread * draw.normal()),
    shape,
  );
}

/** The same numbers under other strides: axes stored the other way round, and with gaps of NaN. */
export function strided(maps: NdArray<Float64Array>): NdArray[] {
  const { shape } = maps;
  const back = [...shape].reverse();
  const reversed = ndarray(new Float64Array(maps.size), back).transpose(
    ...shape.map((_, k) => shape.length - 1 - k),
  );
  const wide = ndarray(
    new Float64Array(2 * maps.size).fill(Number.NaN),
    shape.map((n, k) => (k === shape.length - 1 ? 2 * n : n)),
  );
  const gaps = wide.step(...shape.map((_, k) => (k === shape.length - 1 ? 2 : 1)));
  const flipped = ndarray(new Float64Array(maps.size), shape).step(...shape.map(() => -1));
  const index = shape.map(() => 0);
  for (let i = 0; i < maps.size; i++) {
    for (const copy of [reversed, gaps, flipped]) copy.set(...index, maps.get(...index));
    for (let k = shape.length - 1; k >= 0 && ++index[k] === shape[k]; k--) index[k] = 0;
  }
  return [reversed, gaps, flipped];
}

/** Largest |aᵢ − bᵢ|. */
export const gap = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(0, ...Array.from(a, (x, i) => Math.abs(x - b[i])));

/** Largest |aᵢ|. */
export const largest = (a: ArrayLike<number>): number => Math.max(0, ...Array.from(a, Math.abs));

/** Σ aᵢ bᵢ. */
export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a, (x, i) => x * b[i]).reduce((sum, x) => sum + x, 0);

/**
 * Central difference of f along a direction, moved in place in `at`, and how far two steps disagree: an estimate
 * of its error that is never too small by more than the next order.
 */
export function difference(
  f: () => number,
  at: Float64Array,
  direction: Float64Array,
  h: number,
): { slope: number; error: number } {
  const start = at.slice();
  const along = (step: number): number => {
    const values = [1, -1].map((sign) => {
      for (let i = 0; i < at.length; i++) at[i] = start[i] + sign * step * direction[i];
      return f();
    });
    at.set(start);
    return (values[0] - values[1]) / (2 * step);
  };
  const [coarse, fine] = [along(h), along(h / 2)];
  // Errors go with h²: a third of the disagreement is left, and taken away.
  return { slope: fine + (fine - coarse) / 3, error: Math.abs(fine - coarse) };
}

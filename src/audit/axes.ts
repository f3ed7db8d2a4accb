/** Arrays whose axes are a permutation of the expected ones. */

/** axes[k] is the axis of the claimed array that holds the expected array's axis k. */
export type Axes = readonly number[];

/** Every arrangement other than the plain one under which `got` has the shape `expected`. */
export function arrangements(expected: readonly number[], got: readonly number[]): Axes[] {
  return permutations(expected.length).filter(
    (axes) =>
      axes.some((axis, k) => axis !== k) && axes.every((axis, k) => got[axis] === expected[k]),
  );
}

/** The claimed array rearranged into the expected order of axes. */
export function rearranged(data: Float64Array, got: readonly number[], axes: Axes): Float64Array {
  const strides = got.map((_, k) => got.slice(k + 1).reduce((a, b) => a * b, 1));
  const shape = axes.map((axis) => got[axis]);
  const steps = axes.map((axis) => strides[axis]);
  const out = new Float64Array(data.length);
  const index = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let i = 0; i < out.length; i++) {
    out[i] = data[from];
    for (let k = shape.length - 1; k >= 0; k--) {
      from += steps[k];
      if (++index[k] < shape[k]) break;
      from -= steps[k] * shape[k];
      index[k] = 0;
    }
  }
  return out;
}

function permutations(n: number): number[][] {
  if (n === 0) return [[]];
  return permutations(n - 1).flatMap((rest) =>
    Array.from({ length: n }, (_, at) => [...rest.slice(0, at), n - 1, ...rest.slice(at)]),
  );
}

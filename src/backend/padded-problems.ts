/**
 * Problems from arrays [B, N, …] in which some have fewer than N points and the rest is padding. Padding is
 * left behind on the way in, so that nothing that counts or averages points, such as an adaptive threshold,
 * can see it; what comes back has zeros there.
 */
import { requireRegular } from "../problem/camera.js";
import { type ArrayInput, axisCount, shapedArray } from "../problem/dense-array.js";
import { type Problems, zeroProblems } from "./problems.js";

/** Arrays with an axis of problems and one of points. */
export interface PaddedInput {
  /** Pixels [B, N, 2]. */
  readonly x2d: ArrayInput;
  /** Object points [B, N, 3], or [N, 3] for all. */
  readonly x3d: ArrayInput;
  /** Weights w ≥ 0 [B, N, 2] that multiply residuals. Default: ones. */
  readonly w2d?: ArrayInput;
  /** Camera matrices [B, 3, 3], or [3, 3] for all. */
  readonly K: ArrayInput;
  /**
   * Points of each problem [B], the others being padding, whatever it holds. Default: all up to the last one that
   * has weight, or all N of a problem in which none has.
   */
  readonly counts?: ArrayLike<number>;
  /** B and N, for flat typed arrays, which cannot say so. */
  readonly size?: readonly [number, number];
}

const name = "paddedProblems";

/**
 * Packed problems, without their padding.
 *
 * @throws TypeError or RangeError if an array has another shape, an entry that is no padding is not finite, a
 * weight is negative, a camera is singular, or a count is no whole number within 0 … N.
 */
export function paddedProblems(input: PaddedInput): Problems {
  const [B, N] = sizeOf(input);
  const flat = (what: "x2d" | "x3d" | "w2d" | "K", width: number): Source => {
    const whole = what === "K" ? [B, 3, 3] : [B, N, width];
    const one = what === "K" ? [3, 3] : [N, width];
    return source(
      what,
      input[what] as ArrayInput,
      whole,
      what === "x3d" || what === "K" ? one : null,
    );
  };
  const x2d = flat("x2d", 2);
  const x3d = flat("x3d", 3);
  const w2d = input.w2d === undefined ? null : flat("w2d", 2);
  const K = flat("K", 3);
  const problems = zeroProblems(countsOf(input.counts, B, N, w2d), N);
  for (let b = 0; b < B; b++) {
    const first = problems.offsets[b];
    const n = problems.offsets[b + 1] - first;
    copy("x2d", x2d, b * 2 * N, problems.x2d, 2 * first, 2 * n, b);
    copy("x3d", x3d, x3d.shared ? 0 : b * 3 * N, problems.x3d, 3 * first, 3 * n, b);
    if (w2d) copy("w2d", w2d, b * 2 * N, problems.w2d, 2 * first, 2 * n, b);
    else problems.w2d.fill(1, 2 * first, 2 * (first + n));
    copy("K", K, K.shared ? 0 : 9 * b, problems.K, 9 * b, 9, b);
    requireRegular(`${name}, problem ${b}`, problems.K.subarray(9 * b, 9 * b + 9));
  }
  const { w2d: weights } = problems;
  for (let k = 0; k < weights.length; k++)
    if (weights[k] < 0) throw new RangeError(`${name}: expected w2d >= 0, got ${weights[k]}`);
  return problems;
}

/** Numbers as they were given, row-major, and whether they hold one problem for all. */
interface Source {
  readonly values: ArrayLike<number>;
  readonly shared: boolean;
}

/** B and N of the input. */
function sizeOf({ x2d, size }: PaddedInput): readonly [number, number] {
  if (size === undefined) {
    if (axisCount(x2d) === null)
      throw new TypeError(`${name}: expected size [B, N] beside flat arrays, got none`);
    const [B, N] = shapeOf(x2d);
    return [B, N];
  }
  for (const length of size)
    if (!(Number.isSafeInteger(length) && length >= 0))
      throw new RangeError(`${name}: expected a size of two whole numbers >= 0, got ${size}`);
  return size;
}

/** Lengths of the two leading axes of nested lists or an ndarray. */
function shapeOf(input: ArrayInput): readonly [number, number] {
  if (Array.isArray(input)) {
    const [first] = input as readonly unknown[];
    return [input.length, Array.isArray(first) ? first.length : 0];
  }
  const { shape } = input as { readonly shape: readonly number[] };
  return [shape[0], shape[1] ?? 0];
}

function source(
  what: string,
  input: ArrayInput,
  whole: readonly number[],
  one: readonly number[] | null,
): Source {
  const length = (shape: readonly number[]) => shape.reduce((product, axis) => product * axis, 1);
  if (ArrayBuffer.isView(input)) {
    const values = input as Float64Array;
    if (values.length === length(whole)) return { values, shared: false };
    if (one && values.length === length(one)) return { values, shared: true };
    throw new RangeError(
      `${name}: expected ${what} of shape [${whole.join(", ")}], got ${values.length} numbers`,
    );
  }
  // [] of no problems says nothing of its other axes.
  if (length(whole) === 0 && Array.isArray(input)) return { values: [], shared: false };
  const shared = one !== null && axisCount(input) === one.length;
  return { values: shapedArray(name, what, input, shared ? one : whole).data, shared };
}

function countsOf(
  given: ArrayLike<number> | undefined,
  B: number,
  N: number,
  w2d: Source | null,
): Int32Array {
  const counts = new Int32Array(B);
  if (given !== undefined && given.length !== B)
    throw new RangeError(`${name}: expected ${B} counts, got ${given.length}`);
  for (let b = 0; b < B; b++) {
    const count = given ? given[b] : w2d ? lastWeighted(w2d.values, 2 * N * b, N) : N;
    if (!(Number.isInteger(count) && count >= 0 && count <= N))
      throw new RangeError(
        `${name}: expected counts within 0 … ${N}, got ${count} of problem ${b}`,
      );
    counts[b] = count;
  }
  return counts;
}

/** Points up to the last one with weight, or all if none has. */
function lastWeighted(w2d: ArrayLike<number>, at: number, N: number): number {
  for (let n = N; n > 0; n--) if (w2d[at + 2 * n - 1] !== 0 || w2d[at + 2 * n - 2] !== 0) return n;
  return N;
}

function copy(
  what: string,
  { values }: Source,
  from: number,
  out: Float64Array,
  at: number,
  length: number,
  b: number,
): void {
  for (let k = 0; k < length; k++) {
    const value = values[from + k];
    if (!Number.isFinite(value))
      throw new RangeError(`${name}: expected finite ${what}, got ${value} in problem ${b}`);
    out[at + k] = value;
  }
}

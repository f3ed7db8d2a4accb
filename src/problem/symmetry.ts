/**
 * Symmetries of an object as the BOP data sets describe them, and the poses they make of one.
 *
 * The set is {C ∘ D}: D the identity and each discrete symmetry, C the identity and each turn about a
 * continuous axis. The BOP evaluation takes these products; the published code of [LC2023] takes
 * discrete symmetries or one axis, never both. Several axes add their turns one after another:
 * products of turns about different axes are not formed. Source: EQUATIONS SYM-1, SYM-2.
 */
import { composedMotion, turnAbout } from "../kernels/symmetry.js";
import { type ArrayInput, denseArray } from "./dense-array.js";
import { type Pose, poseOf, requireRotation } from "./pose.js";

/** An entry of a BOP models_info.json, as far as it tells of symmetry. */
export interface SymmetryDescription {
  /** Rigid motions [4, 4], or [16] row-major, in the unit of the model's points. */
  readonly symmetries_discrete?: readonly ArrayInput[];
  readonly symmetries_continuous?: readonly {
    /** Direction [3]; its length has no meaning, and zero is refused. */
    readonly axis: ArrayInput;
    /** A point [3] of the axis; the origin by default. */
    readonly offset?: ArrayInput;
  }[];
}

/** Turns per axis: 315 = ⌈π / 0.01⌉ of the BOP evaluation, 384 of the code published with [LC2023]. */
export const symmetrySteps = { bop: 315, lc: 384 } as const;

export interface SymmetryOptions {
  /** Turns about each continuous axis, the identity among them; by default "bop". */
  readonly steps?: keyof typeof symmetrySteps | number;
}

export interface SymmetrySet {
  readonly count: number;
  /** Motions [count, 3, 4]; the first is the identity. All turns of one D follow one another. */
  readonly transforms: Float64Array;
}

/** So many motions are 96 MB: a larger set is a mistake in `steps`. */
const MOST = 1e6;

/**
 * Every symmetry that `description` lists or implies. An empty one, or empty lists, give the identity.
 *
 * @throws RangeError if a discrete symmetry is no rigid motion, an axis is zero, `steps` is no whole
 * number from 1 on, or the set would have more than a million motions.
 */
export function symmetryTransforms(
  description: SymmetryDescription,
  options: SymmetryOptions = {},
): SymmetrySet {
  const { steps = "bop" } = options;
  const perTurn = typeof steps === "number" ? steps : symmetrySteps[steps];
  if (!(Number.isInteger(perTurn) && perTurn >= 1))
    throw new RangeError(
      `symmetryTransforms: expected steps "bop", "lc" or a whole number >= 1, got ${steps}`,
    );
  const discrete = [identity(), ...(description.symmetries_discrete ?? []).map(discreteMotion)];
  const axes = description.symmetries_continuous ?? [];
  const count = discrete.length * (1 + axes.length * (perTurn - 1));
  if (count > MOST)
    throw new RangeError(`symmetryTransforms: expected at most ${MOST} motions, got ${count}`);
  const turns = [identity(), ...axes.flatMap((axis, k) => turnsAbout(axis, k, perTurn))];
  const transforms = new Float64Array(12 * count);
  discrete.forEach((D, i) => {
    turns.forEach((C, j) => {
      const at = 12 * (i * turns.length + j);
      composedMotion(C, D, transforms.subarray(at, at + 12));
    });
  });
  return { count, transforms };
}

/** The poses P ∘ S [count], in the order of the set: points that look the same under each. */
export function candidatePoses({ R, t }: Pose, { count, transforms }: SymmetrySet): Pose[] {
  const P = motion(R.data, t.data);
  const product = new Float64Array(12);
  return Array.from({ length: count }, (_, k) => {
    composedMotion(P, transforms.subarray(12 * k, 12 * k + 12), product);
    return poseOf(rotationOf(product), translationOf(product));
  });
}

/** [R | t] as the rows of a motion [12]. */
export function motion(R: ArrayLike<number>, t: ArrayLike<number>): Float64Array {
  const out = new Float64Array(12);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) out[4 * i + j] = R[3 * i + j];
    out[4 * i + 3] = t[i];
  }
  return out;
}

const identity = (): Float64Array => motion([1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 0]);
const rotationOf = (A: Float64Array): Float64Array =>
  Float64Array.of(A[0], A[1], A[2], A[4], A[5], A[6], A[8], A[9], A[10]);
const translationOf = (A: Float64Array): Float64Array => Float64Array.of(A[3], A[7], A[11]);

function discreteMotion(input: ArrayInput, k: number): Float64Array {
  const name = `symmetries_discrete[${k}]`;
  // BOP writes its matrices as lists of 16 numbers, which are no list of lists.
  const flat = Array.isArray(input) && input.length === 16 ? Float64Array.from(input) : input;
  const { data } = denseArray("symmetryTransforms", name, flat, [4, 4]);
  if (data[12] !== 0 || data[13] !== 0 || data[14] !== 0 || data[15] !== 1)
    throw new RangeError(
      `symmetryTransforms: expected the last row of ${name} to be 0, 0, 0, 1, got ${data.slice(12).join(", ")}`,
    );
  const A = data.slice(0, 12);
  requireRotation("symmetryTransforms", rotationOf(A));
  return A;
}

/** The turns about one axis, without the identity. */
function turnsAbout(
  { axis, offset = [0, 0, 0] }: { readonly axis: ArrayInput; readonly offset?: ArrayInput },
  k: number,
  perTurn: number,
): Float64Array[] {
  const name = `symmetries_continuous[${k}]`;
  const a = denseArray("symmetryTransforms", `${name}.axis`, axis, [3]).data;
  const o = denseArray("symmetryTransforms", `${name}.offset`, offset, [3]).data;
  const length = Math.hypot(a[0], a[1], a[2]);
  if (!(length > 0))
    throw new RangeError(`symmetryTransforms: expected ${name}.axis of some length, got 0`);
  const unit = a.map((x) => x / length);
  return Array.from({ length: perTurn - 1 }, (_, i) => {
    const out = new Float64Array(12);
    turnAbout(unit, o, (2 * Math.PI * (i + 1)) / perTurn, out);
    return out;
  });
}

/** A problem as its camera sees it from the pose that a file is about: for pictures, and to ask where errors lie. */
import { rowRotation } from "../definitions/pose-row.js";
import type { Claims } from "../formats/claims.js";
import { double } from "../scalar/double.js";
import { isShared, type Sizes } from "./methods.js";
import { posedProblems } from "./posed-problem.js";
import { problems, unpacked } from "./problem.js";

/** Flat, row-major, lengths in the file's unit. */
export interface SeenProblem {
  readonly n: number;
  /** Image points [n, 2] px as given, or as the true pose projects them where a method has none. */
  readonly x2d: Float64Array;
  readonly x3d: Float64Array;
  /** Weights [n, 2] of residuals. */
  readonly w2d: Float64Array;
  readonly K: Float64Array;
  readonly delta: number;
  readonly R: Float64Array;
  readonly t: Float64Array;
}

/** Every problem of a file from its pose: one solved for (ω, t) if `poses` has it, else the one given. */
export function seenProblems(
  claims: Claims,
  sizes: Sizes,
  poses?: readonly Float64Array[],
): SeenProblem[] {
  if (poses)
    return problems(claims, sizes).map((problem, b) => {
      const [R, t] = unpacked(poses[b]);
      return { ...problem, R, t };
    });
  if (claims.method === "metrics") return seenPoints(claims, sizes);
  const target = claims.input.pose_gt ? "pose_gt" : "pose";
  const { inv_std2d } = claims.input;
  // A Linear-Covariance loss names its weights otherwise, and writes quaternions first.
  const posed = inv_std2d
    ? {
        ...claims,
        input: { ...claims.input, w2d: inv_std2d },
        convention: {
          ...claims.convention,
          order: claims.convention.order ?? ("rotation-first" as const),
        },
      }
    : claims;
  return posedProblems(posed, sizes, target).map(({ n, arrays, delta, y }) => {
    const R = Float64Array.from(rowRotation(Array.from(y, double)).flat(), (v) => v.value);
    return { n, ...arrays, delta, R, t: y.slice(0, 3) };
  });
}

/** A camera for files without one: one unit is a focal length. */
const plainCamera = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);

/** Points of a model at the estimated pose, with their images at the true one. */
function seenPoints({ input, method, ...rest }: Claims, { B, M }: Sizes): SeenProblem[] {
  if (!input.points) return [];
  const slice = (name: string, b: number, length: number): Float64Array => {
    const start = isShared({ ...rest, input, method }, name) ? 0 : b * length;
    return input[name].data.subarray(start, start + length);
  };
  return Array.from({ length: B }, (_, b) => {
    const problem = {
      n: M,
      x3d: slice("points", b, 3 * M),
      w2d: new Float64Array(2 * M).fill(1),
      K: input.K ? slice("K", b, 9) : plainCamera,
      delta: Number.POSITIVE_INFINITY,
    };
    const truth = { R: slice("R_gt", b, 9), t: slice("t_gt", b, 3) };
    const estimate = { R: slice("R_est", b, 9), t: slice("t_est", b, 3) };
    return { ...problem, ...estimate, x2d: pixels({ ...problem, ...truth }) };
  });
}

type Placed = Pick<SeenProblem, "n" | "x3d" | "K" | "R" | "t">;

/** (K X)ₖ of every point, three each. */
function rays({ n, x3d, K, R, t }: Placed): Float64Array {
  const out = new Float64Array(3 * n);
  for (let i = 0; i < n; i++) {
    const z = x3d.subarray(3 * i, 3 * i + 3);
    const X = [0, 1, 2].map(
      (k) => R[3 * k] * z[0] + R[3 * k + 1] * z[1] + R[3 * k + 2] * z[2] + t[k],
    );
    for (let k = 0; k < 3; k++)
      out[3 * i + k] = K[3 * k] * X[0] + K[3 * k + 1] * X[1] + K[3 * k + 2] * X[2];
  }
  return out;
}

/** Reprojections [n, 2] px. */
export function pixels(seen: Placed): Float64Array {
  const h = rays(seen);
  return Float64Array.from({ length: 2 * seen.n }, (_, k) => {
    const i = k >> 1;
    return h[3 * i + (k & 1)] / h[3 * i + 2];
  });
}

/** Depth of each point [n]: what its pixel is divided by. */
export function depths(seen: Placed): Float64Array {
  const h = rays(seen);
  return Float64Array.from({ length: seen.n }, (_, i) => h[3 * i + 2]);
}

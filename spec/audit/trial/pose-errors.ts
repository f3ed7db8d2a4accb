import type { Store } from "./jet.js";

export interface Compared {
  readonly R_est: Float64Array;
  readonly t_est: Float64Array;
  readonly R_gt: Float64Array;
  readonly t_gt: Float64Array;
  readonly points: Float64Array;
  readonly K: Float64Array;
  /** Motions [S][12] that map the model onto itself. */
  readonly symmetries: Float64Array;
  readonly diameter: number;
  readonly width: number;
}

type Vector = readonly number[];
type Pose = { readonly R: readonly Vector[]; readonly t: Vector };

export interface ErrorSwitches {
  /** What is done to the poses before they are used. */
  readonly estimate: (P: Pose) => Pose;
  readonly truth: (P: Pose) => Pose;
  /** Multiplies model points. */
  readonly unit: number;
  readonly distance: (gap: Vector) => number;
  /** How distances over the points become one number. */
  readonly gather: (distances: Vector, usual: (d: Vector) => number) => number;
  /** Who looks for the nearest of whom. */
  readonly nearest: "truth to estimate" | "estimate to truth" | "nobody";
  readonly addNearest: boolean;
  /** A pixel of K X and X. */
  readonly pixel: (X: Vector, K: readonly Vector[]) => Vector;
  readonly symmetries: "all" | "none" | "of the camera" | "without offsets";
  readonly divisor: (t: Vector, estimate: Vector) => number;
  readonly angle: (R: readonly Vector[], S: readonly Vector[]) => number;
  readonly store: Store;
}

const norm = (v: Vector): number => Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
const mean = (v: Vector): number => v.reduce((a, b) => a + b) / v.length;
export const times = (A: readonly Vector[], v: Vector): number[] =>
  A.map((row) => row.reduce((sum, x, k) => sum + x * v[k], 0));
export const transposed = (A: readonly Vector[]): number[][] =>
  A[0].map((_, j) => A.map((row) => row[j]));
export const trace = (R: readonly Vector[], S: readonly Vector[]): number =>
  R.reduce((sum, row, i) => sum + row.reduce((s, v, j) => s + v * S[i][j], 0), 0);

/** The angle of R Sᵀ from its sine and its cosine. */
export function turnBetween(R: readonly Vector[], S: readonly Vector[]): number {
  const D = R.map((row) => S.map((other) => row.reduce((sum, v, k) => sum + v * other[k], 0)));
  const axis = [D[2][1] - D[1][2], D[0][2] - D[2][0], D[1][0] - D[0][1]];
  return Math.atan2(norm(axis) / 2, (trace(R, S) - 1) / 2);
}

export const divided = (X: Vector, K: readonly Vector[]): number[] => {
  const h = times(K, X);
  return [h[0] / h[2], h[1] / h[2]];
};

export const soundErrors: ErrorSwitches = {
  estimate: (P) => P,
  truth: (P) => P,
  unit: 1,
  distance: norm,
  gather: (d, usual) => usual(d),
  nearest: "truth to estimate",
  addNearest: false,
  pixel: divided,
  symmetries: "all",
  divisor: norm,
  angle: turnBetween,
  store: (v) => v,
};

const rows = (flat: Float64Array, width: number): number[][] =>
  Array.from({ length: flat.length / width }, (_, i) =>
    Array.from(flat.subarray(width * i, width * (i + 1))),
  );

/** All nine errors of a comparison. */
export function poseErrors(of: Compared, faults: Partial<ErrorSwitches> = {}) {
  const is = { ...soundErrors, ...faults };
  const st = (v: Vector) => v.map(is.store);
  const P = is.estimate({ R: rows(of.R_est, 3), t: Array.from(of.t_est) });
  const Q = is.truth({ R: rows(of.R_gt, 3), t: Array.from(of.t_gt) });
  const K = rows(of.K, 3);
  const model = rows(of.points, 3).map((v) => v.map((x) => is.store(is.unit * x)));
  const under = ({ R, t }: Pose) => model.map((v) => st(st(times(R, v)).map((x, k) => x + t[k])));
  const gap = (a: Vector, b: Vector) => is.store(is.distance(st(a.map((v, k) => v - b[k]))));
  const between = (A: readonly Vector[], B: readonly Vector[]) => A.map((a, i) => gap(a, B[i]));
  const nearest = (A: readonly Vector[], B: readonly Vector[]) =>
    A.map((a) => B.reduce((best, b) => (gap(b, a) < gap(best, a) ? b : best))).map((b, i) =>
      gap(b, A[i]),
    );
  const [E, T] = [under(P), under(Q)];
  const seen = (A: readonly Vector[]) => A.map((X) => st(is.pixel(X, K)));
  const over = (d: Vector) => is.store(is.gather(d, mean));
  const poses = symmetricPoses(of, Q, is);
  const most = (d: Vector) => is.store(is.gather(d, (v) => Math.max(...v)));
  const worst = (see: (A: readonly Vector[]) => readonly Vector[]) =>
    Math.min(...poses.map((pose) => most(between(see(E), see(under(pose))))));
  const looking = () => {
    if (is.nearest === "nobody") return between(E, T);
    return is.nearest === "truth to estimate" ? nearest(T, E) : nearest(E, T);
  };
  const te = gap(P.t, Q.t);
  const ad = is.store(is.angle(P.R, Q.R));
  return {
    add: over(is.addNearest ? nearest(T, E) : between(E, T)),
    adds: over(looking()),
    proj: over(between(seen(E), seen(T))),
    mssd: worst((A) => A),
    mspd: worst(seen),
    te,
    npe: is.store(te / is.store(is.divisor(Q.t, P.t))),
    re_deg: is.store((ad * 180) / Math.PI),
    ad,
  };
}

/** P S or S P of all symmetries. */
function symmetricPoses(of: Compared, Q: Pose, is: ErrorSwitches): Pose[] {
  if (is.symmetries === "none") return [Q];
  const product = (A: readonly Vector[], B: readonly Vector[]) =>
    A.map((row) => transposed(B).map((column) => is.store(times([row], column)[0])));
  return rows(of.symmetries, 12).map((flat) => {
    const S = [0, 1, 2].map((i) => flat.slice(4 * i, 4 * i + 3));
    const s = [0, 1, 2].map((i) => (is.symmetries === "without offsets" ? 0 : flat[4 * i + 3]));
    const [A, a, B, b] = is.symmetries === "of the camera" ? [S, s, Q.R, Q.t] : [Q.R, Q.t, S, s];
    return { R: product(A, B), t: times(A, b).map((v, k) => is.store(is.store(v) + a[k])) };
  });
}

import type { BpnpForm } from "../../src/definitions/bpnp-force.js";
import type { Reprojection } from "../../src/definitions/reprojection-cost.js";
import { rotation } from "../../src/kernels/rodrigues.js";
import { type Stream, stream } from "../../src/random/stream.js";
import type { Real } from "../../src/scalar/real.js";

/** A pose problem and a pose, flat, for the specs of its derivatives. */
export interface Cloud {
  readonly n: number;
  readonly x2d: Float64Array;
  readonly x3d: Float64Array;
  readonly w2d: Float64Array;
  readonly K: Float64Array;
  readonly omega: Float64Array;
  readonly R: Float64Array;
  readonly t: Float64Array;
  readonly delta: number;
}

export interface CloudOptions {
  readonly n?: number;
  /** ‖ω‖ of the pose [rad]; uniform in (0, π) by default. */
  readonly angle?: number;
  /** Standard deviation of the pixel noise. */
  readonly noise?: number;
  /** Huber threshold as a share of the first point's ‖w ∘ r‖: 1 puts that point on the kink. */
  readonly kink?: number;
  /** A camera whose nine entries are all free, instead of an ordinary one with skew. */
  readonly free?: boolean;
  /** Half-depth of the box of points [m], whose half-width is 0.3, at 1.5 m. */
  readonly relief?: number;
  readonly unweighted?: boolean;
}

/** A cloud of points in front of a camera, seen with noise from a pose that is not stationary. */
export function cloud(draw: Stream, options: CloudOptions = {}): Cloud {
  const { n = 8, noise = 3, relief = 0.3, free = false, unweighted = false } = options;
  const angle = options.angle ?? Math.PI * draw.uniform();
  const omega = draw.sphere().map((x) => angle * x);
  const R = new Float64Array(9);
  rotation(omega, R);
  const t = Float64Array.of(0.1 * draw.normal(), 0.1 * draw.normal(), 1.5 + 0.2 * draw.uniform());
  const K = Float64Array.of(600, 4 * draw.normal(), 320, 0, 620, 240, 0, 0, 1);
  const spread = [4, 4, 4, 4, 4, 4, 0.05, 0.05, 0.05];
  if (free) for (let j = 0; j < 9; j++) K[j] += spread[j] * draw.normal();
  const x2d = new Float64Array(2 * n);
  const x3d = new Float64Array(3 * n);
  const w2d = new Float64Array(2 * n).fill(1);
  let first = 0;
  for (let i = 0; i < n; i++) {
    // The box is aligned with the camera, so that `relief` is depth relief.
    const p = [0.3, 0.3, relief].map((half) => half * (2 * draw.uniform() - 1));
    for (let j = 0; j < 3; j++) x3d[3 * i + j] = R[j] * p[0] + R[3 + j] * p[1] + R[6 + j] * p[2];
    const X = p.map((v, j) => v + t[j]);
    const h = [0, 3, 6].map((j) => K[j] * X[0] + K[j + 1] * X[1] + K[j + 2] * X[2]);
    for (let k = 0; k < 2; k++) {
      x2d[2 * i + k] = h[k] / h[2] + noise * draw.normal();
      if (!unweighted) w2d[2 * i + k] = 0.3 + draw.uniform();
      if (i === 0) first = Math.hypot(first, w2d[k] * (x2d[k] - h[k] / h[2]));
    }
  }
  const delta = options.kink === undefined ? Number.POSITIVE_INFINITY : options.kink * first;
  return { n, x2d, x3d, w2d, K, omega, R, t, delta };
}

/** The pose (ω, t) of a cloud in the scalars that `lift` makes. */
export const poseOf = <S>({ omega, t }: Cloud, lift: (x: number) => S): S[] =>
  [...omega, ...t].map(lift);

/** The correspondences of a cloud in the scalars that `lift` makes. */
export function problemOf<S extends Real<S>>(
  { x2d, x3d, w2d, K, delta }: Cloud,
  lift: (x: number) => S,
): Reprojection<S> {
  return {
    x2d: rows(x2d, 2, lift),
    x3d: rows(x3d, 3, lift),
    w2d: rows(w2d, 2, lift),
    K: rows(K, 3, lift),
    delta: Number.isFinite(delta) ? lift(delta) : undefined,
  };
}

/** A flat array as rows of `width`, each entry lifted. */
export const rows = <S>(flat: Float64Array, width: number, lift: (x: number) => S): S[][] =>
  Array.from({ length: flat.length / width }, (_, i) =>
    Array.from(flat.subarray(i * width, (i + 1) * width), lift),
  );

/** Every combination of switches but those of the weights. */
export const forms: readonly BpnpForm[] = (["plain", "depth-weighted"] as const).flatMap(
  (residual) =>
    (["exact", "gauss-newton"] as const).flatMap((hessian) =>
      (["exact", "dropped"] as const).map((mixed) => ({
        hessian,
        mixed,
        residual,
        weights: "w" as const,
      })),
    ),
);

/** A form in words, for a failing draw. */
export const named = ({ hessian, mixed, residual, weights }: BpnpForm): string =>
  `${residual}, ${hessian} Hessian, ${mixed} mixed, ${weights}`;

/** Aimed draws: generic, near each seam at several scales, and on it. */
const draws: readonly [string, CloudOptions][] = [
  ["generic", {}],
  ["free camera", { free: true }],
  ["Huber, some outliers", { kink: 0.8 }],
  ["Huber, beside the kink", { kink: 1 - 1e-9 }],
  ["Huber, free camera", { kink: 1 + 1e-9, free: true }],
  ["no rotation", { angle: 0 }],
  ["rotation by 1e-9", { angle: 1e-9 }],
  ["rotation by 1e-3", { angle: 1e-3 }],
  ["half turn", { angle: Math.PI }],
  ["beyond a half turn", { angle: 4 }],
  ["exact data", { noise: 0 }],
  ["gross noise", { noise: 60 }],
];
export const clouds = draws.map(([label, options]): [string, Cloud] => [
  label,
  cloud(stream("spec/equations/bpnp").child(label), { n: 5, ...options }),
]);

/** Greatest entry of |a − b| by row, in units of the greatest of |b| in its column group. */
export function worstGap(a: number[][], b: number[][], n: number): number {
  const groups = [6, 2 * n, 3 * n, 9, 2 * n, 1];
  let [worst, from] = [0, 0];
  for (const width of groups) {
    for (const rows of [
      [0, 1, 2],
      [3, 4, 5],
    ]) {
      const size = Math.max(
        ...rows.flatMap((j) => b[j].slice(from, from + width).map(Math.abs)),
        0,
      );
      for (const j of rows)
        for (let k = from; k < Math.min(from + width, b[j].length); k++)
          if (a[j][k] !== b[j][k]) worst = Math.max(worst, Math.abs(a[j][k] - b[j][k]) / size);
    }
    from += width;
  }
  return worst;
}

// A pixel coordinate of 700 px loses its last digits beside a residual of one: terms are larger than
// their sum by that, and some fifty of them are summed.
export const rounding = 50 * 700 * Number.EPSILON;

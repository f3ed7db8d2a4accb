import { intrinsicMatrix } from "../../src/problem/camera.js";
import { type Correspondences, correspondences, scene } from "../../src/problem/index.js";
import { stream } from "../../src/random/stream.js";

/** A problem whose posterior over yaw and position is known by quadrature. */
export interface YawProblem {
  readonly name: string;
  readonly about: string;
  readonly correspondences: Correspondences;
  /** True yaw and position. */
  readonly yaw: number;
  readonly t: Float64Array;
  /** Depths within which the posterior lies. */
  readonly near: number;
  readonly far: number;
}

const K = intrinsicMatrix({ fx: 1266, cx: 816, cy: 491 });

/** Pixels of points turned by yaw and moved by t. */
function seen(x3d: readonly number[], yaw: number, t: ArrayLike<number>): Float64Array {
  const x2d = new Float64Array((2 * x3d.length) / 3);
  for (let i = 0; 3 * i < x3d.length; i++) {
    const [x, y, z] = x3d.slice(3 * i, 3 * i + 3);
    const X = Math.cos(yaw) * x + Math.sin(yaw) * z + t[0];
    const depth = Math.cos(yaw) * z - Math.sin(yaw) * x + t[2];
    x2d[2 * i] = K[2] + (K[0] * X) / depth;
    x2d[2 * i + 1] = K[5] + (K[4] * (y + t[1])) / depth;
  }
  return x2d;
}

/** D4: the car at 40 m, its points spread over `relief` metres of depth; no noise unless asked for. */
export function car(relief: number, seed = 0, noise = 0): YawProblem {
  const { correspondences: drawn, t } = scene("D4", { seed, noise: 0 });
  const x3d = Array.from(drawn.x3d, (x, k) => (k % 3 === 2 ? (x * relief) / 1.8 : x));
  const draw = stream(`spec/sample/car/${seed}`);
  const x2d = seen(x3d, 0.6, t).map((x) => x + noise * draw.normal());
  return {
    name: relief === 0 ? "planar car" : "car",
    about:
      relief === 0
        ? "a flat object far away: turned by β or −β it looks nearly the same"
        : "an object with depth: one mode",
    correspondences: correspondences({
      x3d: Float64Array.from(x3d),
      x2d,
      w2d: drawn.w2d,
      K: drawn.K,
    }),
    yaw: 0.6,
    t,
    near: 20,
    far: 80,
  };
}

/**
 * A plate seen from 8 m whose left and right cannot be told apart: the horizontal position of a
 * feature carries weight only on the axis. Turning by π − β instead of β changes no weighted residual,
 * so that the posterior has two modes of exactly one half each.
 */
export function mirrored(seed = 0): YawProblem {
  const draw = stream(`spec/sample/mirrored/${seed}`);
  const n = 24;
  const t = Float64Array.of(0.4, 0.2, 8);
  const x3d = Array.from({ length: 3 * n }, (_, k) =>
    k % 3 === 1 ? 1.6 * (draw.uniform() - 0.5) : k % 3 === 2 || k < 12 ? 0 : 4 * draw.uniform() - 2,
  );
  const w2d = Float64Array.from({ length: 2 * n }, (_, k) => (k % 2 === 0 && k >= 8 ? 0 : 0.15));
  return {
    name: "mirrored plate",
    about: "a symmetric object: left and right cannot be told apart",
    correspondences: correspondences({
      x3d: Float64Array.from(x3d),
      x2d: seen(x3d, 0.6, t),
      w2d,
      K,
    }),
    yaw: 0.6,
    t,
    near: 4,
    far: 16,
  };
}

/** Points near the axis, so that the yaw is hardly seen: one long mode around the circle. */
export function slender(seed = 0): YawProblem {
  const draw = stream(`spec/sample/slender/${seed}`);
  const t = Float64Array.of(1, 0.5, 20);
  const x3d = Array.from(
    { length: 48 },
    (_, k) => (k % 3 === 1 ? 3 : 0.15) * (draw.uniform() - 0.5),
  );
  return {
    name: "slender post",
    about: "points near the axis: the yaw is hardly seen",
    correspondences: correspondences({
      x3d: Float64Array.from(x3d),
      x2d: seen(x3d, 0.6, t),
      w2d: new Float64Array(32).fill(0.15),
      K,
    }),
    yaw: 0.6,
    t,
    near: 10,
    far: 40,
  };
}

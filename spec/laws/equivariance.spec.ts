import { expect, it } from "vitest";
import {
  reprojectionCost,
  reprojectionGradient,
  reprojectionHessian,
} from "../../src/kernels/reprojection-cost.js";
import { correspondences } from "../../src/problem/correspondences.js";
import { type Stream, stream } from "../../src/random/stream.js";
import { solvePnP } from "../../src/solve/solve-pnp.js";
import { type Cloud, cloud } from "../equations/bpnp-clouds.js";

/** A change of the data under which the pose changes in a known way (PNP-13). */
interface Motion {
  readonly name: string;
  /** The cloud and its pose after the change. */
  moved(c: Cloud, draw: Stream): Cloud;
}

const product = (A: Float64Array, B: Float64Array): Float64Array =>
  Float64Array.from({ length: 9 }, (_, k) => {
    const [i, j] = [3 * Math.floor(k / 3), k % 3];
    return A[i] * B[j] + A[i + 1] * B[3 + j] + A[i + 2] * B[6 + j];
  });
const applied = (A: Float64Array, v: Float64Array): Float64Array =>
  Float64Array.from(
    { length: 3 },
    (_, i) => A[3 * i] * v[0] + A[3 * i + 1] * v[1] + A[3 * i + 2] * v[2],
  );
const transposed = (A: Float64Array): Float64Array =>
  A.map((_, k) => A[3 * (k % 3) + Math.floor(k / 3)]);

const motions: readonly Motion[] = [
  {
    name: "scaling z and t together",
    // A power of two, so that nothing rounds and the law is exact.
    moved: (c) => ({ ...c, x3d: c.x3d.map((x) => 8 * x), t: c.t.map((x) => 8 * x) }),
  },
  {
    name: "moving x and K by one affine map of the image",
    moved: (c, draw) => {
      const A = Float64Array.of(1.5, 0, 20 * draw.normal(), 0, 1.5, 20 * draw.normal(), 0, 0, 1);
      const x2d = c.x2d.map((x, k) => 1.5 * x + A[k % 2 === 0 ? 2 : 5]);
      // The image is 1.5 times larger: so is a residual, and 1/w.
      return { ...c, x2d, K: product(A, c.K), w2d: c.w2d.map((w) => w / 1.5) };
    },
  },
  {
    name: "turning the camera frame, and K against it",
    moved: (c, draw) => {
      // A small turn, so that points stay in front and K stays a camera with K₃X > 0.
      const Q = draw.rotation(new Float64Array(9));
      return { ...c, K: product(c.K, transposed(Q)), R: product(Q, c.R), t: applied(Q, c.t) };
    },
  },
  {
    name: "turning and shifting the object frame",
    moved: (c, draw) => {
      const Q = draw.rotation(new Float64Array(9));
      const s = Float64Array.of(draw.normal(), draw.normal(), draw.normal());
      const x3d = new Float64Array(c.x3d.length);
      for (let i = 0; i < c.n; i++)
        x3d.set(
          applied(Q, c.x3d.slice(3 * i, 3 * i + 3)).map((x, a) => x + s[a]),
          3 * i,
        );
      const R = product(c.R, transposed(Q));
      const back = applied(R, s);
      return { ...c, x3d, R, t: c.t.map((x, a) => x - back[a]) };
    },
  },
];

const costOf = ({ n, x2d, x3d, w2d, K, R, t, delta }: Cloud) =>
  reprojectionCost(n, x2d, x3d, w2d, K, R, t, delta);
/** Pixels of 600 rounded against residuals of 30, by a dozen operations a point. */
const rounding = ((12 * 600) / 30) * Number.EPSILON;
const draws = (name: string) => stream("spec/equivariance").child(name);

for (const { name, moved } of motions)
  it(`reprojectionCost is unchanged by ${name}`, () => {
    for (let i = 0; i < 20; i++) {
      const draw = draws(name).at(i);
      const c = cloud(draw, { noise: 30, kink: i % 2 ? 0.8 : undefined });
      expect(Math.abs(costOf(moved(c, draw)) / costOf(c) - 1)).toBeLessThan(8 * rounding);
    }
  });

it("reprojectionGradient is unchanged in its torques, and divided by λ in its forces, by z, t → λz, λt", () => {
  const [g, scaled, H] = [new Float64Array(6), new Float64Array(6), new Float64Array(36)];
  const far = new Float64Array(36);
  for (let i = 0; i < 10; i++) {
    const draw = draws("gradient").at(i);
    const c = cloud(draw, { noise: 30 });
    const { n, x2d, x3d, w2d, K, R, t, delta } = c;
    reprojectionGradient(n, x2d, x3d, w2d, K, R, t, delta, g);
    reprojectionHessian(n, x2d, x3d, w2d, K, R, t, delta, g, H);
    const m = motions[0].moved(c, draw);
    reprojectionHessian(n, x2d, m.x3d, w2d, K, R, m.t, delta, scaled, far);
    // 8 is a power of two: the law holds bit for bit.
    const factor = [1, 1, 1, 8, 8, 8];
    expect([...scaled].map((x, a) => x * factor[a])).toEqual([...g]);
    expect([...far].map((x, k) => x * factor[Math.floor(k / 6)] * factor[k % 6])).toEqual([...H]);
  }
});

for (const { name, moved } of motions.filter(({ name }) => !name.includes("camera frame")))
  it(`solvePnP's pose follows ${name}`, () => {
    for (let i = 0; i < 5; i++) {
      const draw = draws(`solver/${name}`).at(i);
      const c = cloud(draw, { n: 12, noise: 1 });
      const first = solvePnP(correspondences(c));
      if (first.pose === null) throw new Error(`expected a pose, got ${first.status}`);
      const start = {
        ...c,
        R: first.pose.R.data as Float64Array,
        t: first.pose.t.data as Float64Array,
      };
      const expected = moved(start, draw);
      const second = solvePnP(correspondences(expected));
      if (second.pose === null) throw new Error(`expected a pose, got ${second.status}`);
      // Solvers stop where rounding of the gradient moves the pose by some 10³ ε.
      const gap = 1e5 * Number.EPSILON;
      const [R, t] = [second.pose.R.data, second.pose.t.data];
      for (let k = 0; k < 9; k++) expect(Math.abs(R[k] - expected.R[k])).toBeLessThan(gap);
      const size = Math.hypot(...expected.t);
      for (let a = 0; a < 3; a++) expect(Math.abs(t[a] - expected.t[a])).toBeLessThan(gap * size);
    }
  });

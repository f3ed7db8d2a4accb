import { expect, it } from "vitest";
import { poseJacobian, poseVjp } from "../../src/differentiate/index.js";
import { reprojectionCost } from "../../src/kernels/reprojection-cost.js";
import type { Correspondences, Pose } from "../../src/problem/index.js";
import { type PosedOptions, posed, relativeError, solved } from "../differentiate/problems.js";

const ε = Number.EPSILON;

/** Every law is asked of each of these: few and many points, weighted or not, exact and noisy. */
const scenes: readonly [string, PosedOptions][] = [
  ["four exact points", { n: 4, weighted: true }],
  ["eight points at 3 px", { noise: 3, weighted: true }],
  ["64 points at 10 px", { n: 64, noise: 10, weighted: true }],
  ["a thin slab", { n: 12, noise: 1, relief: 0.02, weighted: true }],
];
const solutions = scenes.map(([label, options]): [string, Correspondences, Pose] => {
  const { problem, pose } = posed(`laws, ${label}`, options);
  return [label, problem, solved(problem, pose)];
});

/** Rows [6] of ∂y/∂(block) times a direction, and the size that rounding of such a sum has. */
function along(rows: Float64Array, direction: ArrayLike<number>) {
  const count = rows.length / 6;
  const [sum, size] = [new Float64Array(6), new Float64Array(6)];
  for (let j = 0; j < 6; j++)
    for (let c = 0; c < count; c++) {
      sum[j] += rows[j * count + c] * direction[c];
      size[j] += Math.abs(rows[j * count + c] * direction[c]);
    }
  return { sum, size };
}

// Terms carry the rounding of pixels of hundreds against residuals of one, and of a 6 × 6 solve.
const tolerance = 1e-12;

it("scaling all weights moves nothing: Σ w ∂y/∂w = 0", () => {
  for (const [label, problem, at] of solutions) {
    const { x2d, w2d } = poseJacobian(problem, at);
    const { sum } = along(w2d.data, problem.w2d);
    // Against ∂y/∂x times a pixel: without residuals ∂y/∂w itself is rounding.
    const pixel = along(x2d.data, new Float64Array(2 * problem.n).fill(1));
    for (let j = 0; j < 6; j++)
      expect(Math.abs(sum[j]) / pixel.size[j], label).toBeLessThan(tolerance);
  }
});

/** What ∂y/∂(data) along a motion of the data must be, where a motion of the pose undoes it. */
function expectMotion(
  rows: Float64Array,
  direction: ArrayLike<number>,
  expected: readonly number[],
  label: string,
) {
  const { sum, size } = along(rows, direction);
  for (let j = 0; j < 6; j++)
    expect(Math.abs(sum[j] - expected[j]), `${label}, ${j}`).toBeLessThan(
      tolerance * (size[j] + Math.abs(expected[j])),
    );
}

const unit = (k: number) => [0, 1, 2].map((j) => (j === k ? 1 : 0));

it("scaling the object scales the distance: Σ (∂y/∂z) z = (0, t)", () => {
  for (const [label, problem, at] of solutions) {
    const { x3d } = poseJacobian(problem, at);
    expectMotion(x3d.data, problem.x3d, [0, 0, 0, ...at.t.data], label);
  }
});

it("shifting the object shifts t back: Σ ∂y/∂z e = (0, −R e)", () => {
  for (const [label, problem, at] of solutions)
    for (let k = 0; k < 3; k++) {
      const { x3d } = poseJacobian(problem, at);
      const direction = problem.x3d.map((_, i) => unit(k)[i % 3]);
      const R = at.R.data;
      expectMotion(x3d.data, direction, [0, 0, 0, -R[k], -R[3 + k], -R[6 + k]], label);
    }
});

it("turning the object turns R back: Σ ∂y/∂z (e × z) = (−R e, 0)", () => {
  for (const [label, problem, at] of solutions)
    for (let k = 0; k < 3; k++) {
      const { x3d } = poseJacobian(problem, at);
      const e = unit(k);
      const direction = problem.x3d.map((_, i) => {
        const [a, b] = [(i + 1) % 3, (i + 2) % 3];
        const start = 3 * Math.floor(i / 3);
        return e[a] * problem.x3d[start + b] - e[b] * problem.x3d[start + a];
      });
      const R = at.R.data;
      expectMotion(x3d.data, direction, [-R[k], -R[3 + k], -R[6 + k], 0, 0, 0], label);
    }
});

it("scaling K, or turning the camera through it, moves the pose as it says", () => {
  for (const [label, problem, at] of solutions) {
    const { K } = poseJacobian(problem, at);
    expectMotion(K.data, problem.K, [0, 0, 0, 0, 0, 0], label);
    // K Exp(φ) sees what K sees after the camera is turned: the pose turns by −φ, t with it.
    for (let k = 0; k < 3; k++) {
      const e = unit(k);
      const direction = Float64Array.from({ length: 9 }, (_, i) => {
        const [row, column] = [Math.floor(i / 3), i % 3];
        // (K [e]×) entry: row of K times column of [e]×, that is e × its unit vector.
        const u = unit(column);
        return [0, 1, 2].reduce((sum, a) => {
          const [b, c] = [(a + 1) % 3, (a + 2) % 3];
          return sum + problem.K[3 * row + a] * (e[b] * u[c] - e[c] * u[b]);
        }, 0);
      });
      const t = at.t.data;
      const turned = [0, 1, 2].map((a) => {
        const [b, c] = [(a + 1) % 3, (a + 2) % 3];
        return -(e[b] * t[c] - e[c] * t[b]);
      });
      expectMotion(K.data, direction, [...e.map((v) => -v || 0), ...turned], label);
    }
  }
});

/** ∂π/∂y [2N,6] in the LEFT chart, by the chain through X = p + t. */
function reprojectionJacobian({ n, x3d, K }: Correspondences, at: Pose): number[][] {
  const [R, t] = [at.R.data, at.t.data];
  return Array.from({ length: 2 * n }, (_, row) => {
    const [i, k] = [row >> 1, row % 2];
    const p = [0, 3, 6].map(
      (j) => R[j] * x3d[3 * i] + R[j + 1] * x3d[3 * i + 1] + R[j + 2] * x3d[3 * i + 2],
    );
    const X = p.map((v, j) => v + t[j]);
    const h = [0, 3, 6].map((j) => K[j] * X[0] + K[j + 1] * X[1] + K[j + 2] * X[2]);
    const J = [0, 1, 2].map((a) => (K[3 * k + a] - (h[k] / h[2]) * K[6 + a]) / h[2]);
    return [p[1] * J[2] - p[2] * J[1], p[2] * J[0] - p[0] * J[2], p[0] * J[1] - p[1] * J[0], ...J];
  });
}

it("without residual the reprojection moves by a projector of rank 6, and by the identity for N = 3", () => {
  for (const n of [3, 4, 8]) {
    const { problem, pose } = posed(`projector ${n}`, { n });
    const at = solved(problem, pose);
    const J = reprojectionJacobian(problem, at);
    const { x2d, standing } = poseJacobian(problem, at);
    const m = 2 * n;
    const P = J.map((row) =>
      Array.from({ length: m }, (_, c) =>
        row.reduce((sum, v, j) => sum + v * x2d.data[j * m + c], 0),
      ),
    );
    // A solve loses as many digits as the matrix has condition.
    const close = 100 * ε * standing.condition;
    let trace = 0;
    for (let a = 0; a < m; a++) {
      trace += P[a][a];
      for (let b = 0; b < m; b++) {
        const twice = P[a].reduce((sum, v, c) => sum + v * P[c][b], 0);
        expect(Math.abs(twice - P[a][b])).toBeLessThan(close);
        expect(Math.abs(P[a][b] - P[b][a])).toBeLessThan(close);
        if (n === 3) expect(Math.abs(P[a][b] - (a === b ? 1 : 0))).toBeLessThan(close);
      }
    }
    expect(Math.abs(trace - 6)).toBeLessThan(m * close);
  }
});

it("envelope: the gradient of min ½‖w ∘ (x − π)‖² by x is w²(x − π), its path through y nothing", () => {
  for (const [label, problem, at] of solutions) {
    const J = reprojectionJacobian(problem, at);
    const [R, t] = [at.R.data, at.t.data];
    const { n, x2d, x3d, w2d, K } = problem;
    const least = (x: Float64Array) => {
      const { R, t } = solved({ ...problem, x2d: x }, at);
      return reprojectionCost(n, x, x3d, w2d, K, R.data, t.data, Number.POSITIVE_INFINITY);
    };
    const pulled = Float64Array.from({ length: 2 * n }, (_, row) => {
      const [i, k] = [row >> 1, row % 2];
      const X = [0, 1, 2].map(
        (j) => [0, 1, 2].reduce((sum, a) => sum + R[3 * j + a] * x3d[3 * i + a], 0) + t[j],
      );
      const [h, depth] = [k, 2].map(
        (j) => K[3 * j] * X[0] + K[3 * j + 1] * X[1] + K[3 * j + 2] * X[2],
      );
      return w2d[row] ** 2 * (x2d[row] - h / depth);
    });
    // The upstream gradient of y is −Jᵀ pulled, which vanishes at the solution.
    const v = Array.from({ length: 6 }, (_, j) =>
      J.reduce((sum, row, i) => sum - row[j] * pulled[i], 0),
    );
    const path = poseVjp(problem, at, v);
    const size = Math.max(1, Math.hypot(...pulled));
    expect(Math.hypot(...path.x2d.data) / size, label).toBeLessThan(1e-8);
    if (n > 8) continue;
    for (let i = 0; i < 2 * n; i++) {
      // The least cost is quadratic to leading order: a step of a pixel share has no first-order error.
      const h = 1e-3;
      const [up, down] = [h, -h].map((step) => {
        const x = x2d.slice();
        x[i] += step;
        return least(x);
      });
      expect(Math.abs((up - down) / (2 * h) - pulled[i]) / size, `${label}, ${i}`).toBeLessThan(
        1e-8,
      );
    }
  }
});

it("the derivative does not depend on the order of the points, nor on points of weight zero", () => {
  for (const [label, problem, at] of solutions) {
    const { n } = problem;
    const order = Array.from({ length: n }, (_, i) => n - 1 - i);
    const pick = (data: Float64Array, width: number) =>
      Float64Array.from(order.flatMap((i) => [...data.subarray(i * width, (i + 1) * width)]));
    const reversed = {
      ...problem,
      x2d: pick(problem.x2d, 2),
      x3d: pick(problem.x3d, 3),
      w2d: pick(problem.w2d, 2),
    };
    const v = [1, -2, 3, 0.5, -0.25, 2];
    const [here, there] = [poseVjp(problem, at, v), poseVjp(reversed, at, v)];
    expect(relativeError(there.x2d.data, pick(here.x2d.data, 2)), label).toBeLessThan(1e4 * ε);
    expect(relativeError(there.x3d.data, pick(here.x3d.data, 3)), label).toBeLessThan(1e4 * ε);
    const more = {
      n: n + 1,
      K: problem.K,
      x2d: Float64Array.from([...problem.x2d, 5, 5]),
      x3d: Float64Array.from([...problem.x3d, 0.1, 0.1, 0.1]),
      w2d: Float64Array.from([...problem.w2d, 0, 0]),
    };
    const extended = poseVjp(more, at, v);
    expect([...extended.x2d.data.subarray(0, 2 * n)]).toEqual([...here.x2d.data]);
    expect([...extended.x2d.data.subarray(2 * n)].map(Math.abs)).toEqual([0, 0]);
  }
});

import { expect, it } from "vitest";
import {
  poseGradient,
  poseJacobian,
  poseJvp,
  poseVjp,
  type Standing,
} from "../../src/differentiate/index.js";
import { correspondences, type Pose, poseFromVector } from "../../src/problem/index.js";
import { movedPose, posed, solved } from "./problems.js";

const v = [1, 2, 3, 4, 5, 6];
const ε = Number.EPSILON;

it("poseVjp(…) at a minimum stands ok: six positive eigenvalues, a condition, hardly a step left", () => {
  const { problem, pose } = posed("minimum", { noise: 1 });
  const { standing } = poseVjp(problem, solved(problem, pose), v);
  expect(standing.status).toBe("ok");
  expect(standing.inertia).toEqual({ positive: 6, negative: 0, zero: 0 });
  expect(standing.condition).toBeGreaterThan(1);
  expect(standing.condition).toBeLessThan(1e4);
  // Pixels of 600 against focal lengths of 570 and a few sums: the pose is known to tens of ε.
  expect(standing.offset).toBeLessThan(100 * ε);
});

it("poseVjp(…) away from the minimum says how far, to first order, and polish moves it there", () => {
  const { problem, pose } = posed("offset", { noise: 1 });
  const at = solved(problem, pose);
  for (const size of [1e-3, 1e-5, 1e-7]) {
    const off = movedPose(at, [size, 0, 0, 0, 0, 0]);
    const { standing } = poseVjp(problem, off, v);
    expect(standing.status).toBe("not-stationary");
    // The next order is the step times the curvature of π: a few radians per radian.
    expect(Math.abs(standing.offset / size - 1)).toBeLessThan(20 * size + 1e-7);
    const polished = poseVjp(problem, off, v, { polish: true });
    const direct = poseVjp(problem, at, v);
    expect(polished.standing.status).toBe("ok");
    for (const [i, g] of direct.x2d.data.entries())
      expect(Math.abs(polished.x2d.data[i] - g)).toBeLessThan(
        1e4 * ε * Math.hypot(...direct.x2d.data),
      );
  }
  const tolerant = poseVjp(problem, movedPose(at, [1e-5, 0, 0, 0, 0, 0]), v, { tolerance: 1e-4 });
  expect(tolerant.standing.status).toBe("ok");
});

/** Three derivatives of one problem: all must say the same, and be numbers or not together. */
function standings(
  problem: Parameters<typeof poseVjp>[0],
  pose: Pose,
): { standing: Standing; numbers: boolean } {
  const gradient = poseVjp(problem, pose, v);
  const jacobian = poseJacobian(problem, pose);
  const product = poseJvp(problem, pose, { K: new Float64Array(9).fill(1) });
  expect(jacobian.standing.status).toBe(gradient.standing.status);
  expect(product.standing.status).toBe(gradient.standing.status);
  const all = [
    gradient.x2d,
    gradient.x3d,
    gradient.K,
    gradient.w2d,
    jacobian.x2d,
    jacobian.x3d,
    jacobian.K,
    jacobian.w2d,
    product.motion,
  ].flatMap(({ data }) => [...data]);
  const numbers = all.every(Number.isFinite);
  if (!numbers) expect(all.every(Number.isNaN)).toBe(true);
  return { standing: gradient.standing, numbers };
}

it("points on a line, one point, weights of zero: singular, and no number is passed off as a derivative", () => {
  const { problem, pose } = posed("degenerate");
  const line = problem.x3d.map(
    (_, i) => [0.1, -0.2, 0.15][i % 3] * (Math.floor(i / 3) - 3.5) * 0.3,
  );
  const one = problem.w2d.map((w, i) => (i < 2 ? w : 0));
  const [R, t, K] = [pose.R.data, pose.t.data, problem.K];
  const seen = problem.x2d.map((_, i) => {
    const [k, z] = [i % 2, line.slice(3 * (i >> 1), 3 * (i >> 1) + 3)];
    const X = [0, 3, 6].map((j) => R[j] * z[0] + R[j + 1] * z[1] + R[j + 2] * z[2] + t[j / 3]);
    return (K[4 * k] * X[k]) / X[2] + K[3 * k + 2];
  });
  const cases = {
    collinear: { ...problem, x3d: line, x2d: seen },
    "one point": { ...problem, w2d: one },
    "zero weights": { ...problem, w2d: problem.w2d.map(() => 0) },
  };
  for (const [name, degenerate] of Object.entries(cases)) {
    const { standing, numbers } = standings(degenerate, pose);
    expect(standing.status, name).toBe("singular");
    expect(standing.condition).toBe(Number.POSITIVE_INFINITY);
    expect(numbers).toBe(false);
  }
  for (const variant of ["faster", "depth-weighted", "depth-weighted-faster"] as const)
    expect(poseVjp(cases.collinear, pose, v, { variant }).standing.status).toBe("singular");
});

it("a stationary pose that is no minimum stands as a saddle, with its inertia", () => {
  // Two squares face on, the outer seen too large and the inner through its centre: by symmetry the
  // pose stays face on, at the depth of the best common scale, though tilting would explain more.
  const square = [-1, -1, 1, -1, 1, 1, -1, 1];
  const [outer, inner, seenOuter, seenInner, f] = [0.2, 0.1, 220, -200, 500];
  const corners = (half: number) =>
    [0, 2, 4, 6].flatMap((i) => [half * square[i], half * square[i + 1], 0]);
  const problem = correspondences({
    x2d: Float64Array.from([
      ...square.map((c) => seenOuter * c),
      ...square.map((c) => seenInner * c),
    ]),
    x3d: Float64Array.from([...corners(outer), ...corners(inner)]),
    K: Float64Array.of(f, 0, 0, 0, f, 0, 0, 0, 1),
  });
  const scale = (outer * seenOuter + inner * seenInner) / (outer ** 2 + inner ** 2);
  const { standing, numbers } = standings(problem, poseFromVector([0, 0, 0, 0, 0, f / scale]));
  expect([standing.status, numbers]).toEqual(["saddle", true]);
  expect(standing.inertia).toEqual({ positive: 4, negative: 2, zero: 0 });
});

it("a point on the camera plane is not finite; no points at all are empty, with gradients of zero", () => {
  const { problem, pose } = posed("edges");
  const x3d = problem.x3d.slice();
  x3d.set([0, 0, 0], 0);
  // A point at the camera centre.
  const eye = poseFromVector([0, 0, 0, 0, 0, 0]);
  expect(standings({ ...problem, x3d }, eye).standing.status).toBe("not-finite");
  const none = correspondences({
    x2d: new Float64Array(0),
    x3d: new Float64Array(0),
    K: problem.K.slice(),
  });
  const { standing, numbers } = standings(none, pose);
  expect([standing.status, numbers]).toEqual(["empty", true]);
  expect([...poseVjp(none, pose, v).K.data]).toEqual(new Array(9).fill(0));
});

it("a residual on the Huber threshold is a kink", () => {
  const { problem, pose } = posed("kink", { noise: 2 });
  const at = solved(problem, pose);
  const { standing } = poseVjp(problem, at, v, { delta: 1e3 });
  expect(standing.status).toBe("ok");
  const [R, t, K] = [at.R.data, at.t.data, problem.K];
  const X = [0, 1, 2].map(
    (j) => [0, 1, 2].reduce((sum, a) => sum + R[3 * j + a] * problem.x3d[a], 0) + t[j],
  );
  const norm = Math.hypot(
    problem.x2d[0] - (K[0] * X[0]) / X[2] - K[2],
    problem.x2d[1] - (K[4] * X[1]) / X[2] - K[5],
  );
  // Whatever else the threshold makes of the pose, it is judged at the threshold.
  const status = poseVjp(problem, at, v, { delta: norm, tolerance: 1 }).standing.status;
  expect(status).toBe("kink");
});

it("poseVjp(…) reuses what it is given to write to", () => {
  const { problem, pose } = posed("reuse", { noise: 1 });
  const at = solved(problem, pose);
  const out = poseGradient(problem.n);
  const first = poseVjp(problem, at, v, {}, out);
  expect(first).toBe(out);
  expect([...poseVjp(problem, at, v).x3d.data]).toEqual([...out.x3d.data]);
});

it("misuse throws, naming the function, what was expected and what was got", () => {
  const { problem, pose } = posed("misuse", { n: 4 });
  const call =
    (options: object, upstream: number[] = v) =>
    () =>
      poseVjp(problem, pose, upstream, options);
  expect(call({}, [1, 2, 3])).toThrow("poseVjp: expected v of length 6, got 3");
  expect(call({ chart: "YAW" })).toThrow("poseVjp: expected v of length 4, got 6");
  expect(call({}, [1, 2, 3, 4, 5, Number.NaN])).toThrow("poseVjp: expected finite v, got NaN");
  expect(call({ delta: 0 })).toThrow("poseVjp: expected delta > 0, got 0");
  expect(call({ variant: "fast" })).toThrow(
    /poseVjp: expected variant exact, faster, .*, got fast/,
  );
  expect(call({ chart: "YAW" }, [1, 2, 3, 4])).toThrow(
    /poseVjp: expected a turn about camera \+Y for chart YAW, got R e_y/,
  );
  expect(() => poseVjp(problem, pose, v, {}, poseGradient(5))).toThrow(
    "poseVjp: expected out for N = 4, got 5",
  );
  expect(() => poseJvp(problem, pose, { x2d: new Float64Array(3) })).toThrow(
    /poseJvp: expected x2d of shape \[4, 2\]/,
  );
});

import { expect, it } from "vitest";
import { charts, tangentSize } from "../../src/conventions/chart.js";
import {
  batchPoseVjp,
  poseJacobian,
  poseJvp,
  poseVjp,
  unrolledJacobian,
  type Variant,
  variantNames,
} from "../../src/differentiate/index.js";
import { rotationVector } from "../../src/kernels/rodrigues.js";
import { convertedTangent } from "../../src/kernels/tangent.js";
import type { Correspondences } from "../../src/problem/index.js";
import { stream } from "../../src/random/stream.js";
import { motionBetween, posed, recorded, relativeError, solved } from "./problems.js";

const ε = Number.EPSILON;
const blocks = ["x2d", "x3d", "K", "w2d"] as const;

/** `problem` with entry `index` of one array moved by h. */
function nudged(
  problem: Correspondences,
  block: (typeof blocks)[number],
  index: number,
  h: number,
): Correspondences {
  const data = problem[block].slice();
  data[index] += h;
  return { ...problem, [block]: data };
}

it("poseJacobian(…) is the difference quotient of the pose solved again, in x, z, K and w", () => {
  for (const noise of [0, 3]) {
    const { problem, pose } = posed(`re-solve, ${noise} px`, { noise, weighted: true });
    const at = solved(problem, pose);
    const jacobian = poseJacobian(problem, at);
    expect(jacobian.standing.status).toBe("ok");
    for (const block of blocks) {
      const count = problem[block].length;
      const [quotients, rows] = [new Float64Array(6 * count), jacobian[block].data];
      for (let i = 0; i < count; i++) {
        // ε^⅓ balances truncation h² against the rounding ε/h of a solution; K has entries of 1.
        const h = Math.cbrt(ε) * Math.max(block === "K" ? 1 : 0.1, Math.abs(problem[block][i]));
        const up = motionBetween(at, solved(nudged(problem, block, i, h), at));
        const down = motionBetween(at, solved(nudged(problem, block, i, -h), at));
        for (let j = 0; j < 6; j++) quotients[j * count + i] = (up[j] - down[j]) / (2 * h);
      }
      // Without noise ∂y/∂w is zero: its quotients are rounding over a step.
      if (noise === 0 && block === "w2d") expect(Math.hypot(...rows)).toBeLessThan(1e3 * ε);
      else expect(relativeError(quotients, rows), `${block} at ${noise} px`).toBeLessThan(1e-7);
    }
  }
});

it("poseJacobian(…, { chart: AA }) is the exact derivative recorded at 31 poses of published code", () => {
  let problems = 0;
  for (const file of ["bpnp-n4-exact", "bpnp-n8-exact", "bpnp-n16-exact", "bpnp-n64-exact"])
    for (const { problem, pose, claim } of recorded(file)) {
      problems++;
      // The recorded pose is rounded to doubles: the derivative is taken where the gradient vanishes.
      const jacobian = poseJacobian(problem, pose, { chart: "AA", polish: true });
      expect(jacobian.standing.status).toBe("ok");
      for (const block of ["x2d", "x3d", "K"] as const)
        expect(relativeError(jacobian[block].data, claim[`J_${block}`])).toBeLessThan(1e-11);
    }
  expect(problems).toBe(31);
});

it("poseJacobian(…) reproduces three published backward passes under the names of their formulas", () => {
  const passes: [string, Variant][] = [
    ["BPnP", "depth-weighted"],
    ["BPnP_m3d", "depth-weighted"],
    ["BPnP_fast", "depth-weighted-faster"],
  ];
  for (const [name, variant] of passes)
    for (const n of name === "BPnP_m3d" ? [4, 8] : [4, 8, 16, 64])
      for (const { problem, pose, claim } of recorded(`bpnp-n${n}-${name}`)) {
        const jacobian = poseJacobian(problem, pose, { chart: "AA", variant });
        for (const block of ["x2d", "x3d", "K"] as const)
          expect(relativeError(jacobian[block].data, claim[`J_${block}`])).toBeLessThan(1e-11);
      }
});

it("poseVjp(…, v) is vᵀ poseJacobian(…), and poseJvp(…, u) is poseJacobian(…) u, in every chart", () => {
  const { problem, pose: at } = posed("products", { noise: 2, weighted: true, yaw: 0.4 });
  const delta = 2.5;
  for (const chart of charts)
    for (const variant of variantNames) {
      // Not stationary, which no product cares about: they are all products with the same matrices.
      const options = { chart, variant, delta };
      const draw = stream("spec/differentiate/products").child(chart);
      const d = tangentSize(chart);
      const v = Array.from({ length: d }, () => draw.normal());
      const direction = {
        x2d: Float64Array.from({ length: 2 * problem.n }, () => draw.normal()),
        x3d: Float64Array.from({ length: 3 * problem.n }, () => 0.01 * draw.normal()),
        w2d: Float64Array.from({ length: 2 * problem.n }, () => 0.1 * draw.normal()),
        K: Float64Array.from({ length: 9 }, (_, j) => (j < 6 ? 1 : 1e-3) * draw.normal()),
        delta: 0.3,
      };
      const jacobian = poseJacobian(problem, at, options);
      const gradient = poseVjp(problem, at, v, options);
      const { motion } = poseJvp(problem, at, direction, options);
      const moved = new Float64Array(d);
      for (const block of blocks) {
        const size = problem[block].length;
        const expected = Float64Array.from({ length: size }, (_, c) =>
          v.reduce((sum, vj, j) => sum + vj * jacobian[block].data[j * size + c], 0),
        );
        // A sum of d rows, each as large as the whole at most a few times.
        expect(relativeError(gradient[block].data, expected), block).toBeLessThan(1e3 * ε);
        for (let j = 0; j < d; j++)
          for (let c = 0; c < size; c++)
            moved[j] += jacobian[block].data[j * size + c] * direction[block][c];
      }
      for (let j = 0; j < d; j++) moved[j] += jacobian.delta.data[j] * direction.delta;
      const byDelta = v.reduce((sum, vj, j) => sum + vj * jacobian.delta.data[j], 0);
      expect(Math.abs(gradient.delta - byDelta)).toBeLessThanOrEqual(
        1e3 * ε * Math.hypot(...jacobian.delta.data),
      );
      expect(relativeError(motion.data, moved), `${chart}, ${variant}`).toBeLessThan(1e5 * ε);
    }
});

it("poseJacobian(…) in every chart is that of the LEFT chart, converted", () => {
  const { problem, pose } = posed("charts", { noise: 2, weighted: true });
  const at = solved(problem, pose);
  const omega = new Float64Array(3);
  rotationVector(at.R.data, omega);
  for (const variant of variantNames) {
    const left = poseJacobian(problem, at, { variant });
    for (const chart of ["AA", "RP", "Q7"] as const) {
      const jacobian = poseJacobian(problem, at, { variant, chart });
      for (const block of blocks) {
        const size = problem[block].length;
        const converted = new Float64Array(6 * size);
        const [from, to] = [new Float64Array(6), new Float64Array(6)];
        for (let c = 0; c < size; c++) {
          for (let j = 0; j < 6; j++) from[j] = left[block].data[j * size + c];
          convertedTangent("LEFT", chart, at.R.data, omega, from, to);
          for (let j = 0; j < 6; j++) converted[j * size + c] = to[j];
        }
        expect(relativeError(jacobian[block].data, converted)).toBeLessThan(1e3 * ε);
      }
    }
  }
});

it("poseJacobian(…, { chart: YAW }) is the difference quotient of a pose with four freedoms", () => {
  const { problem: yaw, pose: start } = posed("yaw", { noise: 1, yaw: 0.4 });
  const first = poseJacobian(yaw, start, { chart: "YAW", polish: true });
  expect(first.standing.status).toBe("ok");
  const at = first.standing.pose;
  const angle = (of: typeof at) => Math.atan2(of.R.data[2], of.R.data[0]);
  const quotients = new Float64Array(4 * 2 * yaw.n);
  for (let i = 0; i < 2 * yaw.n; i++) {
    const h = Math.cbrt(ε) * Math.abs(yaw.x2d[i]);
    const ends = [h, -h].map((step) => {
      const { standing } = poseJacobian(nudged(yaw, "x2d", i, step), at, {
        chart: "YAW",
        polish: true,
      });
      return [...standing.pose.t.data, angle(standing.pose)];
    });
    for (let j = 0; j < 4; j++) quotients[j * 2 * yaw.n + i] = (ends[0][j] - ends[1][j]) / (2 * h);
  }
  expect(relativeError(first.x2d.data, quotients)).toBeLessThan(1e-7);
});

it("unrolledJacobian(…, k) tends to poseJacobian(…) with k: linearly by Gauss–Newton, at once by Newton", () => {
  const { problem, pose } = posed("unrolled", { noise: 3, weighted: true });
  for (const delta of [Number.POSITIVE_INFINITY, 4]) {
    const at = solved(problem, pose, delta);
    const implicit = poseJacobian(problem, at, { delta, chart: "AA" });
    expect(implicit.standing.status).toBe("ok");
    const gap = (method: "gauss-newton" | "newton", iterations: number) => {
      const unrolled = unrolledJacobian(problem, at, { delta, method, iterations, chart: "AA" });
      return Math.max(
        ...blocks.map((b) => relativeError(unrolled[b].data, implicit[b].data)),
        ...(delta < 9 ? [relativeError(unrolled.delta.data, implicit.delta.data)] : []),
      );
    };
    // From the solution, one Newton step has the whole derivative.
    expect(gap("newton", 1)).toBeLessThan(1e5 * ε);
    const gaps = [1, 2, 3].map((k) => gap("gauss-newton", k));
    for (const k of [1, 2]) expect(gaps[k] / gaps[k - 1]).toBeLessThan(delta < 9 ? 0.9 : 0.2);
    if (delta > 9) expect(gap("gauss-newton", 14)).toBeLessThan(1e5 * ε);
  }
});

it("batchPoseVjp(…) gives each problem its own gradient, and sums of those for shared points and camera", () => {
  const { problem, pose } = posed("batch", { noise: 2 });
  const items = [0, 1, 2].map((b) => {
    const draw = stream("spec/differentiate/batch").at(b);
    const x2d = problem.x2d.map((x) => x + draw.normal());
    const moved = { ...problem, x2d };
    return { moved, at: solved(moved, pose), v: Array.from({ length: 6 }, () => draw.normal()) };
  });
  const batch = batchPoseVjp(
    items.map(({ moved }) => moved),
    items.map(({ at }) => at),
    items.map(({ v }) => v),
  );
  const alone = items.map(({ moved, at, v }) => poseVjp(moved, at, v));
  for (const [b, item] of batch.items.entries())
    for (const block of blocks) expect(item[block].data).toEqual(alone[b][block].data);
  for (const [sum, block] of [
    [batch.sharedX3d?.data, "x3d"],
    [batch.sharedK.data, "K"],
  ] as const)
    expect([...(sum ?? [])]).toEqual(
      [...alone[0][block].data].map((_, i) =>
        alone.reduce((total, of) => total + of[block].data[i], 0),
      ),
    );
  const none = batchPoseVjp([], [], []);
  expect([none.items.length, none.sharedX3d, [...none.sharedK.data]]).toEqual([
    0,
    null,
    new Array(9).fill(0),
  ]);
});

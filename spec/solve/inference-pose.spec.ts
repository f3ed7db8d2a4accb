import { expect, it } from "vitest";
import { mirroredPixels, mirroredPoints } from "../../src/kernels/deformable-head.js";
import { projection, rigidTransform } from "../../src/kernels/projection.js";
import { yawRotation } from "../../src/kernels/yaw.js";
import { type Correspondences, scene } from "../../src/problem/index.js";
import { stream } from "../../src/random/index.js";
import { inferencePose, mirroredTogether, solvePnP } from "../../src/solve/index.js";

const ε = Number.EPSILON;

/** A box of 40 points at 8 m, turned by a yaw, seen with noise of `noise` px by weights of 1. */
function boxes(
  k: number,
  noise: number,
): { problem: Correspondences; beta: number; t: Float64Array } {
  const draw = stream("inference/box").at(k);
  const n = 40;
  const K = Float64Array.of(1266, 0, 816, 0, 1266, 491, 0, 0, 1);
  const beta = 2 * Math.PI * draw.uniform();
  const t = Float64Array.of(2 * draw.normal(), 0.5, 8);
  const x3d = Float64Array.from(
    { length: 3 * n },
    (_, i) => [4.6, 1.7, 2][i % 3] * (draw.uniform() - 0.5),
  );
  const x2d = new Float64Array(2 * n);
  const [R, X] = [new Float64Array(9), new Float64Array(3)];
  yawRotation(beta, R);
  for (let i = 0; i < n; i++) {
    rigidTransform(x3d.subarray(3 * i, 3 * i + 3), R, t, X);
    projection(X, K, x2d.subarray(2 * i, 2 * i + 2));
  }
  const seen = x2d.map((x) => x + noise * draw.normal());
  return { problem: { n, x2d: seen, x3d, w2d: new Float64Array(2 * n).fill(1), K }, beta, t };
}

it("inferencePose(…) of a dense head is the minimiser of solvePnP on benign data (EPRO-43)", () => {
  for (let k = 0; k < 20; k++) {
    const { correspondences } = scene("D2", { seed: `inference/${k}` });
    const { x2d, x3d, w2d, K } = correspondences;
    const best = solvePnP({ x2d, x3d, w2d, K });
    const found = inferencePose(correspondences, { iterations: 10 });
    expect(found.status).toBe("ok");
    // Near its minimum a cost is flat: ten steps and a ridge of 1e-5 leave it a millionth above.
    expect(Math.abs(found.cost / best.cost - 1)).toBeLessThan(1e-6);
    const three = inferencePose(correspondences);
    expect(three.cost).toBeLessThanOrEqual(three.startCost);
  }
});

it("inferencePose(…) starts from the 20 % of greatest weights, ties and a least of four kept", () => {
  const { correspondences } = scene("D2", { seed: "inference/share" });
  const { n, w2d } = correspondences;
  const { started } = inferencePose(correspondences);
  const sum = (i: number) => w2d[2 * i] + w2d[2 * i + 1];
  const [inside, outside] = [1, 0].map((s) => [...started.keys()].filter((i) => started[i] === s));
  expect(new Set([...started.keys()].map(sum)).size).toBe(n);
  expect(inside.length).toBe(Math.max(Math.ceil(0.2 * n), 4));
  expect(Math.min(...inside.map(sum))).toBeGreaterThan(Math.max(...outside.map(sum)));
  const equal = { ...correspondences, w2d: new Float64Array(2 * n).fill(0.5) };
  expect(inferencePose(equal).started.every((s) => s === 1)).toBe(true);
});

it("inferencePose(…) of a deformable head finds the yaw and place of a box, also far off its origin", () => {
  for (let k = 0; k < 20; k++) {
    const { problem, beta, t } = boxes(k, 0);
    const found = inferencePose(problem, { head: "deformable", iterations: 10, seed: `box/${k}` });
    expect(found.status).toBe("ok");
    // No noise: Gauss–Newton ends at rounding of pixels over their lever, f/Z = 158 px per unit.
    const bound = (1e6 * ε * 1e3) / 158;
    const R = found.pose?.R.data as Float64Array;
    expect(Math.abs(Math.sin(Math.atan2(R[2], R[0]) - beta))).toBeLessThan(bound);
    const at = found.pose?.t.data as Float64Array;
    expect(Math.hypot(at[0] - t[0], at[1] - t[1], at[2] - t[2])).toBeLessThan(8 * bound);
    // Another origin of the object is another t, and the same cost (GEO-19).
    const shift = Float64Array.of(30, -2, 5);
    const moved = { ...problem, x3d: problem.x3d.map((z, i) => z + shift[i % 3]) };
    const there = inferencePose(moved, { head: "deformable", iterations: 10, seed: `box/${k}` });
    const [S, u] = [there.pose?.R.data as Float64Array, there.pose?.t.data as Float64Array];
    for (let a = 0; a < 3; a++) {
      const back = u[a] + S[3 * a] * shift[0] + S[3 * a + 1] * shift[1] + S[3 * a + 2] * shift[2];
      expect(Math.abs(back - t[a])).toBeLessThan(40 * bound);
    }
  }
});

it("mirroredTogether(…) undoes the mirror: both halves are one image's points twice (EPRO-44)", () => {
  const { problem, beta } = boxes(3, 0);
  const { n } = problem;
  const [x2d, x3d] = [new Float64Array(2 * n), new Float64Array(3 * n)];
  mirroredPixels(n, problem.x2d, 1600, x2d);
  mirroredPoints(n, problem.x3d, x3d);
  const mirror = { ...problem, x2d, x3d };
  const both = mirroredTogether(problem, mirror, 1600);
  expect(both.n).toBe(2 * n);
  expect(both.w2d).toEqual(new Float64Array(4 * n).fill(1));
  expect([...both.x3d.subarray(3 * n)]).toEqual([...problem.x3d]);
  both.x2d.subarray(2 * n).forEach((x, j) => {
    expect(Math.abs(x - problem.x2d[j])).toBeLessThanOrEqual(2 * 1600 * ε);
  });
  const found = inferencePose(both, { head: "deformable", iterations: 10 });
  const R = found.pose?.R.data as Float64Array;
  expect(Math.abs(Math.sin(Math.atan2(R[2], R[0]) - beta))).toBeLessThan((1e9 * ε) / 158);
  expect(() => mirroredTogether(problem, mirror, Number.NaN)).toThrow("finite width, got NaN");
});

it("points of both images average their noise: together they are closer to the truth", () => {
  let [one, two] = [0, 0];
  for (let k = 0; k < 60; k++) {
    const { problem, beta } = boxes(k, 2);
    const again = boxes(k, 0).problem.x2d.map(
      (x, i) =>
        x +
        2 *
          stream("inference/again")
            .at(80 * k + i)
            .normal(),
    );
    const mirror = { ...problem, x2d: new Float64Array(again.length), x3d: problem.x3d.slice() };
    mirroredPixels(problem.n, again, 1600, mirror.x2d);
    mirroredPoints(problem.n, mirror.x3d, mirror.x3d);
    const error = (of: Correspondences) => {
      const R = inferencePose(of, { head: "deformable" }).pose?.R.data as Float64Array;
      return Math.sin(Math.atan2(R[2], R[0]) - beta) ** 2;
    };
    one += error(problem);
    two += error(mirroredTogether(problem, mirror, 1600));
  }
  // Half the variance is expected; the ratio of two such means of 60 scatters by 2/√60 = 0.26 of it.
  expect(two / one).toBeLessThan(0.5 * (1 + 3 * 0.26));
});

it("problems without a pose come back with a status, wrong options throw", () => {
  const { problem } = boxes(0, 0);
  const empty = {
    ...problem,
    n: 0,
    x2d: new Float64Array(0),
    x3d: new Float64Array(0),
    w2d: new Float64Array(0),
  };
  const dark = { ...problem, w2d: new Float64Array(2 * problem.n) };
  for (const head of ["dense", "deformable"] as const) {
    expect(inferencePose(empty, { head })).toMatchObject({
      status: "empty",
      pose: null,
      cost: Number.NaN,
    });
    expect(inferencePose(dark, { head })).toMatchObject({ status: "zero-weights", pose: null });
  }
  const point = { ...problem, x3d: new Float64Array(3 * problem.n) };
  expect(inferencePose(point).status).toBe("coincident");
  for (const share of [0, 1.1, Number.NaN])
    expect(() => inferencePose(problem, { share })).toThrow(`share in (0, 1], got ${share}`);
  for (const iterations of [-1, 0.5])
    expect(() => inferencePose(problem, { iterations })).toThrow(
      `iterations >= 0, got ${iterations}`,
    );
  expect(() => inferencePose(problem, { delta: -1 })).toThrow("expected delta >= 0, got -1");
});

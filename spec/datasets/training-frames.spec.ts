import { expect, it } from "vitest";
import {
  boxCrop,
  drawnImageKind,
  droneBodies,
  droneKeypoints,
  isTrainable,
  isWholeInImage,
  leastVisibleShares,
  realShares,
} from "../../src/datasets/index.js";
import { affinePixel } from "../../src/kernels/index.js";
import { motion } from "../../src/problem/symmetry.js";
import { stream } from "../../src/random/index.js";

const eye = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const K = Float64Array.of(200, 0, 160, 0, 200, 120, 0, 0, 1);

it("droneKeypoints are a centre and eight corners, of the diagonal that evaluations use", () => {
  for (const body of Object.values(droneBodies)) {
    const points = droneKeypoints(body);
    expect(points.length).toBe(27);
    expect([...points.subarray(0, 3)]).toEqual([0, 0, 0]);
    let longest = 0;
    for (let i = 3; i < 27; i += 3)
      for (let j = 3; j < i; j += 3)
        longest = Math.max(
          longest,
          Math.hypot(...[0, 1, 2].map((a) => points[i + a] - points[j + a])),
        );
    expect(longest).toBeCloseTo(body.diagonal, 15);
  }
});

it("isWholeInImage keeps exactly the poses whose keypoints are all inside (EQUATIONS DATA-1)", () => {
  const point = Float64Array.of(0, 0, 0);
  const at = (u: number, v: number, depth = 2) => {
    const t = [((u - 160) / 200) * depth, ((v - 120) / 200) * depth, depth];
    return isWholeInImage(point, motion(eye, t), K, [320, 240]);
  };
  expect([at(0, 0), at(319.5, 239.5), at(160, 120)]).toEqual([true, true, true]);
  expect([at(-1, 9), at(320, 9), at(9, -1), at(9, 240)]).toEqual([false, false, false, false]);
  expect([at(160, 120, -2), at(160, 120, 0)]).toEqual([false, false]);
  const keypoints = droneKeypoints(droneBodies.m2ed);
  const draw = stream("spec/inside");
  const kept = [0, 0];
  for (let i = 0; i < 300; i++) {
    const [R, t] = [draw.rotation(), [0.5 * draw.normal(), 0.4 * draw.normal(), draw.normal()]];
    const pose = motion(R, t);
    // One keypoint at a time, by pixels rather than by products with the depth.
    const every = Array.from({ length: 9 }, (_, k) => {
      const [x, y, z] = [0, 1, 2].map((a) =>
        [0, 1, 2].reduce((sum, b) => sum + R[3 * a + b] * keypoints[3 * k + b], t[a]),
      );
      const [u, v] = [160 + (200 * x) / z, 120 + (200 * y) / z];
      return z > 0 && u >= 0 && u < 320 && v >= 0 && v < 240;
    }).every(Boolean);
    expect(isWholeInImage(keypoints, pose, K, [320, 240])).toBe(every);
    kept[Number(every)]++;
  }
  expect(Math.min(...kept)).toBeGreaterThan(20);
});

const moved = (M: Float64Array, x: number, y: number) => {
  const out = Float64Array.of(x, y);
  affinePixel(M, out, out);
  return [...out];
};

it("boxCrop takes a square of 1.5 longer sides about the box to the map (EQUATIONS DATA-2)", () => {
  const M = boxCrop([100, 50, 80, 40], 64);
  // Centre (140, 70), side 120: from 80 to 200 and from 10 to 130.
  const corners = [...moved(M, 80, 10), ...moved(M, 200, 130)];
  // Products of up to 200 px with 64/120 cancel.
  [0, 0, 64, 64].forEach((truth, k) => {
    expect(Math.abs(corners[k] - truth)).toBeLessThan(4 * 2 ** -52 * 200);
  });
  expect(() => boxCrop([0, 0, 0, 9], 64)).toThrow(
    "boxCrop: expected a box of some size, got 0 x 9",
  );
});

it("boxCrop with a stream moves side and centre by up to a quarter, the same for the same stream", () => {
  const box = [100, 50, 80, 40];
  const range = { side: [9, 0], x: [999, 0], y: [999, 0] };
  for (let i = 0; i < 2000; i++) {
    const M = boxCrop(box, 64, stream("spec/crop").at(i));
    expect(boxCrop(box, 64, stream("spec/crop").at(i))).toEqual(M);
    const side = 64 / M[0];
    const centre = { side: side / 120, x: (32 - M[2]) / M[0], y: (32 - M[5]) / M[4] };
    for (const key of ["side", "x", "y"] as const) {
      range[key][0] = Math.min(range[key][0], centre[key]);
      range[key][1] = Math.max(range[key][1], centre[key]);
    }
  }
  const bounds = { side: [0.75, 1.25], x: [120, 160], y: [60, 80] };
  for (const key of ["side", "x", "y"] as const) {
    const [low, high] = bounds[key];
    const width = high - low;
    expect(range[key][0]).toBeGreaterThanOrEqual(low - 1e-9);
    expect(range[key][1]).toBeLessThanOrEqual(high + 1e-9);
    // Of 2000 uniform draws, none in the outer hundredth has a chance of e⁻²⁰.
    expect(range[key][0]).toBeLessThan(low + 0.01 * width);
    expect(range[key][1]).toBeGreaterThan(high - 0.01 * width);
  }
});

it("drawnImageKind mixes real and rendered at the published shares (EQUATIONS DATA-3)", () => {
  for (const share of [...Object.values(realShares), 0, 1]) {
    const draw = stream("spec/mix").child(`${share}`);
    const count = 10_000;
    let real = 0;
    for (let i = 0; i < count; i++) real += Number(drawnImageKind(draw, share) === "real");
    // Six standard deviations of a binomial count.
    expect(Math.abs(real - share * count)).toBeLessThanOrEqual(
      6 * Math.sqrt(count * share * (1 - share)),
    );
  }
  expect(() => drawnImageKind(stream("x"), 1.5)).toThrow("expected a share in 0 … 1, got 1.5");
});

it("isTrainable asks for a visible share and for a hundred pixels of output", () => {
  const { gdr, zebra } = leastVisibleShares;
  const at = (visibleShare: number, pixels: number, least: number) =>
    isTrainable({ visibleShare }, pixels, least);
  expect([at(0.3, 100, gdr), at(0.29, 100, gdr), at(0.29, 100, zebra), at(0.9, 99, gdr)]).toEqual([
    ...[true, false, true, false],
  ]);
});

import ndarray from "ndarray";
import { expect, it } from "vitest";
import {
  aggregatedMaps,
  heatMapKeypoints,
  heatMapTargets,
  inFrame,
} from "../../src/heatmap/index.js";
import { scene } from "../../src/problem/index.js";
import { stream } from "../../src/random/index.js";
import { dot, normalMaps, strided } from "./strided.js";

const ε = Number.EPSILON;
const image = { width: 320, height: 240 };

it("aggregatedMaps(…) averages at the finest size, and its gradient is the adjoint, under any strides", () => {
  const maps = [normalMaps("aggregation/a", [2, 3, 4]), normalMaps("aggregation/b", [2, 6, 7])];
  for (const size of [undefined, { rows: 5, columns: 9 }]) {
    const found = aggregatedMaps(maps, size);
    expect(found.maps.shape).toEqual([2, size?.rows ?? 6, size?.columns ?? 7]);
    const v = normalMaps("aggregation/v", [...found.maps.shape]);
    const slopes = found.vjp(v);
    const both = dot(slopes[0].data, maps[0].data) + dot(slopes[1].data, maps[1].data);
    expect(Math.abs(dot(found.maps.data, v.data) - both)).toBeLessThan(90 * 16 * ε);
    strided(maps[0]).forEach((turned, k) => {
      expect(aggregatedMaps([turned, strided(maps[1])[k]], size).maps.data).toEqual(
        found.maps.data,
      );
      expect(found.vjp(strided(v)[k])[1].data).toEqual(slopes[1].data);
    });
  }
});

it("the average of equal maps is the map; one map alone stays as it is", () => {
  const map = normalMaps("aggregation/equal", [3, 5, 4]);
  expect(aggregatedMaps([map, map]).maps.data).toEqual(map.data);
  expect(aggregatedMaps([map]).maps.data).toEqual(map.data);
});

/** Mean decoding errors [px] of 400 keypoints, of the quarter map, the half map and their average. */
function errors(sigma: number): number[] {
  const draw = stream("aggregation/positions");
  const sums = [0, 0, 0];
  for (let k = 0; k < 400; k++) {
    const x = [80 + 160 * draw.uniform(), 60 + 120 * draw.uniform()];
    const maps = [1, 2].map(
      (s) => heatMapTargets([x], { rows: 60 * s, columns: 80 * s, coordinates: image, sigma }).maps,
    );
    [...maps, aggregatedMaps(maps).maps].forEach((map, i) => {
      const { data } = heatMapKeypoints(map, { from: "maps", coordinates: image }).keypoints;
      sums[i] += Math.hypot(data[0] - x[0], data[1] - x[1]) / 400;
    });
  }
  return sums;
}

it("aggregation with the half map halves the quarter map's decoding error (card S-05, 5)", () => {
  for (const [sigma, quarter] of [
    [1, 0.96],
    [1.5, 0.41],
    [2, 0.084],
    [3, 4e-4],
  ]) {
    const [coarse, fine, both] = errors(sigma);
    // The printed error, of other positions: two digits, or one.
    expect(Math.abs(coarse / quarter - 1)).toBeLessThan(0.05);
    // Maps of one peak have the same mass at the finest size, up to the sum over cells for the integral.
    const aliasing = 0.5 * Math.exp(-2 * (Math.PI * (sigma / 4)) ** 2);
    expect(Math.abs(both / coarse - 0.5)).toBeLessThan(aliasing + fine / coarse);
    expect(fine).toBeLessThan(0.05 * coarse);
  }
});

it("from σ = 6 px on all three agree (card S-05, 5)", () => {
  for (const error of errors(6)) expect(error).toBeLessThan(1e-11);
});

it("inFrame(…) keeps exactly the frames with every keypoint in the image (card S-07, 4)", () => {
  let kept = 0;
  for (let seed = 0; seed < 200; seed++) {
    const { correspondences } = scene("generic", { n: 9, noise: 60, seed });
    const { x2d } = correspondences;
    const inside = (offset: number) =>
      x2d.every((x, i) => x >= offset - 0.5 && x < [640, 480][i % 2] + offset - 0.5);
    const frame = { width: 640, height: 480 };
    const pairs = ndarray(x2d, [9, 2]);
    expect(inFrame(pairs, frame)).toBe(inside(0));
    expect(inFrame(pairs, { ...frame, pixelOffset: 0.5 })).toBe(inside(0.5));
    kept += Number(inside(0));
  }
  expect(kept).toBeGreaterThan(20);
  expect(kept).toBeLessThan(180);
});

it("inFrame(…) holds the border open on the far side, and points behind the camera out", () => {
  const frame = { width: 10, height: 8 };
  const at = (x: number, y: number) => inFrame([[x, y]], frame);
  expect([at(-0.5, -0.5), at(9.49, 7.49), at(9.5, 0), at(0, 7.5), at(-0.51, 0)]).toEqual([
    ...[true, true, false, false, false],
  ]);
  expect(inFrame([[1, 1]], frame, [2])).toBe(true);
  expect(inFrame([[1, 1]], frame, [0])).toBe(false);
  expect(inFrame(ndarray(new Float64Array(0), [0, 2]), frame)).toBe(true);
  expect(() => inFrame([[1, 1]], { width: 0, height: 1 })).toThrow(
    "inFrame: expected width > 0, got 0",
  );
});

it("misuse is refused with what was expected and what was given", () => {
  const map = normalMaps("aggregation/refused", [2, 3, 4]);
  expect(() => aggregatedMaps([])).toThrow("expected at least one array, got none");
  expect(() => aggregatedMaps([map, normalMaps("o", [3, 3, 4])])).toThrow(
    "aggregatedMaps: expected leading axes [2], got [3]",
  );
  expect(() => aggregatedMaps([map], { rows: 0, columns: 3 })).toThrow("a whole rows >= 1, got 0");
  expect(() => aggregatedMaps([map]).vjp(normalMaps("v", [2, 3, 5]))).toThrow(
    "aggregatedMaps: expected v of the shape of maps, [2, 3, 4], got [2, 3, 5]",
  );
});

import ndarray from "ndarray";
import { expect, it } from "vitest";
import {
  type HeatMapKeypoints,
  heatMapKeypoints,
  heatMapTargets,
} from "../../src/heatmap/index.js";
import { difference, dot, gap, largest, normalMaps, strided } from "./strided.js";

const ε = Number.EPSILON;
const image = { width: 320, height: 240 };
const shape = [2, 3, 5, 6];
const upstream = (name: string) => normalMaps(name, [2, 3, 2]);
const seen = ({ keypoints, deviations }: HeatMapKeypoints) => [
  ...keypoints.data,
  ...deviations.data,
];

it.each(["logits", "maps"] as const)(
  "heatMapKeypoints(%s) and its gradient are the same under any strides",
  (from) => {
    const maps = normalMaps("keypoints/strides", shape);
    if (from === "maps") maps.data.set(maps.data.map((x) => x * x));
    const options = { from, coordinates: image };
    const dense = heatMapKeypoints(maps, options);
    for (const other of strided(maps)) {
      const found = heatMapKeypoints(other, options);
      expect(seen(found)).toEqual(seen(dense));
      const [v, s] = [upstream("keypoints/v"), upstream("keypoints/s")];
      const [turned] = strided(v);
      expect(found.vjp(turned, s).data).toEqual(dense.vjp(v, s).data);
    }
  },
);

it.each(["logits", "maps"] as const)(
  "the gradient of heatMapKeypoints(%s) is the difference quotient",
  (from) => {
    const maps = normalMaps("keypoints/difference", shape);
    if (from === "maps") maps.data.set(maps.data.map((x) => 0.1 + x * x));
    for (const floored of [false, true]) {
      const options = {
        from,
        coordinates: "cells",
        floored,
        temperature: from === "logits" ? 0.7 : 1,
      } as const;
      const [v, s] = [upstream("keypoints/v"), upstream("keypoints/s")];
      const loss = () => {
        const { keypoints, deviations } = heatMapKeypoints(maps, options);
        return dot(keypoints.data, v.data) + dot(deviations.data, s.data);
      };
      const gradient = heatMapKeypoints(maps, options).vjp(v, s).data;
      const direction = normalMaps("keypoints/direction", shape).data;
      const { slope, error } = difference(loss, maps.data, direction, 1e-3);
      const rounding = (64 * ε * 6 * 12 * 5) / 1e-3;
      expect(Math.abs(slope - dot(gradient, direction))).toBeLessThan(error + rounding);
      expect(error).toBeLessThan(1e-4 * largest(gradient) * 30);
    }
  },
);

it("a Gaussian's logits have their keypoint at its mean and σ for spread, in pixels of the image", () => {
  const [x, y, sigma] = [151.3, 98.6, 12];
  const logits = ndarray(new Float64Array(60 * 80), [60, 80]);
  logits.data.forEach((_, i) => {
    const [u, v] = [4 * (i % 80) + 1.5 - x, 4 * Math.floor(i / 80) + 1.5 - y];
    logits.data[i] = (-0.5 * (u * u + v * v)) / sigma ** 2;
  });
  const { keypoints, deviations, status } = heatMapKeypoints(logits, {
    coordinates: image,
    guard: 0,
  });
  expect(status).toEqual(["ok"]);
  // A sum over cells is the integral, up to e^{−2π²σ²} of a σ of 3 cells, 1e-77; the border is 8σ away.
  const beyond = 320 * Math.exp(-0.5 * 8 ** 2) + 320 * 140 * ε;
  expect(gap(keypoints.data, [x, y])).toBeLessThan(beyond);
  expect(gap(deviations.data, [sigma, sigma])).toBeLessThan(320 * beyond);
});

it("pixels are counted as the rule says, and every rule names the same cell", () => {
  const lit = (c: number) =>
    ndarray(
      Float64Array.from({ length: 80 }, (_, i) => +(i === c)),
      [1, 80],
    );
  const at = (c: number, rule: "half-pixel" | "index" | "extent") =>
    heatMapKeypoints(lit(c), { from: "maps", coordinates: { ...image, rule } }).keypoints.data;
  expect([0, 79].map((c) => at(c, "half-pixel")[0])).toEqual([1.5, 317.5]);
  expect([0, 79].map((c) => at(c, "index")[0])).toEqual([0, 316]);
  expect([0, 79].map((c) => at(c, "extent")[0])).toEqual([0, 320]);
  // The one cell of an axis is the middle of the image, or its first pixel where cells are counted from there.
  expect([at(0, "half-pixel")[1], at(0, "index")[1], at(0, "extent")[1]]).toEqual([119.5, 0, 120]);
});

it("the decoding error of a lit cell is half a cell, 2 px, at most (HM-9)", () => {
  for (let k = 0; k < 50; k++) {
    const truth = ndarray(Float64Array.of(3 + 6.3 * k, 200 - 3.9 * k), [1, 2]);
    const size = { rows: 60, columns: 80, coordinates: image };
    const { maps } = heatMapTargets(truth, { ...size, sigma: 1e-3, guard: 0 });
    const { keypoints } = heatMapKeypoints(maps, { from: "maps", coordinates: image });
    expect(gap(keypoints.data, truth.data)).toBeLessThanOrEqual(2);
  }
});

it("equal cells are flat: the middle of the map, with a gradient", () => {
  for (const from of ["logits", "maps"] as const) {
    const found = heatMapKeypoints(ndarray(new Float64Array(12).fill(0.5), [3, 4]), { from });
    expect(found.status).toEqual(["flat"]);
    expect(gap(found.keypoints.data, [1.5, 1])).toBeLessThan(8 * ε);
    expect(largest(found.vjp([1, 1]).data)).toBeGreaterThan(0);
  }
});

it("all-zero maps are massless; logits that are NaN or all −∞ are not finite; neither has a gradient", () => {
  const bad = (from: "logits" | "maps", ...cells: number[]) => {
    const map = ndarray(Float64Array.from(cells), [1, cells.length]);
    const found = heatMapKeypoints(map, { from });
    expect(seen(found).every(Number.isNaN)).toBe(true);
    expect(
      found
        .vjp(
          [1, 1],
          [Number.NaN, 1].map(() => 1),
        )
        .data.every((g) => g === 0),
    ).toBe(true);
    return found.status[0];
  };
  expect(bad("maps", 0, 0, 0)).toBe("massless");
  expect(bad("maps", 1, -2, 0)).toBe("massless");
  expect(bad("maps", 1, Number.NaN, 0)).toBe("not-finite");
  expect(bad("logits", 1, Number.NaN, 0)).toBe("not-finite");
  expect(bad("logits", 1, Number.POSITIVE_INFINITY, 0)).toBe("not-finite");
  expect(bad("logits", Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY)).toBe("not-finite");
});

it("a bad map leaves its neighbours alone", () => {
  const maps = normalMaps("keypoints/neighbours", [3, 4, 5]);
  const whole = heatMapKeypoints(maps);
  const v = normalMaps("keypoints/neighbours/v", [3, 2]);
  const gradient = whole.vjp(v).data.slice();
  maps.data[20 + 3] = Number.NaN;
  const found = heatMapKeypoints(maps);
  expect(found.status).toEqual(["ok", "not-finite", "ok"]);
  expect(found.keypoints.data.slice(0, 2)).toEqual(whole.keypoints.data.slice(0, 2));
  const after = found.vjp(v).data;
  expect([...after.slice(0, 20), ...after.slice(40)]).toEqual([
    ...gradient.slice(0, 20),
    ...gradient.slice(40),
  ]);
  expect(after.slice(20, 40).every((g) => g === 0)).toBe(true);
});

it("one pixel is its own keypoint, with no gradient; no maps give none", () => {
  const found = heatMapKeypoints(ndarray(Float64Array.of(-3), [1, 1]), { coordinates: image });
  expect([...found.keypoints.data]).toEqual([159.5, 119.5]);
  expect([...found.deviations.data]).toEqual([1e-3, 1e-3]);
  expect([...found.vjp([5, 7], [1, 1]).data].map(Math.abs)).toEqual([0]);
  const none = heatMapKeypoints(ndarray(new Float64Array(0), [0, 3, 4, 5]));
  expect([none.keypoints.shape, none.status]).toEqual([[0, 3, 2], []]);
  expect(none.vjp(ndarray(new Float64Array(0), [0, 3, 2])).shape).toEqual([0, 3, 4, 5]);
});

it("with `into` the gradient lies in the room given, and can be asked for once", () => {
  const maps = normalMaps("keypoints/into", shape);
  const v = upstream("keypoints/v");
  const into = ndarray(new Float64Array(maps.size).fill(Number.NaN), shape);
  const found = heatMapKeypoints(maps, { into });
  expect(found.vjp(v)).toBe(into);
  expect(into.data).toEqual(heatMapKeypoints(maps).vjp(v).data);
  expect(() => found.vjp(v)).toThrow(
    "heatMapKeypoints: expected one call of vjp with into, got two",
  );
  expect(() => heatMapKeypoints(maps, { into: ndarray(new Float64Array(4), [2, 2]) })).toThrow(
    "heatMapKeypoints: expected into of shape [2, 3, 5, 6], dense, got [2, 2]",
  );
});

it("misuse is refused with what was expected and what was given", () => {
  const maps = normalMaps("keypoints/refused", [2, 3]);
  const refused = (options: object, message: string) =>
    expect(() => heatMapKeypoints(maps, options)).toThrow(`heatMapKeypoints: expected ${message}`);
  refused({ temperature: 0 }, "temperature > 0, got 0");
  refused({ temperature: Number.NaN }, "temperature > 0, got NaN");
  refused({ guard: -1 }, "guard >= 0, got -1");
  refused({ from: "cells" }, "from of logits, maps, got cells");
  refused({ coordinates: "pixels" }, "coordinates of cells, unit, symmetric, centres or an image");
  refused({ coordinates: { width: 0, height: 2 } }, "width > 0, got 0");
  refused(
    { coordinates: { ...image, rule: "corner" } },
    "rule of half-pixel, index, extent, got corner",
  );
  expect(() => heatMapKeypoints([[1]] as never)).toThrow(TypeError);
  expect(() => heatMapKeypoints(ndarray(new Float64Array(3), [3]))).toThrow(
    "heatMapKeypoints: expected maps of shape [..., H, W] with cells, got [3]",
  );
  expect(() => heatMapKeypoints(ndarray(new Float64Array(0), [2, 0, 3]))).toThrow(RangeError);
  expect(() => heatMapKeypoints(maps).vjp([1, 2, 3])).toThrow("expected byKeypoints of shape [2]");
  expect(() => heatMapKeypoints(maps).vjp([1, Number.NaN])).toThrow("expected finite byKeypoints");
});

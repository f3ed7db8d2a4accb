import { expect, it } from "vitest";
import { coordinateMap } from "../../src/datasets/index.js";
import { motion } from "../../src/problem/symmetry.js";
import { stream } from "../../src/random/index.js";

const K = Float64Array.of(50, 0, 4, 0, 50, 3, 0, 0, 1);
const R = stream("spec/map").rotation();
const pose = motion(R, [0, 0, 2]);
const extents = Float64Array.of(0.5, 0.25, 1);
const input = { width: 8, K, pose, extents };

it("coordinateMap gives each pixel with depth the point that projects to its middle", () => {
  const depth = Float64Array.from({ length: 48 }, (_, p) => 1.9 + 0.01 * (p % 7));
  const { targets, mask, count } = coordinateMap({ ...input, depth });
  expect(count).toBe(48);
  for (let p = 0; p < 48; p++) {
    expect(mask[p]).toBe(1);
    const z = extents.map((e, a) => e * targets[3 * p + a]);
    const [x, y, d] = [0, 1, 2].map((i) =>
      z.reduce((sum, part, j) => sum + R[3 * i + j] * part, i === 2 ? 2 : 0),
    );
    expect((50 * x) / d + 4).toBeCloseTo((p % 8) + 0.5, 11);
    expect((50 * y) / d + 3).toBeCloseTo(Math.floor(p / 8) + 0.5, 11);
    expect(d).toBeCloseTo(depth[p], 13);
  }
});

it("coordinateMap leaves out holes and what is not visible, and says so in the mask", () => {
  const depth = [2, 0, Number.NaN, -1, Infinity, 2, 2, 2];
  const visible = [1, 1, 1, 1, 1, 0, 1, 1];
  const { targets, mask, count } = coordinateMap({ ...input, depth, visible });
  expect([...mask]).toEqual([1, 0, 0, 0, 0, 0, 1, 1]);
  expect(count).toBe(3);
  expect([...targets.subarray(3, 18)]).toEqual(Array(15).fill(0));
});

it("coordinateMap refuses maps, masks and extents that do not fit", () => {
  const depth = Array(16).fill(1);
  const refused = (part: object) => () => coordinateMap({ ...input, depth, ...part });
  expect(refused({ width: 5 })).toThrow("expected rows of 5 depths, got 16 depths");
  expect(refused({ width: 0 })).toThrow("expected rows of 0 depths");
  expect(refused({ visible: [1] })).toThrow("expected 16 entries of visible, got 1");
  expect(refused({ extents: Float64Array.of(1, 0, 1) })).toThrow("positive extents, got 1, 0, 1");
});

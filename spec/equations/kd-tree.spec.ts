import { expect, it } from "vitest";
import { kdTree, nearestPosition } from "../../src/kernels/kd-tree.js";
import { type Stream, stream } from "../../src/random/stream.js";

const identity = Float64Array.of(1, 0, 0, 1, 0, 1);
const clouds: Record<string, (draw: Stream, n: number) => Float64Array> = {
  "a cloud": (draw, n) => Float64Array.from({ length: 3 * n }, () => draw.normal()),
  "a grid full of ties": (draw, n) => Float64Array.from({ length: 3 * n }, () => draw.integer(4)),
  "one point many times": (_, n) => new Float64Array(3 * n).fill(0.5),
  "a plane": (draw, n) =>
    Float64Array.from({ length: 3 * n }, (_, k) => (k % 3 ? draw.normal() : 2)),
  "clusters far apart": (draw, n) =>
    Float64Array.from(
      { length: 3 * n },
      (_, k) => 1e3 * (Math.floor(k / 30) % 2) + 1e-3 * draw.normal(),
    ),
};

it.each(Object.keys(clouds))(
  "nearestPosition(tree, q) is as near as any point of %s, of every size",
  (kind) => {
    const draw = stream("kd-tree").child(kind);
    for (const n of [1, 2, 8, 9, 16, 17, 33, 100, 257]) {
      const points = clouds[kind](draw, n);
      const tree = kdTree(n, points);
      expect([...tree.order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      for (let trial = 0; trial < 20; trial++) {
        const from = draw.integer(n);
        const q = [0, 1, 2].map((a) => points[3 * from + a] + (trial % 4) * draw.normal());
        const square = (at: Float64Array, i: number) =>
          (at[3 * i] - q[0]) ** 2 + (at[3 * i + 1] - q[1]) ** 2 + (at[3 * i + 2] - q[2]) ** 2;
        const found = nearestPosition(tree, q[0], q[1], q[2], identity, 1, draw.integer(n));
        const best = Math.min(...Array.from({ length: n }, (_, i) => square(points, i)));
        // Both add the same three squares, in another order.
        expect(square(tree.points, found)).toBeLessThanOrEqual(best * (1 + 4 * Number.EPSILON));
        expect(square(points, tree.order[found])).toBe(square(tree.points, found));
      }
    }
  },
);

it("nearestPosition(tree, q, G) measures by G where it is no identity", () => {
  const draw = stream("kd-tree/metric");
  const points = clouds["a cloud"](draw, 200);
  const tree = kdTree(200, points);
  const G = Float64Array.of(2, 0.3, -0.2, 1, 0.1, 0.5);
  const length = (a: number, b: number, c: number) =>
    a * a * G[0] + b * b * G[3] + c * c * G[5] + 2 * (a * b * G[1] + a * c * G[2] + b * c * G[4]);
  for (let trial = 0; trial < 50; trial++) {
    const q = [draw.normal(), draw.normal(), draw.normal()];
    const to = (at: Float64Array, i: number) =>
      length(at[3 * i] - q[0], at[3 * i + 1] - q[1], at[3 * i + 2] - q[2]);
    // The least eigenvalue of G is above 0.4: its Gershgorin discs end at 0.2 and its 0.5 entry leads.
    const found = nearestPosition(tree, q[0], q[1], q[2], G, 0.2, 0);
    const best = Math.min(...Array.from({ length: 200 }, (_, i) => to(points, i)));
    expect(to(tree.points, found)).toBeLessThanOrEqual(best * (1 + 16 * Number.EPSILON));
  }
});

it("kdTree(n, points) copies: moving the points afterwards moves nothing", () => {
  const points = Float64Array.of(0, 0, 0, 5, 0, 0);
  const tree = kdTree(2, points);
  points.fill(9);
  expect(tree.points[3 * nearestPosition(tree, 4, 0, 0, identity, 1, 0)]).toBe(5);
});

import { expect, it } from "vitest";
import * as defined from "../../src/definitions/nearest-vertex.js";
import { kdTree } from "../../src/kernels/kd-tree.js";
import * as kernel from "../../src/kernels/nearest-vertex.js";
import { averageVertexDistance } from "../../src/kernels/vertex-distance.js";
import { stream } from "../../src/random/stream.js";
import { bigRows, lastDigit, worstGap, worstUlp } from "./big-truth.js";
import {
  bigMotion,
  carried,
  composed,
  constant,
  drawnMotion,
  motionSize,
  reach,
  sightings,
} from "./model-draws.js";

const ε = Number.EPSILON;
/** Poses 10⁻¹² apart cancel as many digits of a difference, which its direction then lacks. */
const lostDigits = 1e14;
const directions = ["truth to estimate", "estimate to truth"] as const;

it("nearestVertexDistance(tree, P̂, P) is ADD-S in both directions, and its gradient what duals carry", () => {
  const g = new Float64Array(6);
  for (const { n, vertices, estimate, truth } of sightings("nearest-vertex/values", 5))
    for (const direction of directions) {
      const [V, E, T] = [bigRows(vertices, 3), bigMotion(estimate), bigMotion(truth)];
      const scale = motionSize(vertices, estimate, truth);
      const tree = kdTree(n, vertices);
      const exact = defined.nearestVertexDistance(E, T, V, direction);
      const value = kernel.nearestVertexDistance(tree, estimate, truth, direction);
      expect(worstUlp([value], exact, scale + reach(vertices))).toBeLessThan(16);
      const closed = defined.nearestVertexDistanceGradient(E, T, V, direction);
      const run = (P: ReturnType<typeof constant>) =>
        defined.nearestVertexDistance(P, constant(T), constant(V), direction);
      expect(worstGap(carried(E, run), closed)).toBeLessThan(lostDigits * lastDigit);
      expect(kernel.nearestVertexDistanceGradient(tree, estimate, truth, g, direction)).toBe(value);
      expect(worstUlp(g, closed, (scale + reach(vertices)) / value)).toBeLessThan(64);
    }
});

/** ADD-S in doubles by trying every pair, in the camera's frame. */
function brute(vertices: Float64Array, from: Float64Array, to: Float64Array): number {
  const points = (P: Float64Array) =>
    Array.from({ length: vertices.length / 3 }, (_, i) =>
      [0, 4, 8].map(
        (r) =>
          P[r] * vertices[3 * i] +
          P[r + 1] * vertices[3 * i + 1] +
          P[r + 2] * vertices[3 * i + 2] +
          P[r + 3],
      ),
    );
  const targets = points(to);
  const distances = points(from).map((p) =>
    Math.min(...targets.map((q) => Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]))),
  );
  return distances.reduce((sum, d) => sum + d, 0) / distances.length;
}

it("it is what trying every pair gives, also for an R printed to four digits, for one that is flattened, and for duplicated vertices", () => {
  const draw = stream("nearest-vertex/brute");
  for (let i = 0; i < 6; i++) {
    const n = 200;
    const vertices = Float64Array.from({ length: 3 * n }, () => draw.normal());
    if (i % 2) for (let k = 0; k < 150; k++) vertices[k] = vertices[k % 30];
    const truth = drawnMotion(draw, 3 * draw.uniform(), [0, 0, 5]);
    const moved = composed(truth, drawnMotion(draw, 10 ** -i, [10 ** -i, 0, 0]));
    const printed = moved.map((x) => Math.round(x * 1e4) / 1e4);
    const tree = kdTree(n, vertices);
    // A search that took this one's lengths for distances would pass by nearer points.
    const flattened = moved.map((x, k) => (k % 4 === 0 ? 0.3 * x : k % 4 === 1 ? 0.9 * x : x));
    for (const estimate of [moved, printed, flattened]) {
      // The brute force forms points of size 8 from four rounded terms before it subtracts them.
      const tolerance = 8 * ε * 8 * 4;
      const there = kernel.nearestVertexDistance(tree, estimate, truth);
      expect(Math.abs(there - brute(vertices, truth, estimate))).toBeLessThan(tolerance);
      const back = kernel.nearestVertexDistance(tree, estimate, truth, "estimate to truth");
      expect(Math.abs(back - brute(vertices, estimate, truth))).toBeLessThan(tolerance);
      // The vertex itself is one of the neighbours tried.
      expect(there).toBeLessThanOrEqual(
        averageVertexDistance(n, vertices, estimate, truth) + tolerance,
      );
    }
  }
});

it("it is 0 for a pose that maps the vertices onto themselves, where ADD is not", () => {
  const square = Float64Array.of(1, 1, 0, -1, 1, 0, -1, -1, 0, 1, -1, 0);
  const truth = drawnMotion(stream("nearest-vertex/symmetry"), 1, [0, 0, 4]);
  const quarter = composed(truth, Float64Array.of(0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0));
  expect(kernel.nearestVertexDistance(kdTree(4, square), quarter, truth)).toBeLessThan(8 * ε);
  expect(averageVertexDistance(4, square, quarter, truth)).toBeCloseTo(2, 14);
});

it("the two directions differ: a model whose vertices are far from where few of them went", () => {
  // Ten vertices at the origin and one at x = 10: moved by 10 along x, they meet one truth.
  const vertices = new Float64Array(33);
  vertices[30] = 10;
  const truth = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0);
  const estimate = truth.map((x, k) => (k === 3 ? 10 : x));
  const tree = kdTree(11, vertices);
  // Truth to estimate: ten are 10 from the nearest estimate, one is met. The other way: one is 10 off.
  expect(kernel.nearestVertexDistance(tree, estimate, truth)).toBeCloseTo(100 / 11, 14);
  expect(kernel.nearestVertexDistance(tree, estimate, truth, "estimate to truth")).toBeCloseTo(
    10 / 11,
    14,
  );
});

it("one vertex is its own neighbour, equal poses have slope 0, and a singular R gives NaN", () => {
  const truth = drawnMotion(stream("nearest-vertex/kink"), 1, [0, 0, 1]);
  const tree = kdTree(1, Float64Array.of(1, 2, 3));
  const g = new Float64Array(6).fill(1);
  expect(kernel.nearestVertexDistanceGradient(tree, truth, truth, g)).toBe(0);
  expect([...g]).toEqual([0, 0, 0, 0, 0, 0]);
  const flat = truth.map((x, k) => (k < 4 ? 0 : x));
  expect(kernel.nearestVertexDistance(tree, flat, truth)).toBeNaN();
});

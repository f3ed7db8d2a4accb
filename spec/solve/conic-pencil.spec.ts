import { expect, it } from "vitest";
import { stream } from "../../src/random/index.js";
import { conicIntersections } from "../../src/solve/conic-pencil.js";

const ε = Number.EPSILON;
type Point = readonly number[];

const cross = (a: Point, b: Point): number[] =>
  [0, 1, 2].map((c) => a[(c + 1) % 3] * b[(c + 2) % 3] - a[(c + 2) % 3] * b[(c + 1) % 3]);

/** The line pair l mᵀ + m lᵀ [9], scaled to a largest entry of about one. */
function linePair(l: Point, m: Point): number[] {
  const pair = l.flatMap((x, i) => m.map((y, j) => x * y + m[i] * l[j]));
  const size = Math.max(...pair.map(Math.abs));
  return pair.map((x) => x / size);
}

/** Sine of the angle between two points as directions: 0 if they are the same up to scale. */
const apart = (a: Point, b: Point): number =>
  Math.hypot(...cross(a, b)) / (Math.hypot(...a) * Math.hypot(...b));

function intersections(P: number[], Q: number[]): number[][] {
  const points = new Float64Array(12);
  const count = conicIntersections(Float64Array.from(P), Float64Array.from(Q), points);
  return Array.from({ length: count }, (_, k) => [...points.slice(3 * k, 3 * k + 3)]);
}

/** Conics of the pencil through four points: 0·first is a line pair, as is the other end. */
const mixtures = [
  [1, 0, 0, 1],
  [1, 0.5, 0, 1],
  [1, 0, -0.7, 1],
  [1, 0.3, 0.4, 1],
];

it("conicIntersections(P, Q, points) finds four points, degenerate ends of the pencil or not", () => {
  for (let k = 0; k < 400; k++) {
    const draw = stream("spec/conics").at(k);
    const four = Array.from({ length: 4 }, () => [...draw.sphere()]);
    const first = linePair(cross(four[0], four[1]), cross(four[2], four[3]));
    const second = linePair(cross(four[0], four[2]), cross(four[1], four[3]));
    // How far the points are from three on a line, where two of them may merge.
    const triples = [0, 1, 2, 3].map((skip) => four.filter((_, i) => i !== skip));
    const flatness = Math.min(
      ...triples.map(([a, b, c]) => Math.abs(cross(a, b).reduce((s, x, i) => s + x * c[i], 0))),
    );
    if (flatness < 0.05) continue;
    for (const [a, b, c, d] of mixtures) {
      const P = first.map((x, i) => a * x + b * second[i]);
      const Q = first.map((x, i) => c * x + d * second[i]);
      const found = intersections(P, Q);
      expect(found.length).toBe(4);
      // Lines move by ε over their distinctness, and points by that over theirs.
      for (const point of four)
        expect(Math.min(...found.map((x) => apart(x, point)))).toBeLessThan(
          (64 * ε) / flatness ** 3,
        );
    }
  }
});

it("conicIntersections(P, Q, points) finds none where there is none", () => {
  // Concentric circles x² + y² = 1 and = 4 meet in no real point, nor does an ellipse inside another.
  expect(intersections([1, 0, 0, 0, 1, 0, 0, 0, -1], [1, 0, 0, 0, 1, 0, 0, 0, -4])).toEqual([]);
  expect(intersections([1, 0, 0, 0, 2, 0, 0, 0, -1], [1, 0, 0, 0, 1, 0, 0, 0, -4])).toEqual([]);
});

it("conicIntersections(P, Q, points) finds two points of circles that cross", () => {
  // x² + y² = 1 and (x − 1)² + y² = 1 cross at x = ½, y = ±√3/2; their other two points are complex.
  const found = intersections([1, 0, 0, 0, 1, 0, 0, 0, -1], [1, 0, -1, 0, 1, 0, -1, 0, 0]);
  const real = [1, -1].map((sign) => [0.5, (sign * Math.sqrt(3)) / 2, 1]);
  expect(found.length).toBe(2);
  for (const point of real)
    expect(Math.min(...found.map((x) => apart(x, point)))).toBeLessThan(64 * ε);
});

it("conicIntersections(P, Q, points) finds the points of conics whose pencil degenerates at Q alone", () => {
  // y = x² against y(x − ky) = 0: threefold contact at the origin, and the point (1/k, 1/k²).
  for (const k of [0.5, 1, 3]) {
    const parabola = [1, 0, 0, 0, 0, -0.5, 0, -0.5, 0];
    const lines = [0, 0.5, 0, 0.5, -k, 0, 0, 0, 0];
    for (const [P, Q] of [
      [parabola, lines],
      [lines, parabola],
    ]) {
      const found = intersections(P, Q);
      for (const point of [
        [0, 0, 1],
        [1 / k, 1 / k ** 2, 1],
      ])
        expect(Math.min(...found.map((x) => apart(x, point)))).toBeLessThan(64 * ε);
    }
  }
});

import { expect, it } from "vitest";
import * as defined from "../../src/definitions/vertex-distance.js";
import * as kernel from "../../src/kernels/vertex-distance.js";
import { stream } from "../../src/random/stream.js";
import { bigRows, lastDigit, worstGap, worstUlp } from "./big-truth.js";
import {
  bigMotion,
  bigMotions,
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

it("averageVertexDistance and symmetricVertexDistance keep their digits however near the poses are", () => {
  for (const { n, vertices, estimate, truth, count, symmetries } of sightings(
    "vertex-distance/values",
    12,
  )) {
    const [V, E, T, S] = [
      bigRows(vertices, 3),
      bigMotion(estimate),
      bigMotion(truth),
      bigMotions(symmetries),
    ];
    const scale = motionSize(vertices, estimate, truth);
    const add = kernel.averageVertexDistance(n, vertices, estimate, truth);
    expect(worstUlp([add], defined.averageVertexDistance(E, T, V), scale)).toBeLessThan(16);
    const mssd = kernel.symmetricVertexDistance(n, vertices, count, symmetries, estimate, truth);
    const exact = defined.symmetricVertexDistance(E, T, V, S);
    // P S is rounded before it is compared: three products of sizes up to 1, three of up to 2.5 m.
    const rounded = 6 * ε * (reach(vertices) + 0.1);
    expect(Math.abs(mssd - exact.toNumber())).toBeLessThan(16 * ε * scale + rounded);
    const one = kernel.symmetricVertexDistance(n, vertices, 1, symmetries, estimate, truth);
    const alone = defined.symmetricVertexDistance(E, T, V, S.slice(0, 1));
    expect(worstUlp([one], alone, scale)).toBeLessThan(16);
  }
});

it("their gradients are what duals carry through the definition", () => {
  const g = new Float64Array(6);
  for (const { label, n, vertices, estimate, truth, count, symmetries } of sightings(
    "vertex-distance/slopes",
    3,
  )) {
    const [V, E, T, S] = [
      bigRows(vertices, 3),
      bigMotion(estimate),
      bigMotion(truth),
      bigMotions(symmetries),
    ];
    const closed = defined.averageVertexDistanceGradient(E, T, V);
    const flat = (A: typeof V) => constant(A);
    expect(
      worstGap(
        carried(E, (P) => defined.averageVertexDistance(P, flat(T), flat(V))),
        closed,
      ),
    ).toBeLessThan(lostDigits * lastDigit);
    const value = kernel.averageVertexDistanceGradient(n, vertices, estimate, truth, g);
    expect(value).toBe(kernel.averageVertexDistance(n, vertices, estimate, truth));
    // A direction is off by what its terms lose to cancellation.
    expect(
      worstUlp(g, closed, (motionSize(vertices, estimate, truth) / value) * (1 + reach(vertices))),
    ).toBeLessThan(16);
    if (label !== "generic") continue;
    const symmetric = defined.symmetricVertexDistanceGradient(E, T, V, S);
    const byDuals = carried(E, (P) =>
      defined.symmetricVertexDistance(P, flat(T), flat(V), S.map(flat)),
    );
    expect(worstGap(byDuals, symmetric)).toBeLessThan(lostDigits * lastDigit);
    kernel.symmetricVertexDistanceGradient(n, vertices, count, symmetries, estimate, truth, g);
    expect(worstUlp(g, symmetric)).toBeLessThan(64);
  }
});

it("a pure shift is ADD exactly, and a pure turn by θ is at most 2 sin(θ/2) times the reach", () => {
  const draw = stream("vertex-distance/laws");
  const vertices = Float64Array.from({ length: 300 }, () => draw.normal());
  const truth = drawnMotion(draw, 1, [0, 0, 4]);
  const shifted = Float64Array.from(truth, (x, k) => x + (k === 3 ? 3 : k === 7 ? 4 : 0));
  expect(kernel.averageVertexDistance(100, vertices, shifted, truth)).toBeCloseTo(5, 14);
  for (const angle of [1e-6, 0.1, 2, Math.PI]) {
    const turned = composed(truth, drawnMotion(draw, angle, [0, 0, 0]));
    const bound = 2 * Math.sin(angle / 2) * reach(vertices) * (1 + 16 * ε) + 16 * ε;
    expect(kernel.averageVertexDistance(100, vertices, turned, truth)).toBeLessThanOrEqual(bound);
  }
});

it("MSSD is 0 for a symmetric pose, at most the furthest vertex's way, and the same in any frame and order", () => {
  const draw = stream("vertex-distance/symmetry");
  for (const { n, vertices, estimate, truth, count, symmetries } of sightings(
    "vertex-distance/frames",
    6,
    40,
  )) {
    const run = (v: Float64Array, a: Float64Array, b: Float64Array, S = symmetries, c = count) =>
      kernel.symmetricVertexDistance(n, v, c, S, a, b);
    const mssd = run(vertices, estimate, truth);
    expect(mssd).toBeLessThanOrEqual(run(vertices, estimate, truth, symmetries, 1));
    const alike = composed(truth, symmetries.slice(12, 24));
    // P S is formed in two ways, each of six products.
    const rounding = 12 * ε * (reach(vertices) + 3);
    expect(run(vertices, alike, truth)).toBeLessThan(rounding);
    const view = drawnMotion(draw, 2, [0.2, 0.1, 0.3]);
    expect(
      Math.abs(run(vertices, composed(view, estimate), composed(view, truth)) - mssd),
    ).toBeLessThan(2 * rounding);
    const backwards = Float64Array.from(
      { length: 3 * n },
      (_, k) => vertices[3 * (n - 1 - Math.floor(k / 3)) + (k % 3)],
    );
    expect(run(backwards, estimate, truth)).toBe(mssd);
    const brute = [0, 1, 2].map((s) => run(vertices, estimate, truth, symmetries.slice(12 * s), 1));
    expect(mssd).toBe(Math.min(...brute));
  }
});

it("of equal poses ADD and its gradient are 0, the middle of all slopes there", () => {
  const truth = drawnMotion(stream("vertex-distance/kink"), 1, [0, 0, 1]);
  const g = new Float64Array(6).fill(1);
  expect(kernel.averageVertexDistanceGradient(1, Float64Array.of(1, 2, 3), truth, truth, g)).toBe(
    0,
  );
  expect([...g]).toEqual([0, 0, 0, 0, 0, 0]);
  const T = bigMotion(truth);
  const V = bigRows([1, 2, 3], 3);
  for (const slope of defined.averageVertexDistanceGradient(T, T, V))
    expect(slope.toNumber()).toBe(0);
});

it("symmetricPose(P, symmetries, s) is P S_s", () => {
  const { truth, symmetries } = [...sightings("vertex-distance/composed", 1)][0];
  const out = new Float64Array(12);
  kernel.symmetricPose(truth, symmetries, 2, out);
  expect(out).toEqual(composed(truth, symmetries.slice(24)));
});

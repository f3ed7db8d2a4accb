import { expect, it } from "vitest";
import * as defined from "../../src/definitions/vertex-projection.js";
import * as kernel from "../../src/kernels/vertex-projection.js";
import { bigRows, lastDigit, worstGap, worstUlp } from "./big-truth.js";
import {
  bigMotion,
  bigMotions,
  carried,
  composed,
  constant,
  motionSize,
  sightings,
} from "./model-draws.js";

const ε = Number.EPSILON;
/** Poses 10⁻¹² apart cancel as many digits of a difference, and pixels of 10³ three more. */
const lostDigits = 1e17;
/** Pixels by a metre at the least depth: f/Z and (c + f)/Z, in both axes. */
const PIXELS_A_METRE = 2 * (1200 / 1);

it("averageProjectionDistance and symmetricProjectionDistance keep their digits however near the poses are", () => {
  for (const { n, vertices, K, estimate, truth, count, symmetries } of sightings(
    "vertex-projection/values",
    12,
  )) {
    const [V, C, E, T] = [
      bigRows(vertices, 3),
      bigRows(K, 3),
      bigMotion(estimate),
      bigMotion(truth),
    ];
    const scale = PIXELS_A_METRE * motionSize(vertices, estimate, truth);
    const proj = kernel.averageProjectionDistance(n, vertices, K, estimate, truth);
    expect(worstUlp([proj], defined.averageProjectionDistance(E, T, C, V), scale)).toBeLessThan(16);
    const S = bigMotions(symmetries);
    const mspd = kernel.symmetricProjectionDistance(
      n,
      vertices,
      K,
      count,
      symmetries,
      estimate,
      truth,
    );
    const exact = defined.symmetricProjectionDistance(E, T, C, V, S).toNumber();
    // P S is rounded before it is compared, six products of up to 3 m.
    expect(Math.abs(mspd - exact)).toBeLessThan(16 * ε * scale + PIXELS_A_METRE * 6 * ε * 3);
  }
});

it("their gradients are what duals carry through the definition", () => {
  const g = new Float64Array(6);
  for (const { label, n, vertices, K, estimate, truth, count, symmetries } of sightings(
    "vertex-projection/slopes",
    3,
  )) {
    const [V, C, E, T] = [
      bigRows(vertices, 3),
      bigRows(K, 3),
      bigMotion(estimate),
      bigMotion(truth),
    ];
    const flat = constant;
    const closed = defined.averageProjectionDistanceGradient(E, T, C, V);
    const byDuals = carried(E, (P) =>
      defined.averageProjectionDistance(P, flat(T), flat(C), flat(V)),
    );
    expect(worstGap(byDuals, closed)).toBeLessThan(lostDigits * lastDigit);
    const value = kernel.averageProjectionDistanceGradient(n, vertices, K, estimate, truth, g);
    expect(value).toBe(kernel.averageProjectionDistance(n, vertices, K, estimate, truth));
    // A direction of the image loses what the terms of its difference cancel.
    const lost = (PIXELS_A_METRE * motionSize(vertices, estimate, truth)) / value;
    expect(worstUlp(g, closed, PIXELS_A_METRE * lost)).toBeLessThan(16);
    if (label !== "generic") continue;
    const S = bigMotions(symmetries);
    const symmetric = defined.symmetricProjectionDistanceGradient(E, T, C, V, S);
    const run = (P: ReturnType<typeof constant>) =>
      defined.symmetricProjectionDistance(P, flat(T), flat(C), flat(V), S.map(flat));
    expect(worstGap(carried(E, run), symmetric)).toBeLessThan(lostDigits * lastDigit);
    kernel.symmetricProjectionDistanceGradient(
      n,
      vertices,
      K,
      count,
      symmetries,
      estimate,
      truth,
      g,
    );
    expect(worstUlp(g, symmetric, PIXELS_A_METRE * lost)).toBeLessThan(16);
  }
});

it("MSPD is 0 for a symmetric pose, and unchanged by a roll of the camera about its axis", () => {
  for (const { n, vertices, K, estimate, truth, count, symmetries } of sightings(
    "vertex-projection/roll",
    6,
    30,
  )) {
    const square = Float64Array.of(600, 0, 320, 0, 600, 240, 0, 0, 1);
    const roll = Float64Array.of(0.6, -0.8, 0, 0, 0.8, 0.6, 0, 0, 0, 0, 1, 0);
    const run = (C: Float64Array, a: Float64Array, b: Float64Array) =>
      kernel.symmetricProjectionDistance(n, vertices, C, count, symmetries, a, b);
    const rounding = PIXELS_A_METRE * 24 * ε * 3;
    expect(run(K, composed(truth, symmetries.slice(24)), truth)).toBeLessThan(rounding);
    const rolled = run(square, composed(roll, estimate), composed(roll, truth));
    expect(Math.abs(rolled - run(square, estimate, truth))).toBeLessThan(rounding);
    const brute = [0, 1, 2].map((s) =>
      kernel.symmetricProjectionDistance(
        n,
        vertices,
        K,
        1,
        symmetries.slice(12 * s),
        estimate,
        truth,
      ),
    );
    expect(run(K, estimate, truth)).toBe(Math.min(...brute));
  }
});

it("Proj is the same if object, depth and shift all grow alike", () => {
  for (const { n, vertices, K, estimate, truth } of sightings("vertex-projection/scale", 4)) {
    const grown = (P: Float64Array) => P.map((x, k) => (k % 4 === 3 ? 8 * x : x));
    const larger = kernel.averageProjectionDistance(
      n,
      vertices.map((x) => 8 * x),
      K,
      grown(estimate),
      grown(truth),
    );
    expect(larger).toBe(kernel.averageProjectionDistance(n, vertices, K, estimate, truth));
  }
});

it("a point in the camera's own plane is infinitely far, and one that is met has slope 0", () => {
  const K = Float64Array.of(600, 0, 320, 0, 600, 240, 0, 0, 1);
  const at = (z: number) => Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, z);
  const identity = at(0);
  const point = Float64Array.of(0.1, 0, 0);
  expect(kernel.symmetricProjectionDistance(1, point, K, 1, identity, at(1), at(0))).toBe(Infinity);
  const g = new Float64Array(6).fill(1);
  expect(kernel.averageProjectionDistanceGradient(1, point, K, at(1), at(1), g)).toBe(0);
  expect([...g]).toEqual([0, 0, 0, 0, 0, 0]);
});

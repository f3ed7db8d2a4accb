import { expect, it } from "vitest";
import { rotationError } from "../../src/kernels/pose-error.js";
import { type Model, preparedModel, vertexDiameter } from "../../src/metrics/model.js";
import {
  errorNames,
  noPoseErrors,
  poseErrors,
  rotationDefect,
} from "../../src/metrics/pose-errors.js";
import { retriedRotationError, unclampedRotationError } from "../../src/metrics/published.js";
import { score } from "../../src/metrics/result.js";
import { symmetryTransforms } from "../../src/problem/symmetry.js";
import { stream } from "../../src/random/stream.js";
import { camera, composed, drawnMotion } from "../equations/model-draws.js";

const ε = Number.EPSILON;
const draw = stream("metrics/pose-errors");
const cloud = Float64Array.from({ length: 300 }, () => draw.normal());
const plain = preparedModel({ name: "cloud", vertices: cloud, unit: "m" });
/** Eight points of a square prism: it maps onto itself by quarter turns about z. */
const prism = preparedModel({
  name: "prism",
  vertices: [1, -1].flatMap((z) => [
    [1, 1, z],
    [-1, 1, z],
    [-1, -1, z],
    [1, -1, z],
  ]),
  unit: "m",
  symmetries: symmetryTransforms({ symmetries_continuous: [{ axis: [0, 0, 1] }] }, { steps: 4 }),
});
const truth = drawnMotion(draw, 1, [0.2, 0.1, 9]);
const errorsOf = (model: Model, estimate: Float64Array) => {
  const errors = noPoseErrors();
  poseErrors(model, camera, estimate, truth, errorNames, errors);
  return errors;
};

it("preparedModel(vertices) measures the diameter as every pair would, and keeps every vertex", () => {
  let brute = 0;
  for (let i = 0; i < 100; i++)
    for (let j = 0; j < i; j++)
      brute = Math.max(
        brute,
        Math.hypot(...[0, 1, 2].map((a) => cloud[3 * i + a] - cloud[3 * j + a])),
      );
  expect(plain.diameter).toBe(brute);
  expect(plain.diameterFrom).toBe("vertices");
  expect(vertexDiameter(Float64Array.of(5, 5, 5))).toBe(0);
  expect(vertexDiameter(new Float64Array(30).fill(2))).toBe(0);
  const rows = (v: Float64Array) =>
    Array.from({ length: 100 }, (_, i) => [...v.slice(3 * i, 3 * i + 3)].join()).sort();
  expect(rows(plain.vertices)).toEqual(rows(cloud));
  expect(prism.symmetric && prism.symmetryCount === 4 && !plain.symmetric).toBe(true);
});

it("the true pose has no error, a shift is a shift, and a symmetric pose is right but for ADD and angle", () => {
  for (const name of errorNames) expect(errorsOf(plain, truth)[name], name).toBeLessThan(64 * ε);
  const shifted = truth.map((x, k) => x + (k === 3 ? 0.3 : k === 7 ? 0.4 : 0));
  for (const name of ["translation", "add", "mssd"] as const)
    expect(errorsOf(plain, shifted)[name]).toBeCloseTo(0.5, 13);
  const alike = errorsOf(prism, composed(truth, prism.symmetries.slice(12, 24)));
  for (const name of ["addS", "addSReversed", "addOrAddS", "mssd"] as const)
    expect(alike[name], name).toBeLessThan(100 * ε);
  // Pixels of 600 per unit of length over depth.
  expect(alike.mspd).toBeLessThan(600 * 100 * ε);
  expect(alike.rotation).toBeCloseTo(Math.PI / 2, 14);
  expect(alike.add).toBeCloseTo(2, 13);
});

it("ADD(-S) is ADD-S of symmetric objects and ADD of the others; ADD-S is at most ADD; MSSD at least ADD without symmetries", () => {
  for (let i = 0; i < 20; i++) {
    const estimate = composed(
      truth,
      drawnMotion(stream("metrics/order").at(i), 0.3, [0.05, 0, 0.1]),
    );
    const [a, b] = [errorsOf(plain, estimate), errorsOf(prism, estimate)];
    expect(a.addOrAddS).toBe(a.add);
    expect(b.addOrAddS).toBe(b.addS);
    for (const errors of [a, b]) expect(errors.addS).toBeLessThanOrEqual(errors.add * (1 + 16 * ε));
    expect(a.mssd).toBeGreaterThanOrEqual(a.add);
    expect(a.mspd).toBeGreaterThanOrEqual(a.projection);
  }
});

it("a matrix that is no rotation is reported by its defect and taken as it is", () => {
  const grown = truth.map((x, k) => (k % 4 < 3 ? 1.01 * x : x));
  expect(rotationDefect(grown)).toBeCloseTo(1.01 ** 3 - 1, 12);
  expect(errorsOf(plain, grown).defect).toBe(rotationDefect(grown));
  expect(errorsOf(plain, grown).add).toBeGreaterThan(0.001);
  const mirrored = truth.map((x, k) => (k % 4 === 2 ? -x : x));
  expect(rotationDefect(mirrored)).toBeCloseTo(2, 14);
  expect(rotationDefect(truth)).toBeLessThan(16 * ε);
});

it("vertices behind the camera are counted, and bad input is refused by name", () => {
  const behind = truth.map((x, k) => (k === 11 ? -20 : x));
  expect(errorsOf(plain, behind).behind).toBe(100);
  expect(errorsOf(plain, truth).behind).toBe(0);
  const run = (estimate: Float64Array, K: Float64Array | null = camera) =>
    poseErrors(plain, K, estimate, truth, ["projection"], noPoseErrors());
  expect(() => run(truth.map((x, k) => (k === 5 ? Number.NaN : x)))).toThrow(
    "poseErrors: expected a finite estimate, got NaN at 5",
  );
  expect(() => run(truth, null)).toThrow(
    "poseErrors: expected K of 9 numbers for pixels, got null",
  );
  expect(() => run(truth.slice(1))).toThrow("expected estimate [R | t] of 12 numbers, got 11");
  const model = (vertices: number[][], diameter?: number) =>
    preparedModel({ name: "m", unit: "mm", vertices, diameter });
  expect(() => model([])).toThrow("preparedModel: expected at least one vertex of m, got none");
  expect(() => model([[1, 2, 3]])).toThrow(
    "preparedModel: expected a positive diameter of m, got 0",
  );
  expect(() => model([[1, 2, 3]], -1)).toThrow(
    "preparedModel: expected a positive diameter of m, got -1",
  );
  expect(() => model([[1, 2, Infinity]], 1)).toThrow("finite vertices");
  expect(() => model([[1, 2]], 1)).toThrow("shape");
});

it("unclampedRotationError is NaN where a trace is rounded beyond 3; the eggbox is turned once beyond a quarter turn", () => {
  const identity = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0);
  const grown = identity.map((x) => x * (1 + ε));
  expect(unclampedRotationError(grown, grown)).toBeNaN();
  expect(rotationError(grown, grown)).toBe(0);
  expect(unclampedRotationError(identity, identity)).toBe(0);
  const flipped = composed(identity, Float64Array.of(-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0));
  expect(rotationError(flipped, identity)).toBe(Math.PI);
  expect(retriedRotationError(rotationError, flipped, identity)).toBe(0);
});

it("score(metric, rule, objects) carries denominator, unit, diameters, objects and quirks with its number", () => {
  const objects = [
    { model: plain, errors: Float64Array.of(0.01, Infinity, 0.02, 9) },
    { model: prism, errors: Float64Array.of(0.01) },
    { model: { ...prism, name: "unseen" }, errors: new Float64Array(0) },
  ];
  const { perObject, mean } = score(
    "addOrAddS",
    { kind: "accuracy", threshold: 0.1, of: "diameter" },
    objects,
  );
  expect(perObject.map(({ value }) => value)).toEqual([0.5, 1, Number.NaN]);
  expect(perObject[0]).toMatchObject({
    denominator: { count: 4, of: "targets" },
    missing: 1,
    unit: "1",
    errorUnit: "m",
    diameters: [plain.diameter],
    direction: "truth to estimate",
    status: "ok",
  });
  expect(perObject[2].status).toBe("empty");
  expect(mean).toMatchObject({
    value: 0.75,
    denominator: { count: 2, of: "objects" },
    objects: ["cloud", "prism"],
    symmetries: ["cloud: ADD", "prism: ADD-S"],
    compatibility: [],
  });
  const area = score("addS", { kind: "area", area: "toolbox", limit: 0.1 }, objects).mean;
  expect(area.compatibility).toHaveLength(1);
  const average = score("translation", { kind: "mean" }, objects.slice(0, 1)).mean;
  expect(average.value).toBeCloseTo(9.03 / 3, 14);
  expect(average).toMatchObject({ unit: "m", missing: 1, frame: "camera" });
  expect(
    score("mspd", { kind: "average recall", thresholds: [5] }, objects.slice(2)).mean.status,
  ).toBe("empty");
  expect(() =>
    score("add", { kind: "mean" }, [
      objects[0],
      { ...objects[1], model: { ...prism, unit: "mm" } },
    ]),
  ).toThrow("one unit of all models, got m, mm");
});

import { expect, it } from "vitest";
import { type Model, preparedModel } from "../../src/metrics/model.js";
import { type ErrorName, noPoseErrors, poseErrors } from "../../src/metrics/pose-errors.js";
import { symmetryTransforms } from "../../src/problem/symmetry.js";
import { type Stream, stream } from "../../src/random/stream.js";
import { camera, composed, drawnMotion } from "../equations/model-draws.js";

const ε = Number.EPSILON;
/** Errors that say nothing of where the object's frame is; ‖Δt‖ and NPE do. */
const free: ErrorName[] = [
  ...(["rotation", "add", "addS", "addSReversed", "addOrAddS"] as const),
  ...(["projection", "mssd", "mspd"] as const),
];
const lengths = 0.1;
const depth = 1;

/** Four corners about each point, so that quarter turns about z map the vertices onto themselves. */
function turnable(draw: Stream): Float64Array {
  return Float64Array.from(
    Array.from({ length: 8 }, () => {
      const [x, y, z] = [0, 1, 2].map(() => lengths * draw.normal());
      return [x, y, z, -y, x, z, -x, -y, z, y, -x, z];
    }).flat(),
  );
}
const quarter = symmetryTransforms({ symmetries_continuous: [{ axis: [0, 0, 1] }] }, { steps: 4 });
const errorsOf = (model: Model, estimate: Float64Array, truth: Float64Array) => {
  const errors = noPoseErrors();
  poseErrors(model, camera, estimate, truth, free, errors);
  return errors;
};
const inverse = (P: Float64Array) =>
  Float64Array.from({ length: 12 }, (_, k) => {
    const [i, j] = [Math.floor(k / 4), k % 4];
    return j < 3 ? P[4 * j + i] : -(P[i] * P[3] + P[4 + i] * P[7] + P[8 + i] * P[11]);
  });
const moved = (vertices: Float64Array, G: Float64Array) =>
  vertices.map((_, k) => {
    const [v, r] = [3 * Math.floor(k / 3), 4 * (k % 3)];
    return G[r] * vertices[v] + G[r + 1] * vertices[v + 1] + G[r + 2] * vertices[v + 2] + G[r + 3];
  });

/** A model and two poses of it, near each other. */
function* cases() {
  for (let i = 0; i < 12; i++) {
    const draw = stream("metrics/laws").at(i);
    const truth = drawnMotion(draw, 3 * draw.uniform(), [0.1, -0.05, depth]);
    const step = drawnMotion(draw, 0.3 * draw.uniform(), [0, 0, 0]);
    const estimate = composed(truth, step).map(
      (x, k) => x + (k % 4 === 3 ? 0.01 * draw.normal() : 0),
    );
    const vertices = turnable(draw);
    yield { draw, truth, estimate, vertices };
  }
}
/** Six products of at most a metre in each pose; pixels by f/z, and by 1/z of points near the camera. */
const rounding = (name: ErrorName) =>
  64 * ε * (name === "projection" || name === "mspd" ? (573 / depth) * 8 : 1);

it("every error but ‖Δt‖ and NPE is the same in another frame of the object", () => {
  for (const { draw, truth, estimate, vertices } of cases()) {
    const G = drawnMotion(draw, 2, [0.1, 0.2, -0.1]);
    const back = inverse(G);
    const there = Float64Array.from({ length: 12 * quarter.count }, (_, k) => {
      const S = quarter.transforms.subarray(12 * Math.floor(k / 12), 12 * Math.floor(k / 12) + 12);
      return composed(composed(G, S), back)[k % 12];
    });
    const here = preparedModel({ name: "a", vertices, unit: "m", symmetries: quarter });
    const other = preparedModel({
      ...{ name: "b", vertices: moved(vertices, G), unit: "m" },
      symmetries: { count: quarter.count, transforms: there },
    });
    const [a, b] = [
      errorsOf(here, estimate, truth),
      errorsOf(other, composed(estimate, back), composed(truth, back)),
    ];
    for (const name of free) expect(Math.abs(a[name] - b[name]), name).toBeLessThan(rounding(name));
  }
});

it("a symmetric pose changes ADD-S, MSSD and MSPD of neither estimate nor truth, and reordered vertices nothing", () => {
  const blind: ErrorName[] = ["addS", "addSReversed", "addOrAddS", "mssd", "mspd"];
  for (const { draw, truth, estimate, vertices } of cases()) {
    const model = preparedModel({ name: "a", vertices, unit: "m", symmetries: quarter });
    const errors = errorsOf(model, estimate, truth);
    const S = quarter.transforms.subarray(24, 36);
    for (const [P, Q] of [
      [composed(estimate, S), truth],
      [estimate, composed(truth, S)],
    ])
      for (const name of blind)
        expect(Math.abs(errorsOf(model, P, Q)[name] - errors[name]), name).toBeLessThan(
          rounding(name),
        );
    const order = Array.from({ length: 32 }, (_, i) => i);
    draw.shuffle(order);
    const mixed = preparedModel({
      ...{ name: "a", unit: "m", symmetries: quarter },
      vertices: Float64Array.from(order.flatMap((i) => [...vertices.subarray(3 * i, 3 * i + 3)])),
    });
    for (const name of free)
      expect(Math.abs(errorsOf(mixed, estimate, truth)[name] - errors[name]), name).toBeLessThan(
        rounding(name),
      );
  }
});

it("a roll of the camera about its axis leaves MSPD and projections as they are where fx = fy", () => {
  const K = Float64Array.of(570, 0, 320, 0, 570, 240, 0, 0, 1);
  for (const { truth, estimate, vertices } of cases()) {
    const model = preparedModel({ name: "a", vertices, unit: "m", symmetries: quarter });
    const roll = Float64Array.of(0.6, -0.8, 0, 0, 0.8, 0.6, 0, 0, 0, 0, 1, 0);
    const [a, b] = [noPoseErrors(), noPoseErrors()];
    poseErrors(model, K, estimate, truth, ["mspd", "projection"], a);
    poseErrors(
      model,
      K,
      composed(roll, estimate),
      composed(roll, truth),
      ["mspd", "projection"],
      b,
    );
    for (const name of ["mspd", "projection"] as const)
      expect(Math.abs(a[name] - b[name])).toBeLessThan(rounding(name));
  }
});

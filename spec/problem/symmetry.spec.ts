import { expect, it } from "vitest";
import { coordinateRegression } from "../../src/kernels/auxiliary-dense-losses.js";
import { rotation } from "../../src/kernels/rodrigues.js";
import { denseLabel, sparseLabel } from "../../src/loss/symmetric-label.js";
import { candidatePoses, poseFromVector, symmetryTransforms } from "../../src/problem/index.js";
import type { Pose } from "../../src/problem/pose.js";
import { stream } from "../../src/random/index.js";
import { normals } from "../equations/head-draws.js";

const ε = Number.EPSILON;
/** Half turn about z and half turn about x: with the identity and their product, a group of four. */
const halfTurn = (axis: number[]) => {
  const R = new Float64Array(9);
  rotation(
    Float64Array.from(axis, (x) => Math.PI * x),
    R,
  );
  return [...R.slice(0, 3), 0, ...R.slice(3, 6), 0, ...R.slice(6), 0, 0, 0, 0, 1];
};
const box = {
  symmetries_discrete: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ].map(halfTurn),
};
const can = { symmetries_continuous: [{ axis: [0, 0, 2], offset: [0.01, -0.02, 0.3] }] };
const barrel = {
  symmetries_continuous: [{ axis: [0, 0, 1] }],
  symmetries_discrete: [halfTurn([1, 0, 0])],
};
const K = Float64Array.of(600, 0, 320, 0, 610, 240, 0, 0, 1);
const truePose = (k: number) => {
  const y = normals("symmetry/pose", k, 6, 0.8);
  return poseFromVector([y[0], y[1], y[2], 0.1 * y[3], 0.1 * y[4], 1.2 + 0.1 * y[5]]);
};
const moved = ({ R, t }: Pose, z: Float64Array): Float64Array =>
  z.map((_, i) => {
    const [point, a] = [i - (i % 3), i % 3];
    let sum = t.data[a];
    for (let j = 0; j < 3; j++) sum += R.data[3 * a + j] * z[point + j];
    return sum;
  });
const back = ({ R, t }: Pose, X: Float64Array): Float64Array =>
  X.map((_, i) => {
    const [point, a] = [i - (i % 3), i % 3];
    let sum = 0;
    for (let j = 0; j < 3; j++) sum += R.data[3 * j + a] * (X[point + j] - t.data[j]);
    return sum;
  });
const pixels = (X: Float64Array) => {
  const out = new Float64Array((X.length / 3) * 2);
  for (let i = 0; i < X.length / 3; i++)
    for (const a of [0, 1])
      out[2 * i + a] = (K[4 * a] * X[3 * i + a]) / X[3 * i + 2] + K[3 * a + 2];
  return out;
};
const rays = (X: Float64Array) =>
  X.map((x, i) => (i % 3 === 2 ? x : K[4 * (i % 3)] * x + K[3 * (i % 3) + 2] * X[i - (i % 3) + 2]));
const points = (k: number, n: number) => normals("symmetry/points", k, 3 * n, 0.05);
const last = (x: number) => 64 * ε * x;

it("denseLabel and sparseLabel choose what brute force over all candidates does (card S-21, 1)", () => {
  const set = symmetryTransforms(barrel, { steps: 36 });
  for (let k = 0; k < 20; k++) {
    const candidates = candidatePoses(truePose(k), set);
    const z = points(k, 128);
    const chosen = stream("symmetry/chosen").at(k).integer(set.count);
    const X = moved(candidates[chosen], z);
    const noise = normals("symmetry/noise", k, z.length, 2e-3);
    const estimate = z.map((x, i) => x + noise[i]);
    const dense = denseLabel(candidates, { K, rays: rays(X), z: estimate });
    expect(dense.index).toBe(chosen);
    const brute = candidates.map((P) => {
      const own = back(P, X);
      let total = 0;
      for (let i = 0; i < own.length; i += 3)
        total += Math.hypot(...[0, 1, 2].map((a) => own[i + a] - estimate[i + a]));
      return total / 128;
    });
    brute.forEach((e, i) => {
      expect(Math.abs(dense.errors[i] - e)).toBeLessThanOrEqual(last(2));
    });
    const sparse = sparseLabel(candidates, { K, z, x2d: pixels(X) });
    expect(sparse.index).toBe(chosen);
    // Pixels are of order 10³, and exact but for rounding at the chosen pose.
    expect(sparse.errors[chosen]).toBeLessThanOrEqual(last(1e3));
    expect(Math.min(...sparse.errors.filter((_, i) => i !== chosen))).toBeGreaterThan(1);
  }
});

it("a coordinate loss at the chosen label is the same for every symmetric label (card S-21, 2)", () => {
  const all = new Float64Array(64).fill(1);
  for (const [description, steps] of [
    [box, 1],
    [can, 12],
    [barrel, 12],
  ] as const) {
    const set = symmetryTransforms(description, { steps });
    const truth = truePose(steps);
    const z = points(steps, 64);
    const X = moved(truth, z);
    const noise = normals("symmetry/loss", steps, z.length, 1e-3);
    const estimate = z.map((x, i) => x + noise[i]);
    const losses = candidatePoses(truth, set).map((label) => {
      const candidates = candidatePoses(label, set);
      const { pose } = denseLabel(
        candidates,
        { K, rays: rays(X), z: estimate },
        { leastPoints: 64 },
      );
      return coordinateRegression(64, estimate, back(pose, X), all, 0.2, 0.05, 1e-4);
    });
    for (const loss of losses)
      expect(Math.abs(loss - losses[0])).toBeLessThanOrEqual(1e-12 * losses[0]);
  }
});

it("384 turns leave at most half a step, 0.47°, of angle (card S-21, 3)", () => {
  const description = { symmetries_continuous: [{ axis: [0, 0, 1] }] };
  const half = Math.PI / 384;
  expect((half * 180) / Math.PI).toBeLessThan(0.47);
  const set = symmetryTransforms(description, { steps: "lc" });
  expect(set.count).toBe(384);
  expect(symmetryTransforms(description).count).toBe(315);
  for (let k = 0; k < 6; k++) {
    const angle = 2 * Math.PI * stream("symmetry/angle").at(k).uniform();
    const truth = poseFromVector([0, 0, 0, 0.01, 0.02, 1]);
    const z = points(k, 128);
    const turned = moved(poseFromVector([0, 0, angle, 0.01, 0.02, 1]), z);
    const noise = normals("symmetry/angle-noise", k, z.length, 1e-3);
    const estimate = z.map((x, i) => x + noise[i]);
    const label = denseLabel(candidatePoses(truth, set), { K, rays: rays(turned), z: estimate });
    // Least squares over the angle has a closed form: the direction of Σ (x̂ + iŷ) conj(p + iq).
    const own = back(truth, turned);
    let [c, s] = [0, 0];
    for (let i = 0; i < own.length; i += 3) {
      c += estimate[i] * own[i] + estimate[i + 1] * own[i + 1];
      s += estimate[i] * own[i + 1] - estimate[i + 1] * own[i];
    }
    const best = Math.atan2(s, c);
    const off = (2 * Math.PI * label.index) / 384 - best;
    const away = Math.abs(off - 2 * Math.PI * Math.round(off / (2 * Math.PI)));
    // The mean distance and the mean square differ in their minimisers by noise over √points: 1e-3 / 0.05 / √128.
    expect(away).toBeLessThanOrEqual(half + (2 * 1e-3) / 0.05 / Math.sqrt(128));
  }
});

it("discrete and continuous symmetries are composed, and the composition is a group (card S-21, 4)", () => {
  for (const [description, steps, count] of [
    [box, 1, 4],
    [barrel, 12, 24],
    [barrel, 384, 768],
  ] as const) {
    const { count: found, transforms } = symmetryTransforms(description, { steps });
    expect(found).toBe(count);
    if (count > 24) continue;
    const all = Array.from({ length: count }, (_, k) => transforms.slice(12 * k, 12 * k + 12));
    for (const A of all)
      for (const B of all) {
        const product = [0, 1, 2].flatMap((i) =>
          [0, 1, 2, 3].map(
            (j) =>
              A[4 * i] * B[j] +
              A[4 * i + 1] * B[4 + j] +
              A[4 * i + 2] * B[8 + j] +
              (j === 3 ? A[4 * i + 3] : 0),
          ),
        );
        const nearest = Math.min(
          ...all.map((C) => Math.max(...product.map((x, i) => Math.abs(x - C[i])))),
        );
        expect(nearest).toBeLessThanOrEqual(last(1));
      }
  }
});

it("ADD-S is zero between symmetric poses: each maps the model's points onto one another (card S-21, 5)", () => {
  const set = symmetryTransforms(can, { steps: 12 });
  const ring = Float64Array.from({ length: 36 }, (_, i) => {
    const angle = (2 * Math.PI * Math.floor(i / 3)) / 12;
    return [0.01 + 0.1 * Math.cos(angle), -0.02 + 0.1 * Math.sin(angle), 0.05][i % 3];
  });
  const truth = truePose(3);
  const still = moved(truth, ring);
  for (const pose of candidatePoses(truth, set)) {
    const seen = moved(pose, ring);
    for (let i = 0; i < 36; i += 3) {
      const distances = Array.from({ length: 12 }, (_, j) =>
        Math.hypot(...[0, 1, 2].map((a) => seen[i + a] - still[3 * j + a])),
      );
      expect(Math.min(...distances)).toBeLessThanOrEqual(last(1));
    }
  }
});

it("symmetryTransforms(…) turns after the discrete symmetry, whose origin so goes round the axis", () => {
  const shifted = [1, 0, 0, 0, 0, -1, 0, 0.03, 0, 0, -1, 0.01, 0, 0, 0, 1];
  const description = {
    symmetries_discrete: [shifted],
    symmetries_continuous: [{ axis: [0, 0, 1] }],
  };
  const { transforms } = symmetryTransforms(description, { steps: 4 });
  // The quarter turn of the second half: (0, 0.03, 0.01) goes to (-0.03, 0, 0.01).
  const at = (i: number) => transforms[12 * 5 + 4 * i + 3];
  [-0.03, 0, 0.01].forEach((x, i) => {
    expect(Math.abs(at(i) - x)).toBeLessThanOrEqual(4 * ε);
  });
});

it("symmetryTransforms({}) is the identity; an axis of any length is a direction", () => {
  const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];
  const empty = [
    {},
    { symmetries_discrete: [] },
    { symmetries_continuous: [], symmetries_discrete: [] },
  ];
  for (const description of empty)
    expect([...symmetryTransforms(description).transforms]).toEqual(identity);
  const [long, unit] = [4, 1].map((length) =>
    symmetryTransforms({ symmetries_continuous: [{ axis: [0, length, 0] }] }, { steps: 7 }),
  );
  expect(long.transforms).toEqual(unit.transforms);
  const two = { symmetries_continuous: [{ axis: [0, 0, 1] }, { axis: [1, 0, 0] }] };
  expect(symmetryTransforms(two, { steps: 5 }).count).toBe(9);
});

it("symmetryTransforms(…) throws where a motion is not rigid, an axis is zero or steps make no sense", () => {
  const scaled = [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1];
  const mirror = [-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  const projective = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1];
  const one = (motion: number[]) => () => symmetryTransforms({ symmetries_discrete: [motion] });
  expect(one(scaled)).toThrow("symmetryTransforms: expected an orthonormal R");
  expect(one(mirror)).toThrow("symmetryTransforms: expected det R = 1, got a reflection");
  expect(one(projective)).toThrow(
    "last row of symmetries_discrete[0] to be 0, 0, 0, 1, got 0, 0, 1, 1",
  );
  expect(one([1, 2])).toThrow("symmetries_discrete[0] of shape [4, 4]");
  const axis = (direction: number[]) => () =>
    symmetryTransforms({ symmetries_continuous: [{ axis: direction }] });
  expect(axis([0, 0, 0])).toThrow("symmetries_continuous[0].axis of some length, got 0");
  expect(axis([0, Number.NaN, 1])).toThrow("expected finite symmetries_continuous[0].axis");
  for (const steps of [0, 1.5, -3, Number.NaN])
    expect(() => symmetryTransforms(can, { steps })).toThrow(`whole number >= 1, got ${steps}`);
  expect(() => symmetryTransforms(can, { steps: 2e6 })).toThrow("at most 1000000 motions");
});

it("labels are the first candidate while selection is off, before its start, or on too few points", () => {
  const candidates = candidatePoses(truePose(1), symmetryTransforms(box));
  const z = points(1, 99);
  const dense = { K, rays: rays(moved(candidates[2], z)), z };
  expect(denseLabel(candidates, dense)).toMatchObject({ status: "too-few-points", index: 0 });
  expect(denseLabel(candidates, dense, { leastPoints: 99 })).toMatchObject({
    status: "chosen",
    index: 2,
  });
  for (const options of [{ on: false }, { step: 9, startStep: 10 }])
    expect(denseLabel(candidates, dense, { leastPoints: 1, ...options })).toMatchObject({
      status: "first",
      index: 0,
    });
  const x2d = pixels(moved(candidates[3], z));
  expect(sparseLabel(candidates, { K, z, x2d }, { step: 10, startStep: 10 }).index).toBe(3);
  expect(
    sparseLabel(candidates, { K, z: new Float64Array(0), x2d: new Float64Array(0) }).status,
  ).toBe("too-few-points");
  const drawn = { stream: stream("symmetry/draw"), samples: 32 };
  expect(denseLabel(candidates, dense, { leastPoints: 1, draw: drawn }).index).toBe(2);
});

it("equally near candidates: the first; no candidate, or points that do not fit: an error", () => {
  const P = truePose(2);
  const z = points(2, 4);
  const x2d = pixels(moved(P, z));
  expect(sparseLabel([P, P], { K, z, x2d }).index).toBe(0);
  expect(() => sparseLabel([], { K, z, x2d })).toThrow(
    "sparseLabel: expected at least one candidate",
  );
  expect(() => sparseLabel([P], { K, z, x2d: x2d.slice(2) })).toThrow("sparseLabel: expected x2d");
  expect(() => denseLabel([P], { K, rays: z, z }, { leastPoints: 0 })).toThrow("leastPoints");
  const draw = { stream: stream("symmetry/draw"), samples: 0 };
  expect(() => denseLabel([P], { K, rays: z, z }, { leastPoints: 1, draw })).toThrow("samples");
  const bent = Float64Array.of(600, 0, 320, 0, 610, 240, 0, 0.1, 1);
  expect(() => denseLabel([P], { K: bent, rays: z, z })).toThrow("denseLabel: expected K upper");
});

import { expect, it } from "vitest";
import type { FileReport } from "../../src/audit/report.js";
import type { Claims } from "../../src/formats/claims.js";
import { kdTree } from "../../src/kernels/kd-tree.js";
import { nearestVertexDistance } from "../../src/kernels/nearest-vertex.js";
import { relativePositionError, rotationError } from "../../src/kernels/pose-error.js";
import {
  averageVertexDistance,
  symmetricVertexDistance,
} from "../../src/kernels/vertex-distance.js";
import {
  averageProjectionDistance,
  symmetricProjectionDistance,
} from "../../src/kernels/vertex-projection.js";
import { array } from "./claimed.js";
import {
  audited,
  claimed,
  inputs,
  inputsOf,
  K,
  M,
  moved,
  type Pair,
  pairs,
  S,
  sound,
  trace,
  verdicts,
} from "./metrics-draft.js";

const all = Object.fromEntries(Object.entries(sound).map(([name, of]) => [name, claimed(of)]));
const isSound = (report: FileReport) => {
  for (const { quantity, verdict, explanation } of report.claims) {
    expect(["correct", "rounding"], quantity).toContain(verdict);
    expect(explanation, quantity).toBe(null);
  }
};

it("what evaluators and what kernels compute is correct, or rounding", async () => {
  isSound(await audited(all));
  const flat = (P: readonly number[]) => Float64Array.from(P);
  const kernels: typeof sound = {
    add: (p) => averageVertexDistance(M, flat(p.points.flat()), flat(p.estimate), flat(p.truth)),
    adds: (p) =>
      nearestVertexDistance(kdTree(M, flat(p.points.flat())), flat(p.estimate), flat(p.truth)),
    proj: (p) =>
      averageProjectionDistance(M, flat(p.points.flat()), flat(K), flat(p.estimate), flat(p.truth)),
    mssd: (p) =>
      symmetricVertexDistance(
        ...([M, flat(p.points.flat()), S, flat(p.symmetries.flat())] as const),
        ...([flat(p.estimate), flat(p.truth)] as const),
      ),
    mspd: (p) =>
      symmetricProjectionDistance(
        ...([M, flat(p.points.flat()), flat(K), S, flat(p.symmetries.flat())] as const),
        ...([flat(p.estimate), flat(p.truth)] as const),
      ),
    npe: (p) => relativePositionError(flat(p.estimate), flat(p.truth), 0),
    ad: (p) => rotationError(flat(p.estimate), flat(p.truth)),
  };
  const report = await audited(
    Object.fromEntries(Object.entries(kernels).map(([name, of]) => [name, claimed(of)])),
  );
  for (const { verdict } of report.claims) expect(verdict).toBe("correct");
  expect(report).toMatchObject({ problems: 4, correspondences: 0, points: M });
});

it("float32 numbers are sound as float32, and wrong as float64; shared inputs are as good", async () => {
  const single = Object.fromEntries(
    Object.entries(all).map(([name, { shape, data }]) => [
      name,
      array(shape as number[], data.map(Math.fround)),
    ]),
  );
  isSound(await audited(single, { dtype: "float32" }));
  const { adds, proj, ad } = single;
  for (const { verdict } of (await audited({ adds, proj, ad })).claims)
    expect(verdict).toBe("wrong");
  const one = pairs.map((pair) => ({ ...pair, points: pairs[0].points, symmetries: [] }));
  const { symmetries: _, ...rest } = inputsOf(one);
  const input = { ...rest, points: array([M, 3], pairs[0].points.flat()) };
  isSound(await audited({ add: claimed(sound.add, one) }, { input }));
});

it("NaN of equal rotations is an arc cosine without clamps, and elsewhere only NaN", async () => {
  const equal = pairs.map((p, b) => (b === 1 ? { ...p, estimate: p.truth } : p));
  const given = { input: inputsOf(equal) };
  const angle = (p: Pair) => (p.estimate === p.truth ? Number.NaN : sound.ad(p));
  const first = await audited({ ad: claimed(angle, equal) }, given);
  expect(verdicts(first)).toEqual([["ad", "wrong", "unclamped-arccosine"]]);
  expect(first.claims[0].sentence).toMatch(/^In problems 1 the rotations differ by 0 or π/);
  const other = await audited({ ad: claimed((p) => (trace(p) > 2.9 ? Number.NaN : 1), pairs) });
  expect(verdicts(other)).toEqual([["ad", "wrong", "non-finite"]]);
  const nothing = await audited(
    { add: claimed((p) => (p === equal[1] ? 0 : sound.add(p)), equal) },
    given,
  );
  expect(verdicts(nothing)).toEqual([["add", "correct", null]]);
});

it("a matrix that is no rotation is reported and taken as it is: its arc cosine is another convention", async () => {
  const printed = pairs.map((p) => ({
    ...p,
    estimate: p.estimate.map((v, k) => (k % 4 < 3 ? Math.round(v * 1e4) / 1e4 : v)),
  }));
  const report = await audited(
    { ad: claimed(sound.ad, printed), add: claimed(sound.add, printed) },
    { input: inputsOf(printed) },
  );
  expect(report.forward.status).toBe("no-rotation");
  expect(report.forward.sentence).toMatch(/^R_est of problem 0 is no rotation/);
  expect(verdicts(report)).toEqual([
    ["ad", "correct-under-convention", "arccosine-of-trace"],
    ["add", "correct", null],
  ]);
});

it("npe at t_gt = 0 and a point in the camera's plane are ill-posed; points behind it are told of", async () => {
  const put = (pair: Pair, z: number): Pair => ({
    ...pair,
    truth: pair.truth.with(3, 0).with(7, 0).with(11, z),
  });
  const none = [put(pairs[0], 0)];
  const at = await audited(
    { npe: claimed(() => 1, none), te: claimed(sound.te, none) },
    { input: inputsOf(none) },
  );
  expect(verdicts(at)).toEqual([
    ["npe", "ill-posed", null],
    ["te", "correct", null],
  ]);
  expect(at.forward.status).toBe("behind-camera");
  expect(at.forward.sentence).toMatch(/problems 0;/);
  const [v] = pairs[0].points;
  const level = [put(pairs[0], -moved(put(pairs[0], 0).truth, v)[2])];
  const plane = await audited({ proj: claimed(() => 1e9, level) }, { input: inputsOf(level) });
  expect(verdicts(plane)).toEqual([["proj", "ill-posed", null]]);
});

it("what a quantity needs has to be given, and has to make sense", async () => {
  const without = (name: string) => {
    const { [name]: _, ...rest } = inputs;
    return rest;
  };
  const { add, proj, ad } = all;
  const refused = async (claim: Claims["claim"], input: Claims["input"], message: string) =>
    expect(audited(claim, { input })).rejects.toThrow(message);
  await refused({ add }, without("points"), "claim/add: expected input/points beside it, got none");
  await refused({ proj }, without("K"), "claim/proj: expected input/K beside it, got none");
  await refused({ ad }, without("R_gt"), "input/R_gt: expected it for method metrics, got none");
  await refused(
    { add },
    { ...inputs, points: array([4, 0, 3], []) },
    "input/points: expected at least one point, got none",
  );
  await refused(
    { add },
    { ...inputs, diameter: array([], [0]) },
    "input/diameter[0]: expected a length > 0, got 0",
  );
  await refused({ add }, { ...inputs, t_gt: array([3, 3], new Float64Array(9)) }, "input/t_gt");
  await refused(
    { add },
    { ...inputs, points: array([4, 9], new Float64Array(36)) },
    "input/points: expected shape",
  );
  await refused(
    { add },
    { ...inputs, symmetries: array([2, 4, 4], new Float64Array(32)) },
    "input/symmetries: expected shape [4,2,3,4] or [2,3,4]",
  );
  const angles = await audited({ ad }, { input: without("points") });
  expect(verdicts(angles)[0][1]).not.toBe("wrong");
  expect(angles.points).toBe(0);
});

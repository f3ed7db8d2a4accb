import { describe, expect, it } from "vitest";
import {
  covarianceLosses,
  InlineBackend,
  mapGradients,
  monteCarloLosses,
  packedProblems,
  poseDistances,
  poseGradients,
  seededMonteCarloLosses,
  solvedPoses,
} from "../../src/backend/index.js";
import { scene } from "../../src/problem/scenes.js";
import { corners, drawnSamples } from "./drawn-inputs.js";

const inline = new InlineBackend();
const n = 8;
const at = scene("cube", { n, noise: 0.5 });
const one = {
  ...at.correspondences,
  n: 1,
  x2d: Float64Array.of(1, 2),
  x3d: Float64Array.of(1, 2, 3),
  w2d: Float64Array.of(1, 1),
};
const still = { ...at.correspondences, x2d: new Float64Array(2 * n).fill(100) };
const problems = packedProblems([at.correspondences, one, still, at.correspondences]);
const points = problems.offsets[4];
const { pose } = await solvedPoses(inline, problems);
const upright = Float64Array.from({ length: 28 }, (_, k) => pose[k % 7]);

/** Whether numbers of a batch are those of its first problem in its last, and what they are in between. */
function expectNeighbours(values: Float64Array, width: number): Float64Array {
  const length = values.length === points * width ? n * width : width;
  expect(values.slice(-length)).toEqual(values.slice(0, length));
  expect(values.slice(0, length).every(Number.isFinite)).toBe(true);
  return values.slice(length, -length);
}

describe("what one problem lacks does not reach its neighbours:", () => {
  it("a pose that was not found", async () => {
    expect(pose.slice(7, 14).every(Number.isNaN)).toBe(true);
    const gradients = await poseGradients(inline, problems, pose, new Float64Array(24).fill(1));
    expect(gradients.status.slice(0, 2)).toEqual(["ok", "not-finite"]);
    expect(expectNeighbours(gradients.x3d, 3).slice(0, 3).every(Number.isNaN)).toBe(true);
    const losses = await covarianceLosses(inline, problems, pose, { corners: corners(1, 8) });
    expect(losses.status[1]).toBe("nonFinite");
    expect(expectNeighbours(losses.loss, 1)[0]).toBeNaN();
  });

  it("a pose that is lost in part", async () => {
    const lost = upright.slice();
    lost[8] = Number.NaN;
    const gradients = await poseGradients(inline, problems, lost, new Float64Array(24).fill(1));
    expect(gradients.status[1]).toBe("not-finite");
    const losses = await covarianceLosses(inline, problems, lost, { corners: corners(1, 8) });
    expect(losses.status[1]).toBe("nonFinite");
    const { status, add } = await poseDistances(inline, corners(1, 8), lost, upright);
    expect(status).toEqual(["ok", "no-pose", "ok", "ok"]);
    expect(add).toEqual(Float64Array.of(0, Number.NaN, 0, 0));
  });

  it("an upstream gradient that is no number", async () => {
    const v = new Float64Array(24).fill(1);
    v[8] = Number.NaN;
    const gradients = await poseGradients(inline, problems, upright, v);
    expect(gradients.status[1]).toBe("not-finite");
    expect(expectNeighbours(gradients.K, 9).slice(0, 9).every(Number.isNaN)).toBe(true);
    expect(expectNeighbours(gradients.delta, 1)[0]).toBeNaN();
  });

  it("an upstream gradient of a map that is no number", async () => {
    const maps = Float64Array.from({ length: 18 }, (_, k) => Math.sin((k % 6) ** 2));
    maps.fill(Number.NaN, 12);
    const by = Float64Array.of(1, 2, 1, Number.NaN, 1, Number.NaN);
    const gradients = await mapGradients(inline, maps, by, undefined, { rows: 2, columns: 3 });
    expect(gradients.status).toEqual(["ok", "not-finite", "not-finite"]);
    expect(gradients.maps.subarray(0, 6).every(Number.isFinite)).toBe(true);
    expect(gradients.maps.subarray(6, 12).every(Number.isNaN)).toBe(true);
    expect([...gradients.maps.subarray(12)]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("points enough for an adaptive threshold, or a threshold above zero", async () => {
    const { target, poses, logDensities } = drawnSamples(upright, 7, 4, 1);
    for (let b = 0; b < 4; b++) poses.copyWithin(28 * b, 0, 28);
    logDensities.fill(0);
    const adaptive = { relativeDelta: 0.1, attachedThreshold: "full" } as const;
    const given = await monteCarloLosses(
      inline,
      problems,
      target,
      { poses, logDensities },
      adaptive,
    );
    expect(given.status).toEqual(["ok", "too-few-points", "ok", "ok"]);
    expect(expectNeighbours(given.loss, 1)[0]).toBeNaN();
    expect([...expectNeighbours(given.x2d, 2).slice(0, 2)]).toEqual([0, 0]);
    expect(given.delta.slice(1, 3)).toEqual(Float64Array.of(Number.NaN, 0));

    const seeded = await seededMonteCarloLosses(inline, problems, target, {
      ...adaptive,
      samples: 8,
      iterations: 1,
      indices: [0, 1, 2, 0],
    });
    expect(seeded.status).toEqual(["ok", "too-few-points", "zero-weights", "ok"]);
    expect(expectNeighbours(seeded.w2d, 2).every((slope) => slope === 0)).toBe(true);
  });
});

import ndarray from "ndarray";
import { expect, it } from "vitest";
import {
  heatMapTerms,
  keypointPipeline,
  linearCovarianceTerms,
  monteCarloTerms,
  poseTerms,
} from "../../src/pipeline/index.js";
import { gap, largest } from "../heatmap/strided.js";
import { camera, drone, droneScene, image } from "./drone.js";

const small = { rows: 6, columns: 8 };
const ε = Number.EPSILON;
const every = {
  projection: 1,
  regularisation: 1,
  heatMap: 1,
  linearCovariance: 0.1,
  monteCarlo: 0.1,
};
const cells = 9 * 48;

it("an image whose map is NaN counts in nothing: the others are as they would be alone", () => {
  const { logits, scene, poses } = droneScene("edges/nan", 3, small);
  logits.data[cells + 50] = Number.NaN;
  const found = keypointPipeline(logits, scene, { terms: every, outside: "keep" });
  expect(
    found.items.map(({ failures }) => failures.map(({ stage, status }) => [stage, status])),
  ).toEqual([[], [["map", "not-finite"]], []]);
  expect(found.terms.projection?.counted).toBe(2);
  expect(found.terms.heatMap?.counted).toBe(18);
  const data = Float64Array.from([...logits.data.slice(0, cells), ...logits.data.slice(2 * cells)]);
  const others = { ...scene, poses: [poses[0], poses[2]] };
  const { terms: noDraws } = { terms: { ...every, monteCarlo: 0 } };
  const pair = keypointPipeline(ndarray(data, [2, 9, 6, 8]), others, {
    terms: noDraws,
    outside: "keep",
  });
  const again = keypointPipeline(logits, scene, { terms: noDraws, outside: "keep" });
  expect(Math.abs(again.loss - pair.loss)).toBeLessThan(16 * ε * pair.loss);
  const [g, h] = [again.gradients[0].data, pair.gradients[0].data];
  expect(largest(g.slice(cells, 2 * cells))).toBe(0);
  expect(gap([...g.slice(0, cells), ...g.slice(2 * cells)], h)).toBeLessThan(16 * ε * largest(h));
});

it("an image with a label outside is dropped, or kept where that is asked for", () => {
  const { logits, scene } = droneScene("edges/outside", 2, small);
  const keypoints = ndarray(new Float64Array(36).fill(100), [2, 9, 2]);
  keypoints.set(1, 3, 0, 319.6);
  const labelled = { ...scene, keypoints };
  const dropped = keypointPipeline(logits, labelled, { terms: poseTerms });
  expect(dropped.items[1].failures[0]).toMatchObject({
    stage: "label",
    status: "outside",
    counts: false,
  });
  expect(dropped.terms.projection?.counted).toBe(1);
  expect(largest(dropped.gradients[0].data.slice(cells))).toBe(0);
  const kept = keypointPipeline(logits, labelled, { terms: poseTerms, outside: "keep" });
  expect(kept.terms.projection?.counted).toBe(2);
});

it("a solver that fails is said so, and leaves l_h to learn from", () => {
  const { logits, scene } = droneScene("edges/solver", 1, small);
  // All keypoints at one place in space: any rotation fits.
  const points = ndarray(new Float64Array(27).fill(0.1), [9, 3]);
  const found = keypointPipeline(
    logits,
    { ...scene, points },
    { terms: { ...poseTerms, heatMap: 1 }, outside: "keep" },
  );
  expect(found.items[0].failures[0]).toMatchObject({ stage: "layer", status: "coincident" });
  expect(found.items[0].pose).toBeNull();
  expect(found.terms.projection).toEqual({ value: 0, counted: 0 });
  expect(found.loss).toBe(found.terms.heatMap?.value);
  expect(largest(found.gradients[0].data)).toBeGreaterThan(0);
});

it("flat maps put every keypoint in the middle: no pose, no NaN", () => {
  const { scene } = droneScene("edges/flat", 1, small);
  for (const value of [0, -3]) {
    const flat = ndarray(new Float64Array(cells).fill(value), [1, 9, 6, 8]);
    const found = keypointPipeline(flat, scene, {
      terms: { ...poseTerms, heatMap: 1 },
      outside: "keep",
    });
    expect([...found.items[0].keypoints]).toEqual(
      Array.from({ length: 18 }, (_, i) => [159.5, 119.5][i % 2]),
    );
    expect(found.items[0].failures.map(({ stage }) => stage)).toEqual(["layer"]);
    expect(found.gradients[0].data.every(Number.isFinite)).toBe(true);
  }
});

it("maps of one pixel have keypoints that nothing moves", () => {
  const { scene } = droneScene("edges/one", 1, small);
  const one = ndarray(new Float64Array(9), [1, 9, 1, 1]);
  const { items, gradients } = keypointPipeline(one, scene, {
    terms: heatMapTerms,
    outside: "keep",
  });
  expect([...items[0].keypoints.slice(0, 2)]).toEqual([159.5, 119.5]);
  expect(largest(gradients[0].data)).toBe(0);
});

it("no images give no loss and empty gradients", () => {
  const none = ndarray(new Float64Array(0), [0, 9, 6, 8]);
  const scene = { points: ndarray(drone, [9, 3]), camera, image, poses: [] };
  const found = keypointPipeline(none, scene, { terms: every });
  expect([found.loss, found.items, found.gradients[0].shape]).toEqual([0, [], [0, 9, 6, 8]]);
});

it("misuse is refused with what was expected and what was given", () => {
  const { logits, scene, poses } = droneScene("edges/refused", 2, small);
  const refused = (
    message: string,
    options: object,
    changed: object = {},
    maps: unknown = logits,
  ) =>
    expect(() =>
      keypointPipeline(maps as never, { ...scene, ...changed }, { terms: poseTerms, ...options }),
    ).toThrow(`keypointPipeline: expected ${message}`);
  refused("a weight >= 0 of projection, got -0.00001", {
    terms: { heatMap: 1, projection: -1e-5 },
  });
  refused("terms of heatMap, projection", { terms: { l_p: 1 } });
  refused("a term of positive weight, got none", { terms: {} });
  refused("logits [B, K, H, W], got [18, 48]", {}, {}, ndarray(logits.data, [18, 48]));
  refused("logits [B, K, H, W], got []", {}, {}, []);
  refused("points of shape [9, 3], got [8, 3]", {}, { points: ndarray(drone.slice(3), [8, 3]) });
  refused(
    "camera of shape [3, 3]",
    {},
    {
      camera: [
        [1, 2],
        [3, 4],
      ],
    },
  );
  refused(
    "a regular K",
    {},
    {
      camera: [
        [1, 0, 0],
        [0, 0, 0],
        [0, 0, 1],
      ],
    },
  );
  refused("2 entries of poses, got 1", {}, { poses: [poses[0]] });
  refused("2 entries of starts, got 3", { starts: [...poses, poses[0]] });
  refused("weights of ones, spread or [B, K, 2], got sigma", { weights: "sigma" });
  refused("weights >= 0, got -1", { weights: ndarray(new Float64Array(36).fill(-1), [2, 9, 2]) });
  const bare = { poses: undefined };
  refused("keypoints or poses for heatMap, projection, got none", {}, bare);
  refused("poses for monteCarlo and linearCovariance, got none", { terms: monteCarloTerms }, bare);
  refused(
    "poses for monteCarlo and linearCovariance, got none",
    { terms: linearCovarianceTerms },
    bare,
  );
  refused("dense out of shapes [2, 9, 6, 8], got [2, 9, 3, 3]", {
    out: [ndarray(new Float64Array(162), [2, 9, 3, 3])],
  });
  const options = { terms: poseTerms, temperature: 0 };
  expect(() => keypointPipeline(logits, scene, options)).toThrow("expected temperature > 0, got 0");
});

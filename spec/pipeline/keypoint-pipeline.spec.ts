import ndarray from "ndarray";
import { expect, it } from "vitest";
import { variantNames } from "../../src/differentiate/index.js";
import { heatMapKeypoints, heatMapLoss, heatMapTargets } from "../../src/heatmap/index.js";
import { rotationQuaternion } from "../../src/kernels/quaternion.js";
import { linearCovarianceLoss, monteCarloPoseLoss } from "../../src/loss/index.js";
import {
  heatMapTerms,
  keypointLosses,
  keypointPipeline,
  linearCovarianceTerms,
  mixedTerms,
  monteCarloTerms,
  type PipelineOptions,
  poseTerms,
} from "../../src/pipeline/index.js";
import { difference, dot, gap, largest, normalMaps, strided } from "../heatmap/strided.js";
import { camera, drone, droneScene, image, pixelsOf } from "./drone.js";

const ε = Number.EPSILON;
const small = { rows: 6, columns: 8 };

/** Whether ∂L/∂logits is the difference quotient, along a direction, to the card's 1e-6 of its size. */
function expectSlope(made: ReturnType<typeof droneScene>, options: PipelineOptions): void {
  const { logits, scene, poses } = made;
  const starts = keypointPipeline(logits, scene, options).items.map(
    (item, b) => item.pose ?? poses[b],
  );
  const run = () => keypointPipeline(logits, scene, { ...options, starts });
  const { gradients, loss } = run();
  const direction = normalMaps("pipeline/direction", [...logits.shape]).data;
  const { slope, error } = difference(() => run().loss, logits.data, direction, 1e-4);
  const size = largest(gradients[0].data) * Math.sqrt(logits.size) + loss * 1e-3;
  expect(Math.abs(slope - dot(gradients[0].data, direction))).toBeLessThan(1e-6 * size + error);
  expect(error).toBeLessThan(1e-6 * size);
}

it("from maps of 8 x 6 cells with three keypoints the gradient is the difference quotient (card S-07, 1)", () => {
  // Three points: the pose is the one that Newton reaches from a start.
  const three = droneScene("pipeline/three", 2, { ...small, points: drone.slice(3, 12) });
  const options = { terms: poseTerms, starts: three.poses, outside: "keep" } as const;
  expectSlope(three, options);
  expectSlope(three, { ...options, terms: { ...poseTerms, heatMap: 2 } });
});

it("with the exact layer every published sum of terms has the gradient of itself", () => {
  const made = droneScene("pipeline/exact", 2, small);
  const keep = { outside: "keep" } as const;
  expectSlope(made, { ...keep, terms: poseTerms });
  expectSlope(made, { ...keep, terms: mixedTerms(1e-3), heatMap: { kind: "js" } });
  expectSlope(made, { ...keep, terms: poseTerms, weights: "spread", temperature: 0.8 });
  expectSlope(made, {
    ...keep,
    terms: poseTerms,
    keypointReduction: "mean",
    batchReduction: "sum",
  });
  expectSlope(made, { ...keep, terms: { heatMap: 1 }, heatMap: { kind: "kl" } });
});

it.each(variantNames)("layer %s: the pipeline is its parts, decoded and pulled back", (layer) => {
  const { logits, scene, poses } = droneScene("pipeline/parts", 2, small);
  const found = keypointPipeline(logits, scene, { terms: poseTerms, layer, outside: "keep" });
  const decoded = heatMapKeypoints(logits, { coordinates: image });
  const v = ndarray(new Float64Array(36), [2, 9, 2]);
  let loss = 0;
  poses.forEach((at, b) => {
    const x2d = decoded.keypoints.data.slice(18 * b, 18 * b + 18);
    const problem = { n: 9, x2d, x3d: drone, w2d: new Float64Array(18).fill(1), K: camera };
    const part = keypointLosses(problem, pixelsOf(drone, at), { layer });
    loss += part.loss / 2;
    v.data.set(
      part.gradient.x2d.map((g) => g / 2),
      18 * b,
    );
  });
  expect(Math.abs(found.loss - loss)).toBeLessThan(4 * ε * loss);
  const slopes = decoded.vjp(v).data;
  expect(gap(found.gradients[0].data, slopes)).toBeLessThan(8 * ε * largest(slopes));
});

it("EPro-PnP and LC: value and gradient are those of their losses at the true pose", () => {
  const { logits, scene, poses } = droneScene("pipeline/losses", 2, small);
  const options = { outside: "keep", weights: "spread" } as const;
  const decoded = heatMapKeypoints(logits, { coordinates: image });
  const corners = [-1, 1].flatMap((x) =>
    [-1, 1].flatMap((y) => [-1, 1].map((z) => [0.161 * x, 0.121 * y, 0.042 * z])),
  );
  const problems = poses.map((_, b) => {
    const own = ({ data }: { data: Float64Array }) => data.slice(18 * b, 18 * b + 18);
    return {
      n: 9,
      x2d: own(decoded.keypoints),
      x3d: drone,
      w2d: own(decoded.deviations).map((s) => 1 / s),
      K: camera,
    };
  });
  const parts = {
    monteCarlo: problems.map((problem, b) => {
      const target = new Float64Array(7);
      target.set(poses[b].t.data);
      rotationQuaternion(poses[b].R.data, target.subarray(3));
      const { loss, slopes } = monteCarloPoseLoss(problem, target, { seed: `draws/${b}` });
      return { loss, ...slopes };
    }),
    linearCovariance: problems.map((problem, b) => {
      const { loss, gradient } = linearCovarianceLoss(problem, poses[b], { corners });
      return { loss, ...gradient };
    }),
  };
  for (const [name, terms] of [
    ["monteCarlo", { monteCarlo: 3 * (monteCarloTerms.monteCarlo ?? 0) }],
    ["linearCovariance", { linearCovariance: 3 * (linearCovarianceTerms.linearCovariance ?? 0) }],
  ] as const) {
    const found = keypointPipeline(logits, scene, {
      ...options,
      terms,
      monteCarlo: { seed: "draws" },
    });
    expect(found.items.map(({ failures }) => failures)).toEqual([[], []]);
    const mean = (3 * (parts[name][0].loss + parts[name][1].loss)) / 2;
    expect(Math.abs(found.loss - mean)).toBeLessThan(64 * ε * (1 + Math.abs(mean)));
    const [v, s] = [0, 1].map(() => ndarray(new Float64Array(36), [2, 9, 2]));
    parts[name].forEach(({ x2d, w2d }, b) => {
      v.data.set(
        x2d.map((g) => (3 * g) / 2),
        18 * b,
      );
      s.data.set(
        w2d.map((g, i) => ((-3 * g) / 2) * problems[b].w2d[i] ** 2),
        18 * b,
      );
    });
    const slopes = decoded.vjp(v, s).data;
    expect(gap(found.gradients[0].data, slopes)).toBeLessThan(64 * ε * largest(slopes));
    expect(largest(slopes)).toBeGreaterThan(0);
  }
});

it("l_m is linear in β, and says how its two gradients compare (card S-07, 3)", () => {
  const { logits, scene } = droneScene("pipeline/beta", 2, small);
  const run = (terms: PipelineOptions["terms"]) =>
    keypointPipeline(logits, scene, { terms, outside: "keep" });
  const [map, proj] = [run(heatMapTerms), run({ projection: 1 })];
  expect(map.balance).toBeNull();
  for (const beta of [1e-9, 1e-5, 1e-3, 0]) {
    const mixed = run(mixedTerms(beta));
    const loss = map.loss + beta * proj.loss;
    expect(Math.abs(mixed.loss - loss)).toBeLessThan(4 * ε * loss);
    const slopes = map.gradients[0].data.map((g, i) => g + beta * proj.gradients[0].data[i]);
    expect(gap(mixed.gradients[0].data, slopes)).toBeLessThan(8 * ε * largest(slopes));
    if (beta === 0) expect(mixed.balance).toBeNull();
    else {
      const norm = (g: Float64Array) => Math.sqrt(dot(g, g));
      const ratio = norm(map.gradients[0].data) / (beta * norm(proj.gradients[0].data));
      expect(Math.abs((mixed.balance ?? 0) / ratio - 1)).toBeLessThan(logits.size * ε);
    }
  }
});

it("l_h is the loss of the maps against Gaussians of 3.5 % of the image about the true keypoints", () => {
  const { logits, scene, poses } = droneScene("pipeline/targets", 2, { rows: 12, columns: 16 });
  const found = keypointPipeline(logits, scene, { terms: heatMapTerms, outside: "keep" });
  const keypoints = ndarray(
    Float64Array.from(poses.flatMap((at) => [...pixelsOf(drone, at)])),
    [2, 9, 2],
  );
  const { maps } = heatMapTargets(keypoints, {
    ...{ rows: 12, columns: 16, coordinates: image, sigma: [11.2, 8.4] },
    ...{ scale: "density", guard: 1e-8, outside: "keep" },
  });
  const { loss, gradient } = heatMapLoss(logits, maps);
  expect(Math.abs(found.loss - loss)).toBeLessThan(8 * ε * loss);
  expect(gap(found.gradients[0].data, gradient.data)).toBeLessThan(8 * ε * largest(gradient.data));
  expect(found.terms).toEqual({ heatMap: { value: found.loss, counted: 18 } });
});

it("several resolutions meet at the finest or at the image's size, and both are learned from", () => {
  const coarse = droneScene("pipeline/scales", 1, small);
  const fine = droneScene("pipeline/scales", 1, { rows: 12, columns: 16 });
  for (const aggregation of ["finest", "image", { rows: 9, columns: 10 }] as const) {
    const terms = { ...poseTerms, heatMap: 3 };
    const options: PipelineOptions = { terms, aggregation, outside: "keep" };
    const maps = [coarse.logits, fine.logits];
    const { gradients } = keypointPipeline(maps, coarse.scene, options);
    const starts = keypointPipeline(maps, coarse.scene, options).items.map(
      (item) => item.pose ?? coarse.poses[0],
    );
    gradients.forEach((gradient, s) => {
      expect(gradient.shape).toEqual(maps[s].shape);
      const direction = normalMaps(`pipeline/scales/${s}`, [...maps[s].shape]).data;
      const value = () => keypointPipeline(maps, coarse.scene, { ...options, starts }).loss;
      const { slope, error } = difference(value, maps[s].data, direction, 1e-4);
      const size = largest(gradient.data) * Math.sqrt(gradient.size);
      expect(Math.abs(slope - dot(gradient.data, direction))).toBeLessThan(error + 1e-6 * size);
      expect(error).toBeLessThan(1e-5 * size);
    });
  }
});

it("maps of other strides, points and cameras given one an image, and room for the gradient change nothing", () => {
  const { logits, scene, poses } = droneScene("pipeline/inputs", 2, small);
  const options = { terms: { ...poseTerms, heatMap: 1 }, outside: "keep" } as const;
  const plain = keypointPipeline(logits, scene, options);
  for (const turned of strided(logits)) {
    const { loss, gradients } = keypointPipeline(turned, scene, options);
    expect([loss, gradients[0].data]).toEqual([plain.loss, plain.gradients[0].data]);
  }
  const each = {
    ...scene,
    points: ndarray(Float64Array.from([...drone, ...drone]), [2, 9, 3]),
    camera: ndarray(Float64Array.from([...camera, ...camera]), [2, 3, 3]),
    keypoints: ndarray(
      Float64Array.from(poses.flatMap((at) => [...pixelsOf(drone, at)])),
      [2, 9, 2],
    ),
  };
  const found = keypointPipeline([logits], each, {
    ...options,
    weights: ndarray(new Float64Array(36).fill(1), [2, 9, 2]),
  });
  expect([found.loss, found.gradients[0].data]).toEqual([plain.loss, plain.gradients[0].data]);
  for (const terms of [poseTerms, heatMapTerms, options.terms]) {
    const out = [ndarray(new Float64Array(logits.size).fill(Number.NaN), [...logits.shape])];
    const roomed = keypointPipeline(logits, scene, { ...options, terms, out });
    expect(roomed.gradients[0]).toBe(out[0]);
    expect(out[0].data).toEqual(
      keypointPipeline(logits, scene, { ...options, terms }).gradients[0].data,
    );
  }
});

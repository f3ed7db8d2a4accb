import ndarray from "ndarray";
import { describe, expect, it } from "vitest";
import {
  covarianceLosses,
  InlineBackend,
  mapGradients,
  mapKeypoints,
  monteCarloLosses,
  packedProblems,
  poseDistances,
  poseGradients,
  seededMonteCarloLosses,
  solvedPoses,
} from "../../src/backend/index.js";
import { poseVjp } from "../../src/differentiate/implicit.js";
import { heatMapKeypoints } from "../../src/heatmap/keypoints.js";
import { rowRotation } from "../../src/kernels/pose-row.js";
import { rotationQuaternion } from "../../src/kernels/quaternion.js";
import { linearCovarianceLoss } from "../../src/loss/linear-covariance-loss.js";
import { givenSamplesPoseLoss } from "../../src/loss/monte-carlo-pose-loss.js";
import { monteCarloPoseLoss } from "../../src/loss/seeded-pose-loss.js";
import { preparedModel } from "../../src/metrics/model.js";
import { noPoseErrors, poseErrors } from "../../src/metrics/pose-errors.js";
import { poseOf } from "../../src/problem/pose.js";
import { stream } from "../../src/random/stream.js";
import { solveCorrespondences } from "../../src/solve/solve-pnp.js";
import { aimedBatch } from "./aimed-batch.js";
import { corners, drawnSamples } from "./drawn-inputs.js";

const inline = new InlineBackend();

/** Entries of problem b among entries of `width` for each point of packed problems. */
const own = (values: Float64Array, width: number, offsets: Int32Array, b: number) =>
  values.slice(width * offsets[b], width * offsets[b + 1]);
const row = (values: Float64Array, width: number, b: number) =>
  values.slice(width * b, width * (b + 1));
const rotationOf = (y: Float64Array) => {
  const R = new Float64Array(9);
  rowRotation(y, R);
  return R;
};

describe.each([
  [0, 24],
  [1, 24],
  [7, 4096],
  [1000, 12],
])("a batch of %i problems of 4 to %i points", (B, most) => {
  const { problems, truth, delta } = aimedBatch(B, most);
  const packed = packedProblems(problems);
  const { offsets } = packed;

  it("solvedPoses are those of solvePnP, to the bit", async () => {
    const { status, pose, cost } = await solvedPoses(inline, packed, { delta });
    problems.forEach((problem, b) => {
      const alone = solveCorrespondences(problem, { delta: delta[b] });
      const expected = new Float64Array(7).fill(Number.NaN);
      if (alone.pose) {
        expected.set(alone.pose.t.data);
        rotationQuaternion(alone.pose.R.data, expected.subarray(3));
      }
      expect([status[b], cost[b], row(pose, 7, b)]).toEqual([alone.status, alone.cost, expected]);
    });
    if (B === 1000) expect(new Set(status).size).toBeGreaterThan(7);
  });

  it("solvedPoses from a start are those of solvePnP from it", async () => {
    const poseInit = truth.map((entry) => entry + 0.01);
    const { status, pose } = await solvedPoses(inline, packed, { poseInit, maxIterations: 5 });
    problems.forEach((problem, b) => {
      const y = row(poseInit, 7, b);
      const alone = solveCorrespondences(problem, {
        poseInit: poseOf(rotationOf(y), y.slice(0, 3)),
        maxIterations: 5,
      });
      const t = alone.pose?.t.data ?? new Float64Array(3).fill(Number.NaN);
      expect([status[b], row(pose, 7, b).slice(0, 3)]).toEqual([alone.status, t]);
    });
  });

  it("poseGradients are those of poseVjp, in every variant", async () => {
    const { pose } = await solvedPoses(inline, packed, { delta });
    const v = stream("spec/backend/v").uniforms(new Float64Array(6 * B));
    for (const variant of ["exact", "faster"] as const) {
      const gradients = await poseGradients(inline, packed, pose, v, { variant, delta });
      problems.forEach((problem, b) => {
        const y = row(pose, 7, b);
        const at = poseOf(
          y.some(Number.isNaN) ? new Float64Array(9).fill(Number.NaN) : rotationOf(y),
          y.slice(0, 3),
        );
        const alone = poseVjp(problem, at, row(v, 6, b), { variant, delta: delta[b] });
        expect(gradients.status[b]).toBe(alone.standing.status);
        expect(own(gradients.x2d, 2, offsets, b)).toEqual(alone.x2d.data);
        expect(own(gradients.x3d, 3, offsets, b)).toEqual(alone.x3d.data);
        expect(own(gradients.w2d, 2, offsets, b)).toEqual(alone.w2d.data);
        expect(row(gradients.K, 9, b)).toEqual(alone.K.data);
        expect(gradients.delta[b]).toBe(alone.delta);
      });
      if (B === 1000) expect(new Set(gradients.status).size).toBeGreaterThan(2);
    }
  });

  it.each([7, 4] as const)(
    "monteCarloLosses of poses of %i numbers are those of givenSamplesPoseLoss",
    async (width) => {
      const [S, T] = [8, 2];
      const { target, poses, logDensities } = drawnSamples(truth, width, S, T);
      const options = { delta, meanOverSamples: false, clamps: { zMin: 0.1 } };
      const losses = await monteCarloLosses(
        inline,
        packed,
        target,
        { poses, logDensities },
        options,
      );
      problems.forEach((problem, b) => {
        const alone = givenSamplesPoseLoss(
          problem,
          row(target, width, b),
          { poses: row(poses, S * width, b), logDensities: row(logDensities, T * S, b) },
          { ...options, delta: delta[b] },
        );
        const { status, loss, predicted, slopes } = alone;
        expect([losses.status[b], losses.loss[b], losses.target[b]]).toEqual([
          status,
          loss,
          alone.target,
        ]);
        expect([losses.predicted[b], losses.delta[b]]).toEqual([predicted, alone.delta]);
        expect(own(losses.x2d, 2, offsets, b)).toEqual(slopes.x2d);
        expect(own(losses.x3d, 3, offsets, b)).toEqual(slopes.x3d);
        expect(own(losses.w2d, 2, offsets, b)).toEqual(slopes.w2d);
        expect(losses.byDelta[b]).toBe(slopes.delta[0]);
      });
    },
  );

  it.each([7, 4] as const)("covarianceLosses are those of linearCovarianceLoss", async (G) => {
    const boxes = corners(B, G);
    const valid = stream("spec/backend/valid").uniforms(new Float64Array(offsets[B]));
    const options = { robust: {}, zMin: 0.1, failure: G === 7 ? "status" : "identity" } as const;
    const losses = await covarianceLosses(inline, packed, truth, {
      ...options,
      cornersOf: boxes,
      valid,
    });
    problems.forEach((problem, b) => {
      const y = row(truth, 7, b);
      const alone = linearCovarianceLoss(
        problem,
        Float64Array.of(...y.slice(3), ...y.slice(0, 3)),
        {
          ...options,
          corners: row(boxes, 3 * G, b),
          valid: own(valid, 1, offsets, b),
        },
      );
      expect([losses.status[b], losses.loss[b]]).toEqual([alone.status, alone.loss]);
      expect([losses.priorError[b], losses.covarianceError[b], losses.linearError[b]]).toEqual([
        alone.priorError,
        alone.covarianceError,
        alone.linearError,
      ]);
      expect(own(losses.x2d, 2, offsets, b)).toEqual(alone.gradient.x2d);
      expect(own(losses.x3d, 3, offsets, b)).toEqual(alone.gradient.x3d);
      expect(own(losses.w2d, 2, offsets, b)).toEqual(alone.gradient.w2d);
    });
  });

  it("poseDistances are those of poseErrors", async () => {
    const vertices = corners(1, 40);
    const estimate = truth.map((entry, k) => (k % 77 === 5 ? Number.NaN : entry + 0.01 * (k % 3)));
    const { status, add, addS } = await poseDistances(inline, vertices, estimate, truth);
    const model = preparedModel({ name: "", vertices, unit: "" });
    const errors = noPoseErrors();
    const motion = (y: Float64Array) => {
      const R = rotationOf(y);
      return Float64Array.of(
        ...[...R.slice(0, 3), y[0], ...R.slice(3, 6), y[1], ...R.slice(6), y[2]],
      );
    };
    for (let b = 0; b < B; b++) {
      const y = row(estimate, 7, b);
      if (y.some(Number.isNaN)) {
        expect([status[b], add[b], addS[b]]).toEqual(["no-pose", Number.NaN, Number.NaN]);
        continue;
      }
      poseErrors(model, null, motion(y), motion(row(truth, 7, b)), ["add", "addS"], errors);
      expect([status[b], add[b], addS[b]]).toEqual(["ok", errors.add, errors.addS]);
    }
  });
});

describe.each([0, 1, 70])("a batch of %i heat maps", (B) => {
  const [rows, columns] = [6, 5];
  const cells = rows * columns;
  const maps = stream("spec/backend/maps").uniforms(new Float64Array(B * cells));
  // A flat map, one without mass and one that is none.
  if (B === 70)
    maps.fill(1, 3 * cells, 4 * cells).fill(0, 40 * cells, 41 * cells)[65 * cells] = Number.NaN;
  const drawn = stream("spec/backend/upstream").uniforms(new Float64Array(4 * B));
  const [byKeypoint, byDeviation] = [drawn.subarray(0, 2 * B), drawn.subarray(2 * B)];

  it.each(["logits", "maps"] as const)(
    "mapKeypoints of %s and their gradients are those of heatMapKeypoints",
    async (from) => {
      const options = {
        from,
        temperature: 0.3,
        coordinates: { width: 40, height: 48 },
        floored: true,
      };
      const whole = ndarray(maps, [B, rows, columns]);
      const alone = heatMapKeypoints(whole, options);
      const { status, keypoint, deviation } = await mapKeypoints(inline, maps, {
        ...options,
        rows,
        columns,
      });
      expect([status, keypoint, deviation]).toEqual([
        alone.status,
        alone.keypoints.data,
        alone.deviations.data,
      ]);
      const gradients = await mapGradients(inline, maps, byKeypoint, byDeviation, {
        ...options,
        rows,
        columns,
      });
      const vjp = alone.vjp(ndarray(byKeypoint, [B, 2]), ndarray(byDeviation, [B, 2]));
      expect(gradients.maps).toEqual(vjp.data);
      expect(gradients.status).toEqual(alone.status);
    },
  );
});

describe("seededMonteCarloLosses", () => {
  const B = 30;
  const { problems, truth, delta } = aimedBatch(B, 12);
  const packed = packedProblems(problems);
  const options = { samples: 16, iterations: 2, epsilon: 1e-5, seed: "spec" };

  it.each([7, 4] as const)(
    "of poses of %i numbers are those of monteCarloPoseLoss, by index",
    async (width) => {
      const { target } = drawnSamples(truth, width, 1, 1);
      const indices = Float64Array.from({ length: B }, (_, b) => 1000 - b);
      const losses = await seededMonteCarloLosses(inline, packed, target, {
        ...options,
        delta,
        indices,
      });
      problems.forEach((problem, b) => {
        const alone = monteCarloPoseLoss(problem, row(target, width, b), {
          ...options,
          delta: delta[b],
          seed: `spec/${1000 - b}`,
        });
        expect([losses.status[b], losses.loss[b], losses.delta[b]]).toEqual([
          alone.status,
          alone.loss,
          alone.delta,
        ]);
        expect(row(losses.pose, width, b)).toEqual(
          alone.pose ?? new Float64Array(width).fill(Number.NaN),
        );
        expect(own(losses.x2d, 2, packed.offsets, b)).toEqual(alone.slopes.x2d);
        expect(own(losses.w2d, 2, packed.offsets, b)).toEqual(alone.slopes.w2d);
      });
      expect(new Set(losses.status).size).toBeGreaterThan(4);
    },
  );

  it.each(["detached", "weights", "full"] as const)(
    "with an adaptive threshold, %s, are those of monteCarloPoseLoss",
    async (attachedThreshold) => {
      const adaptive = { ...options, relativeDelta: 0.1, attachedThreshold };
      const losses = await seededMonteCarloLosses(inline, packed, truth, adaptive);
      problems.forEach((problem, b) => {
        // A threshold of zero, or of one point: the function alone throws.
        if (losses.status[b] === "zero-weights" || problem.n < 2) return;
        const alone = monteCarloPoseLoss(problem, row(truth, 7, b), {
          ...adaptive,
          seed: `spec/${b}`,
        });
        expect([losses.status[b], losses.loss[b], losses.delta[b]]).toEqual([
          alone.status,
          alone.loss,
          alone.delta,
        ]);
        expect(own(losses.x2d, 2, packed.offsets, b)).toEqual(alone.slopes.x2d);
        expect(own(losses.x3d, 3, packed.offsets, b)).toEqual(alone.slopes.x3d);
        expect(own(losses.w2d, 2, packed.offsets, b)).toEqual(alone.slopes.w2d);
      });
    },
  );
});

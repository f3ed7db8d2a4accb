import ndarray from "ndarray";
import { expect, it } from "vitest";
import {
  type LinearCovarianceBatchInput,
  linearCovarianceLoss,
  linearCovarianceLossBatch,
  publishedLinearCovariance,
} from "../../src/loss/index.js";
import { correspondences } from "../../src/problem/index.js";
import { stream } from "../../src/random/stream.js";
import { boxCorners, covarianceDraw } from "../equations/covariance-draws.js";

const [B, N] = [3, 6];
const draws = Array.from({ length: B }, (_, b) =>
  covarianceDraw(stream("covariance batch").at(b), { n: N }),
);
const stack = (rows: readonly ArrayLike<number>[], shape: number[]) =>
  ndarray(Float64Array.from(rows.flatMap((row) => Array.from(row))), shape);
const x2d = stack(
  draws.map(({ flat }) => flat.x2d),
  [B, N, 2],
);
const x3d = stack(
  draws.map(({ flat }) => flat.x3d),
  [B, N, 3],
);
const w2d = stack(
  draws.map(({ flat }) => flat.w2d),
  [B, N, 2],
);
const K = stack(
  draws.map(({ flat }) => flat.K),
  [B, 3, 3],
);
const poses = stack(
  draws.map(({ cloud }) => [...cloud.omega, ...cloud.t]),
  [B, 6],
);
const corners = ndarray(boxCorners(), [8, 3]);
const input: LinearCovarianceBatchInput = { x2d, x3d, w2d, K, poses, corners };

it("linearCovarianceLossBatch(input) is the loss of each problem, stacked", () => {
  const got = linearCovarianceLossBatch(input);
  expect(got.gradient.x3d.shape).toEqual([B, N, 3]);
  draws.forEach(({ flat, cloud }, b) => {
    const problem = correspondences({ x2d: flat.x2d, x3d: flat.x3d, w2d: flat.w2d, K: flat.K });
    const alone = linearCovarianceLoss(problem, [...cloud.omega, ...cloud.t], {
      corners: boxCorners(),
    });
    expect(got.status[b]).toBe(alone.status);
    expect(got.loss.get(b)).toBe(alone.loss);
    expect(got.priorError.get(b)).toBe(alone.priorError);
    expect(got.covarianceError.get(b)).toBe(alone.covarianceError);
    expect(got.linearError.get(b)).toBe(alone.linearError);
    for (const [key, width] of [
      ["x2d", 2],
      ["x3d", 3],
      ["w2d", 2],
    ] as const)
      expect(got.gradient[key].data.slice(N * width * b, N * width * (b + 1))).toEqual(
        alone.gradient[key],
      );
  });
});

it("linearCovarianceLossBatch(input) takes corners and valid of each problem, or one for all", () => {
  const eights = stack(
    draws.map(() => boxCorners()),
    [B, 8, 3],
  );
  const ones = stack(
    draws.map(() => new Float64Array(N).fill(1)),
    [B, N],
  );
  const shared = linearCovarianceLossBatch(
    { ...input, valid: new Float64Array(N).fill(1) },
    publishedLinearCovariance,
  );
  const own = linearCovarianceLossBatch(
    { ...input, corners: eights, valid: ones },
    publishedLinearCovariance,
  );
  expect(own).toEqual(shared);
});

it("linearCovarianceLossBatch(input) sums the gradient by points that are shared", () => {
  const one = ndarray(draws[0].flat.x3d, [N, 3]);
  const repeated = stack(
    draws.map(() => draws[0].flat.x3d),
    [B, N, 3],
  );
  const shared = linearCovarianceLossBatch({ ...input, x3d: one }).gradient.x3d;
  const each = linearCovarianceLossBatch({ ...input, x3d: repeated }).gradient.x3d;
  expect(shared.shape).toEqual([N, 3]);
  for (let i = 0; i < N; i++)
    for (let a = 0; a < 3; a++)
      expect(shared.get(i, a)).toBe(each.get(0, i, a) + each.get(1, i, a) + each.get(2, i, a));
});

it("linearCovarianceLossBatch(input) of no problems is empty, and wrong shapes are named", () => {
  const none = linearCovarianceLossBatch({ ...input, x2d: [], x3d: [], w2d: [], K: [], poses: [] });
  expect(none.status).toEqual([]);
  expect(none.gradient.x2d.shape).toEqual([0, 0, 2]);
  expect(() => linearCovarianceLossBatch({ ...input, poses: new Float64Array(7) })).toThrow(
    "linearCovarianceLossBatch: expected poses of shape [3, 6 or 7], got [7]",
  );
  expect(() => linearCovarianceLossBatch({ ...input, poses: [[1], [2], [3]] })).toThrow(
    "linearCovarianceLoss: expected a pose of 6 or 7 numbers, got 1",
  );
});

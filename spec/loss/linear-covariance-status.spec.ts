import { expect, it } from "vitest";
import {
  type LinearCovarianceLossOptions,
  linearCovarianceLoss,
  linearCovarianceSentences,
  publishedLinearCovariance,
} from "../../src/loss/index.js";
import type { Correspondences } from "../../src/problem/index.js";
import { stream } from "../../src/random/stream.js";
import { boxCorners, covarianceDraw } from "../equations/covariance-draws.js";

const corners = boxCorners();
function drawn(name: string, n = 8, noise = 3) {
  const { flat } = covarianceDraw(stream(name), { n, noise });
  const { x2d, x3d, w2d, K, R, t } = flat;
  const problem: Correspondences = { n, x2d, x3d, w2d, K };
  return { problem, pose: { R, t } };
}
const lossOf = (
  { problem, pose }: ReturnType<typeof drawn>,
  options: LinearCovarianceLossOptions = {},
) => linearCovarianceLoss(problem, pose, { corners, ...options });
const numbers = (of: ReturnType<typeof lossOf>) => [
  of.loss,
  of.priorError,
  of.covarianceError,
  of.linearError,
  ...Object.values(of.gradient).flatMap((part) => [...part]),
];

/** A status without numbers: all of them NaN; an error if asked for; finite if published. */
function undefinedAs(status: keyof typeof linearCovarianceSentences, at: ReturnType<typeof drawn>) {
  const got = lossOf(at);
  expect(got.status).toBe(status);
  expect(numbers(got).every(Number.isNaN)).toBe(true);
  expect(() => lossOf(at, { failure: "throw" })).toThrow(
    `linearCovarianceLoss: expected a defined loss, got ${status}: ${linearCovarianceSentences[status].sentence}`,
  );
}

it("linearCovarianceLoss(problem, pose) without points is empty", () => {
  undefinedAs("empty", drawn("none", 0));
  expect(lossOf(drawn("none", 0), { failure: "identity" }).status).toBe("empty");
});

it("linearCovarianceLoss(problem, pose) of one or two points says too few, of three it is defined", () => {
  for (let i = 0; i < 30; i++) {
    undefinedAs("tooFewPoints", drawn(`two ${i}`, 2));
    const published = lossOf(drawn(`two ${i}`, 2), publishedLinearCovariance);
    expect(numbers(published).every((x) => !Number.isNaN(x))).toBe(
      published.status !== "nonFinite",
    );
  }
  undefinedAs("tooFewPoints", drawn("one", 1));
  expect(lossOf(drawn("three", 3)).status).toBe("ok");
});

it("linearCovarianceLoss(problem, pose) of points on a line is singular (S-17.8)", () => {
  for (let i = 0; i < 30; i++) {
    const at = drawn(`line ${i}`);
    const [a, b] = [at.problem.x3d.slice(0, 3), at.problem.x3d.slice(3, 6)];
    const x3d = at.problem.x3d.map(
      (_, k) => a[k % 3] + 0.1 * Math.floor(k / 3) * (b[k % 3] - a[k % 3]),
    );
    undefinedAs("singular", { ...at, problem: { ...at.problem, x3d } });
  }
});

it("linearCovarianceLoss(problem, pose) without weights says so", () => {
  const at = drawn("weightless");
  const w2d = new Float64Array(at.problem.w2d.length);
  const weightless = { ...at, problem: { ...at.problem, w2d } };
  undefinedAs("weightless", weightless);
  const published = lossOf(weightless, publishedLinearCovariance);
  expect(published.status).toBe("substituted");
  expect(numbers(published).every(Number.isFinite)).toBe(true);
  // A column of the image says nothing of how far the object moves along it.
  const u = at.problem.w2d.map((w, k) => (k & 1 ? 0 : w));
  undefinedAs("singular", { ...at, problem: { ...at.problem, w2d: u } });
  const one = at.problem.w2d.map((w, k) => (k < 2 ? w : 0));
  undefinedAs("tooFewPoints", { ...at, problem: { ...at.problem, w2d: one } });
});

it("linearCovarianceLoss(problem, pose) without residuals has a loss, and slopes by weights alone", () => {
  const at = drawn("still");
  // Points on the optical axis project to the principal point without a rounding.
  const x3d = new Float64Array(24).fill(0);
  const t = Float64Array.of(0, 0, 2);
  const R = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  const K = Float64Array.of(512, 0, 0, 0, 512, 0, 0, 0, 1);
  const spots = [-2, -1, 1, 2];
  for (let i = 0; i < 8; i++)
    for (let a = 0; a < 3; a++)
      x3d[3 * i + a] = a === 2 ? (i & 1 ? 2 : 0) : spots[(3 * i + a * (i >> 1)) & 3];
  const x2d = Float64Array.from(
    { length: 16 },
    (_, k) => (512 * x3d[3 * (k >> 1) + (k & 1)]) / (x3d[3 * (k >> 1) + 2] + 2),
  );
  const still = { problem: { ...at.problem, K, x3d, x2d }, pose: { R, t } };
  const got = lossOf(still);
  expect(got.status).toBe("zeroResiduals");
  expect([got.covarianceError, got.linearError]).toEqual([0, 0]);
  expect(got.loss).toBe(Math.log(got.priorError));
  expect([...got.gradient.x2d, ...got.gradient.x3d].every((g) => g === 0)).toBe(true);
  expect(got.gradient.w2d.every((g) => g < 0)).toBe(true);
  // Published code tames all weights to zero then, and counts E_cov as 1.
  const published = lossOf(still, publishedLinearCovariance);
  expect(published.status).toBe("substituted");
  expect(published.covarianceError).toBe(1);
  expect(published.gradient.w2d.every((g) => g === 0)).toBe(true);
});

it("linearCovarianceLoss(problem, pose) counts points behind the camera, and depths held", () => {
  const at = drawn("behind");
  const x3d = at.problem.x3d.slice();
  // Along the camera's axis: Rᵀ e₃ in the object frame.
  for (let a = 0; a < 3; a++) x3d[a] -= 5 * at.pose.R[6 + a];
  const behind = { ...at, problem: { ...at.problem, x3d } };
  const got = lossOf(behind);
  expect([got.status, got.behindCamera, got.heldDepths]).toEqual(["behindCamera", 1, 0]);
  expect(numbers(got).every(Number.isFinite)).toBe(true);
  const held = lossOf(behind, { zMin: 0.1, robust: {} });
  expect([held.behindCamera, held.heldDepths]).toEqual([1, 1]);
  expect(numbers(held).every(Number.isFinite)).toBe(held.status === "ok");
});

it("linearCovarianceLoss(problem, pose) with an observed Hessian that is indefinite is singular", () => {
  const at = drawn("indefinite");
  const x2d = at.problem.x2d.map((x, k) => x + 4000 * (k % 3 ? 1 : -1));
  const far = { ...at, problem: { ...at.problem, x2d } };
  expect(lossOf(far).status).toBe("ok");
  expect(lossOf(far, { hessian: "observed" }).status).toBe("singular");
});

it("linearCovarianceLoss(problem, pose) of a flat box, and of one that is a point, is defined", () => {
  for (const flat of [boxCorners(0.3, 0.2, 0), boxCorners(0.3, 0, 0), boxCorners(0, 0, 0)]) {
    const got = lossOf(drawn("flat box"), { corners: flat });
    expect(got.status).toBe("ok");
    expect(numbers(got).every(Number.isFinite)).toBe(true);
  }
});

it("linearCovarianceLoss(problem, pose, options) names what is wrong with an option", () => {
  const at = drawn("options");
  const wrong = (options: object, message: string) =>
    expect(() => lossOf(at, options as LinearCovarianceLossOptions)).toThrow(message);
  const name = "linearCovarianceLoss: expected";
  wrong({ corners: undefined }, `${name} corners for corners-3d, got none`);
  wrong({ corners: [[1, 2]] }, `${name} corners of shape [G, 3], got [1, 2]`);
  wrong({ corners: [] }, `${name} corners`);
  wrong({ representation: "pose" }, `${name} representation of corners-3d, corners-2d`);
  wrong({ form: "huber" }, `${name} form of laplace, gaussian, got huber`);
  wrong({ terms: ["cov"] }, `${name} terms of covariance, prior, linear, got cov`);
  wrong({ detached: ["x"] }, `${name} detached of linearisation`);
  wrong({ valid: [1, 1] }, `${name} valid of shape [8], got [2]`);
  wrong({ valid: new Float64Array(8).fill(-1) }, `${name} valid >= 0, got -1`);
  wrong({ zMin: 0 }, `${name} zMin > 0, got 0`);
  wrong({ robust: { maxLength: -1 } }, `${name} robust.maxLength > 0, got -1`);
  wrong({ robust: { clamp: "soft" } }, `${name} robust.clamp of straight-through, true, got soft`);
  expect(() => linearCovarianceLoss(at.problem, [1, 2, 3], { corners })).toThrow(
    `${name} a pose of 6 or 7 numbers, got 3`,
  );
  expect(() => linearCovarianceLoss(at.problem, [0, 0, 0, 0, 1, 2, 3], { corners })).toThrow(
    `${name} a quaternion other than 0 in pose, got 0`,
  );
});

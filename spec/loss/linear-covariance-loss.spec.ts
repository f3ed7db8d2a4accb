import { expect, it } from "vitest";
import { linearCovarianceLoss as definedLoss } from "../../src/definitions/linear-covariance-loss.js";
import {
  type LinearCovarianceLossOptions,
  linearCovarianceLoss,
  linearCovarianceLosses,
  publishedLinearCovariance,
} from "../../src/loss/index.js";
import { type Correspondences, pose as poseFrom } from "../../src/problem/index.js";
import { stream } from "../../src/random/stream.js";
import { big } from "../../src/scalar/index.js";
import {
  boxCorners,
  covarianceDraw,
  definedSettings,
  liftedProblem,
  settings,
} from "../equations/covariance-draws.js";

const corners = boxCorners();
const draws = (name: string, n = 8, noise = 3) => {
  const { flat, cloud } = covarianceDraw(stream(name), { n, noise });
  const { x2d, x3d, w2d, K, R, t } = flat;
  const problem: Correspondences = { n, x2d, x3d, w2d, K };
  return { problem, pose: { R, t }, flat, cloud };
};
const lossOf = (
  problem: Correspondences,
  pose: { R: Float64Array; t: Float64Array },
  options: LinearCovarianceLossOptions = {},
) => linearCovarianceLoss(problem, pose, { corners, ...options });
/** The condition of the scaled Hessian times the roundings of a few hundred sums. */
const tolerance = 1e5 * 200 * Number.EPSILON;
const close = (a: number, b: number, scale = Math.abs(b)) =>
  expect(Math.abs(a - b)).toBeLessThanOrEqual(tolerance * scale);

it("linearCovarianceLoss(problem, pose) is the 64-digit definition's", () => {
  const { problem, pose, flat } = draws("big loss", 4);
  const exact = (x: number) => big(x);
  const truth = definedLoss(liftedProblem(flat, exact), definedSettings(settings(), exact));
  const got = lossOf(problem, pose);
  expect(got.status).toBe("ok");
  close(got.loss, truth.loss.toNumber());
  close(got.priorError, truth.priorError.toNumber());
  close(got.covarianceError, truth.covarianceError.toNumber());
  close(got.linearError, truth.linearError.toNumber());
});

it("E_cov and E_linear double with the residuals, and only E_prior hears w → λw", () => {
  const { problem, pose } = draws("homogeneous");
  const one = lossOf(problem, pose);
  const still = draws("homogeneous", 8, 0).problem;
  const exact = lossOf(still, pose);
  const projected = exact.status === "zeroResiduals" ? still.x2d : consistent(still, pose);
  const doubled = { ...problem, x2d: problem.x2d.map((x, k) => 2 * x - projected[k]) };
  const two = lossOf(doubled, pose);
  close(two.covarianceError, 2 * one.covarianceError);
  close(two.linearError, 2 * one.linearError);
  close(two.priorError, one.priorError);
  const louder = lossOf({ ...problem, w2d: problem.w2d.map((w) => 4 * w) }, pose);
  expect(louder.covarianceError).toBe(one.covarianceError);
  expect(louder.linearError).toBe(one.linearError);
  close(louder.priorError, one.priorError / 4);
});

/** Pixels without residuals: those of the draw, less what the loss sees as residual. */
function consistent(problem: Correspondences, { R, t }: { R: Float64Array; t: Float64Array }) {
  return problem.x2d.map((_, k) => {
    const i = k >> 1;
    const X = [0, 1, 2].map(
      (a) =>
        R[3 * a] * problem.x3d[3 * i] +
        R[3 * a + 1] * problem.x3d[3 * i + 1] +
        R[3 * a + 2] * problem.x3d[3 * i + 2] +
        t[a],
    );
    const h = [0, 1, 2].map(
      (a) => problem.K[3 * a] * X[0] + problem.K[3 * a + 1] * X[1] + problem.K[3 * a + 2] * X[2],
    );
    return h[k & 1] / h[2];
  });
}

it("along w → λw the loss is least where E_prior = ½(E_cov + E_linear), with value 1 + log of it (S-17.5)", () => {
  for (let i = 0; i < 5; i++) {
    const { problem, pose } = draws(`scale ${i}`);
    const at = lossOf(problem, pose);
    const half = (at.covarianceError + at.linearError) / 2;
    const best = at.priorError / half;
    const scaled = { ...problem, w2d: problem.w2d.map((w) => best * w) };
    const least = lossOf(scaled, pose);
    close(least.priorError, half);
    close(least.loss, 1 + Math.log(half), 1 + Math.abs(Math.log(half)));
    // Euler: the slope along λ is Σ w ∂L/∂w = −1 + half/E_prior.
    const slope = (of: typeof at, w: Float64Array) =>
      w.reduce((sum, x, k) => sum + x * of.gradient.w2d[k], 0);
    close(slope(at, problem.w2d), half / at.priorError - 1, 1 + half / at.priorError);
    close(slope(least, scaled.w2d), 0, 1);
  }
});

it("for given residuals weights 1/|r| have the least covariance, which is the prior's (S-17.4)", () => {
  const { problem, pose } = draws("gauss markov");
  const projected = consistent(problem, pose);
  const w2d = problem.x2d.map((x, k) => 1 / Math.abs(x - projected[k]));
  const gauss = { form: "gaussian", terms: ["covariance"] } as const;
  const best = lossOf({ ...problem, w2d }, pose, gauss);
  const both = lossOf({ ...problem, w2d }, pose);
  close(both.covarianceError, both.priorError);
  const size = w2d.reduce((sum, w, k) => sum + Math.abs(w * best.gradient.w2d[k]), 0);
  expect(size).toBeLessThanOrEqual(w2d.length * tolerance * best.loss);
  for (let i = 0; i < 20; i++) {
    const draw = stream("gauss markov").at(i);
    const other = w2d.map((w) => w * Math.exp(0.5 * draw.normal()));
    expect(lossOf({ ...problem, w2d: other }, pose, gauss).loss).toBeGreaterThan(best.loss);
  }
});

it("a change of the unit of length adds its log to the loss, and leaves gradients by x and w (LC-20)", () => {
  const { problem, pose } = draws("units");
  const metres = lossOf(problem, pose);
  const grown = { ...problem, x3d: problem.x3d.map((z) => 1024 * z) };
  const big = linearCovarianceLoss(
    grown,
    { R: pose.R, t: pose.t.map((x) => 1024 * x) },
    { corners: corners.map((b) => 1024 * b) },
  );
  close(big.loss, metres.loss + Math.log(1024), Math.log(1024));
  for (const input of ["x2d", "w2d"] as const) {
    const scale = Math.max(...metres.gradient[input].map(Math.abs));
    big.gradient[input].forEach((g, k) => {
      close(g, metres.gradient[input][k], scale);
    });
  }
});

it("linearCovarianceLoss(problem, pose) with one residual has E_cov = E_linear", () => {
  const { problem, pose } = draws("one residual");
  const x2d = consistent(problem, pose);
  x2d[5] += 2;
  const at = lossOf({ ...problem, x2d }, pose);
  close(at.covarianceError, at.linearError);
});

it("linearCovarianceLoss(problem, pose) takes a pose as R and t, as (ω, t) and as (q, t)", () => {
  const { problem, pose, cloud } = draws("poses");
  const plain = lossOf(problem, pose).loss;
  const half = Math.hypot(...cloud.omega) / 2;
  const axis = cloud.omega.map((x) => (Math.sin(half) * x) / (2 * half));
  close(linearCovarianceLoss(problem, [...cloud.omega, ...cloud.t], { corners }).loss, plain, 10);
  const q = [Math.cos(half), ...axis, ...cloud.t];
  close(linearCovarianceLoss(problem, q, { corners }).loss, plain, 10);
  close(linearCovarianceLoss(problem, poseFrom(pose.R, pose.t), { corners }).loss, plain, 0);
});

it("linearCovarianceLosses(problems, poses) are those of the problems by themselves", () => {
  const many = [6, 12, 3, 9].map((n) => draws(`batch ${n}`, n));
  const problems = many.map(({ problem }) => problem);
  const poses = many.map(({ pose }) => pose);
  const together = linearCovarianceLosses(problems, poses, { corners });
  together.forEach((got, b) => {
    expect(got).toEqual(lossOf(problems[b], poses[b]));
  });
  const own = linearCovarianceLosses(problems, poses, {
    ...publishedLinearCovariance,
    cornersOf: many.map(() => corners),
    validOf: problems.map(({ n }) => new Float64Array(n).fill(1)),
  });
  own.forEach((got, b) => {
    close(got.loss, lossOf(problems[b], poses[b], publishedLinearCovariance).loss, 10);
  });
  expect(linearCovarianceLosses([], [])).toEqual([]);
  expect(() => linearCovarianceLosses(problems, [], { corners })).toThrow(
    "linearCovarianceLoss: expected 4 entries of poses, got 0",
  );
});

import { expect, it } from "vitest";
import type { Claims } from "../../src/formats/claims.js";
import { projection, rigidTransform } from "../../src/kernels/projection.js";
import { rotationQuaternion } from "../../src/kernels/quaternion.js";
import { rotation } from "../../src/kernels/rodrigues.js";
import type { Correspondences } from "../../src/problem/correspondences.js";
import { poseVector } from "../../src/problem/pose.js";
import type { SceneName } from "../../src/problem/scene-kinds.js";
import { scene } from "../../src/problem/scenes.js";
import { poseCovariance } from "../../src/solve/covariance.js";
import { solveCorrespondences } from "../../src/solve/solve-pnp.js";
import { array, audited } from "./claimed.js";

const [B, N] = [2, 12];

/** Solutions of a scene, with weights and a Huber threshold, as method pnp claims them. */
function solutions(name: SceneName = "outliers", delta = 2) {
  const scenes = [0, 1].map((seed) => scene(name, { n: N, noise: 1, weights: "uniform", seed }));
  const solved = scenes.map((s) => solveCorrespondences(s.correspondences, { delta }));
  const flat = (pick: (b: number) => ArrayLike<number>) =>
    [0, 1].flatMap((b) => Array.from(pick(b)));
  const input = {
    x2d: array(
      [B, N, 2],
      flat((b) => scenes[b].correspondences.x2d),
    ),
    x3d: array(
      [B, N, 3],
      flat((b) => scenes[b].correspondences.x3d),
    ),
    w2d: array(
      [B, N, 2],
      flat((b) => scenes[b].correspondences.w2d),
    ),
    K: array(
      [B, 3, 3],
      flat((b) => scenes[b].correspondences.K),
    ),
    delta: array([B], [delta, delta]),
  };
  const covariance = (hessian: "full" | "gauss-newton") =>
    flat((b) => {
      const { R, t } = solved[b].pose!;
      const options = { chart: "AA", delta, hessian } as const;
      return poseCovariance(scenes[b].correspondences, R.data, t.data, options).covariance!;
    });
  return {
    input,
    pose: flat((b) => poseVector(solved[b].pose!)),
    cost: solved.map((s) => s.cost),
    covariance,
  };
}

const exact = solutions();

function claims(claim: Claims["claim"], fields: Partial<Claims> = {}): Claims {
  return {
    schema: "pnp-oracle/claims@1",
    method: "pnp",
    dtype: "float64",
    source: "a spec",
    convention: {},
    expect: {},
    input: exact.input,
    claim,
    ...fields,
  };
}

/** Verdict and explanation of the only claim. */
async function judged(claim: Claims["claim"], fields?: Partial<Claims>) {
  const [{ verdict, explanation }] = (await audited(claims(claim, fields))).claims;
  return [verdict, explanation];
}

const pose = (change: (v: number, i: number) => number = (v) => v) => ({
  pose: array([B, 6], exact.pose.map(change)),
});

it("audit(pose, cost, pose_cov of solvePnP) finds them right", async () => {
  const report = await audited(
    claims({
      ...pose(),
      cost: array([B], exact.cost),
      pose_cov: array([B, 6, 6], exact.covariance("full")),
    }),
  );
  for (const { quantity, verdict } of report.claims)
    expect(["correct", "rounding"], quantity).toContain(verdict);
});

it("audit(pose) reads other conventions, and names the one it needed", async () => {
  const convention = "correct-under-convention";
  const swapped = exact.pose.map((_, i) => exact.pose[i + (i % 6 < 3 ? 3 : -3)]);
  expect(await judged({ pose: array([B, 6], swapped) })).toEqual([convention, "row-order"]);
  const degrees = (v: number, i: number) => (i % 6 < 3 ? (v * 180) / Math.PI : v);
  expect(await judged(pose(degrees))).toEqual([convention, "degrees"]);
  expect(await judged(pose((v, i) => (i % 6 < 3 ? v : 1000 * v)))).toEqual([
    convention,
    "translation-in-millimetres",
  ]);
  expect(await judged(pose(degrees), { convention: { angle: "deg" } })).toEqual(["correct", null]);
});

it("audit(pose with a quaternion) takes q as −q, and the scalar at either end", async () => {
  const q = new Float64Array(4);
  const R = new Float64Array(9);
  const rows = [0, 1].flatMap((b) => {
    rotation(Float64Array.from(exact.pose.slice(6 * b, 6 * b + 3)), R);
    rotationQuaternion(R, q);
    return [...exact.pose.slice(6 * b + 3, 6 * b + 6), ...q.map((v) => (b ? -v : v))];
  });
  expect(await judged({ pose: array([B, 7], rows) })).toEqual(["correct", null]);
  const last = rows.map((v, i) => (i % 7 < 3 ? v : rows[i % 7 === 6 ? i - 3 : i + 1]));
  expect(await judged({ pose: array([B, 7], last) })).toEqual([
    "correct-under-convention",
    "quaternion-xyzw",
  ]);
  expect(
    await judged({ pose: array([B, 7], last) }, { convention: { quaternion: "xyzw" } }),
  ).toEqual(["correct", null]);
});

it("audit(pose) takes a rotation vector wrapped by 2π as itself", async () => {
  const wrapped = exact.pose.map((v, i) => {
    if (i % 6 > 2) return v;
    const b = 6 * Math.floor(i / 6);
    const angle = Math.hypot(exact.pose[b], exact.pose[b + 1], exact.pose[b + 2]);
    return v * (1 - (2 * Math.PI) / angle);
  });
  expect(await judged({ pose: array([B, 6], wrapped) })).toEqual(["correct", null]);
});

it("audit(pose) reads [6,B] as transposed", async () => {
  const turned = Array.from({ length: 12 }, (_, k) => exact.pose[6 * (k % 2) + Math.floor(k / 2)]);
  expect(await judged({ pose: array([6, B], turned) })).toEqual([
    "correct-under-convention",
    "transposed",
  ]);
});

it("audit(pose) names what is wrong with it", async () => {
  expect(await judged(pose((v, i) => (i % 6 < 3 ? -v : v)))).toEqual([
    "wrong",
    "transposed-rotation",
  ]);
  expect(await judged(pose((v, i) => (i % 6 === 4 ? v + 1e-3 : v)))).toEqual([
    "wrong",
    "unconverged-pose",
  ]);
  expect(await judged(pose((v, i) => (i % 6 === 4 ? v + 1e-8 : v)))).toEqual(["rounding", null]);
  expect(await judged(pose((v, i) => (i === 2 ? Number.NaN : v)))).toEqual(["wrong", "non-finite"]);
  const plain = solutions("outliers", Number.MAX_VALUE);
  expect(await judged({ pose: array([B, 6], plain.pose) })).toEqual(["wrong", "threshold-ignored"]);
});

it("audit(cost) names factors and means", async () => {
  const cost = (change: (v: number) => number) => ({ cost: array([B], exact.cost.map(change)) });
  expect(await judged(cost((v) => 2 * v))).toEqual(["wrong", "factor-2"]);
  expect(await judged(cost((v) => v / N))).toEqual([
    "correct-under-convention",
    "mean-over-points",
  ]);
  expect(await judged(cost((v) => Math.sqrt((2 * v) / N)))).toEqual([
    "correct-under-convention",
    "root-mean-square",
  ]);
  expect(await judged(cost((v) => v * (1 + 1e-9)))).toEqual(["wrong", null]);
});

it("audit(pose_cov) tells the full Hessian from Gauss–Newton's, and knows its other names", async () => {
  const covariance = (data: number[]) => ({ pose_cov: array([B, 6, 6], data) });
  expect(await judged(covariance(exact.covariance("gauss-newton")))).toEqual([
    "approximation",
    "gauss-newton-hessian",
  ]);
  const full = exact.covariance("full");
  const variance = exact.cost.map((cost) => (2 * cost) / (2 * N - 6));
  expect(await judged(covariance(full.map((v, i) => v * variance[Math.floor(i / 36)])))).toEqual([
    "correct-under-convention",
    "residual-variance",
  ]);
  expect(await judged(covariance(full.map((v) => v / 2)))).toEqual(["wrong", "factor-half"]);
});

it("audit(pose with a quaternion off unit length) refuses to guess", async () => {
  const rows = new Array(14).fill(0.7);
  await expect(audited(claims({ pose: array([B, 7], rows) }))).rejects.toThrow(
    /expected a unit quaternion in float64, got length 1\.4/,
  );
});

it("audit(pose_cov with a residual on the Huber threshold) is ill-posed; the pose is not", async () => {
  // The threshold is put on a residual of the solution it leaves in place: no other is beyond it.
  const at = scene("generic", { n: N, noise: 1, seed: "kink" });
  const { correspondences: c } = at;
  const plain = solveCorrespondences(c);
  const { R, t } = plain.pose!;
  const norms = residualNorms(c, R.data, t.data);
  const delta = Math.max(...norms);
  const input = {
    x2d: array([1, N, 2], c.x2d),
    x3d: array([1, N, 3], c.x3d),
    K: array([1, 3, 3], c.K),
    delta: array([1], [delta]),
  };
  const report = await audited(
    claims(
      {
        pose: array([1, 6], poseVector(plain.pose!)),
        pose_cov: array([1, 6, 6], new Float64Array(36).fill(1)),
      },
      { input },
    ),
  );
  expect(report.forward.status).toBe("kink");
  const verdicts = Object.fromEntries(report.claims.map((x) => [x.quantity, x.verdict]));
  expect(verdicts).toEqual({ pose: "correct", pose_cov: "ill-posed" });
});

/** ‖x − π‖ of each correspondence at a pose [px]. */
function residualNorms(c: Correspondences, R: Float64Array, t: Float64Array): number[] {
  const [X, pixel] = [new Float64Array(3), new Float64Array(2)];
  return Array.from({ length: c.n }, (_, i) => {
    rigidTransform(c.x3d.subarray(3 * i, 3 * i + 3), R, t, X);
    projection(X, c.K, pixel);
    return Math.hypot(c.x2d[2 * i] - pixel[0], c.x2d[2 * i + 1] - pixel[1]);
  });
}

import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { audit } from "../../src/audit/audit.js";
import type { Claims } from "../../src/formats/claims.js";
import { readClaims } from "../../src/formats/read.js";
import { poseVector } from "../../src/problem/pose.js";
import { scene } from "../../src/problem/scenes.js";
import { poseCovariance } from "../../src/solve/covariance.js";
import { solveCorrespondences } from "../../src/solve/solve-pnp.js";
import { array } from "./claimed.js";

/** The sweep of a file's worst problem, with one claim times a factor. */
async function sweepOf(claims: Claims, quantity: string, times: number) {
  const { shape, data } = claims.claim[quantity];
  const claim = { [quantity]: { shape, data: data.map((v) => times * v) } };
  const { files } = await audit([{ name: "f", claims: { ...claims, expect: {}, claim } }]);
  return files[0].worst!.sweep;
}
const fields = {
  schema: "pnp-oracle/claims@1",
  dtype: "float64",
  source: "a spec",
  expect: {},
} as const;

it.each(["AA", "LEFT", "RP", "Q7"] as const)(
  "audit(pose_cov in chart %s).worst.sweep tilts the cost: slope 2 for the covariance, 1 for twice as much",
  async (chart) => {
    const { correspondences, pose: start } = scene("generic", {
      n: 8,
      noise: 1,
      weights: "uniform",
    });
    const delta = 3;
    const { pose } = solveCorrespondences(correspondences, { poseInit: start, delta });
    const [R, t] = [pose!.R.data, pose!.t.data] as Float64Array[];
    const { covariance } = poseCovariance(correspondences, R, t, { chart, delta });
    const { n, x2d, x3d, w2d, K } = correspondences;
    const claims: Claims = {
      ...fields,
      method: "pnp",
      convention: { chart },
      input: {
        ...{ x2d: array([1, n, 2], x2d), x3d: array([1, n, 3], x3d), w2d: array([1, n, 2], w2d) },
        ...{ K: array([3, 3], K), delta: array([1], [delta]) },
        pose_init: array([1, 6], poseVector(pose!)),
      },
      claim: { pose_cov: array([1, 6, 6], covariance!) },
    };
    const right = await sweepOf(claims, "pose_cov", 1);
    expect([right!.truthSlope, right!.claimSlope].every((slope) => slope > 1.9)).toBe(true);
    const wrong = await sweepOf(claims, "pose_cov", 2);
    expect(wrong!.truthSlope).toBeGreaterThan(1.9);
    expect(wrong!.claimSlope).toBeLessThan(1.2);
  },
);

const official = new URL("../../fixtures/official/", import.meta.url);
const costs = readdirSync(official).filter((name) => name.startsWith("epropnp-cost"));

it.each(costs)(
  "audit(%s).worst.sweep of the Jacobian moves the pose: slope 2, and 1 for a factor",
  async (name) => {
    const [claims] = readClaims(readFileSync(new URL(name, official)), name);
    const right = await sweepOf(claims, "jacobian", 1);
    const wrong = await sweepOf(claims, "jacobian", 2);
    expect(right!.truthSlope).toBeGreaterThan(1.9);
    // Twice as much is worst where a point lies behind the camera: its rows of zeros are the slope of nothing.
    if (name === "epropnp-cost-6dof-fixed.json") expect(wrong).toBeNull();
    else expect(wrong!.claimSlope).toBeLessThan(1.2);
  },
);

it("audit(gradient of more than 4096 pairs).worst.sweep is one in doubles", async () => {
  const name = "epropnp-mc-6dof-detached.json";
  const [claims] = readClaims(readFileSync(new URL(name, official)), name);
  const [N] = claims.input.x2d.shape.slice(1);
  const [S] = claims.input.pose_samples.shape;
  const more = Math.ceil(4097 / (N * S));
  const repeated = (data: Float64Array) =>
    Float64Array.from({ length: more * data.length }, (_, k) => data[k % data.length]);
  const many = (name: "pose_samples" | "log_proposal") => {
    const { shape, data } = claims.input[name];
    return { shape: shape.with(0, more * S), data: repeated(data) };
  };
  const input = {
    ...claims.input,
    pose_samples: many("pose_samples"),
    log_proposal: many("log_proposal"),
  };
  // The same samples several times over: a loss greater by a logarithm, with the same slopes.
  const sweep = await sweepOf({ ...claims, input }, "grad_w2d", 1);
  expect(sweep!.truthSlope).toBeGreaterThan(1.8);
  expect(sweep!.claimSlope).toBeGreaterThan(1.8);
});

/** Problems for Linear-Covariance losses, and what an audit says of claims on them. */
import { audit } from "../../src/audit/audit.js";
import type { ClaimArray, Claims } from "../../src/formats/claims.js";
import { stream } from "../../src/random/stream.js";
import { array } from "./claimed.js";
import { camera, type PlainLoss, turn } from "./written-rows.js";

export const N = 8;
export type Arrays = Record<string, ClaimArray>;
export const values = ["prior_error", "cov_error", "linear_error", "loss"];
export const gradients = ["grad_x3d", "grad_x2d", "grad_inv_std2d"];
export const all = [...values, ...gradients];

/** Objects at a metre, one point of each thrown far off and one far off and heavy, two not valid. */
export const drawn = (count: number, zMin = 0.1, noise = 1): PlainLoss[] =>
  Array.from({ length: count }, (_, b) => {
    const draw = stream("spec/audit/linear-covariance").at(b);
    const q = [1.2, 0.5, -0.4, 0.3].map((v) => v + 0.3 * draw.normal());
    const pose = [...q.map((v) => v / Math.hypot(...q)), 0.05, -0.08, 1];
    const K = [600, 0, 320, 0, 620, 240, 0, 0, 1];
    const x3d = Array.from({ length: 3 * N }, () => 0.3 * (draw.uniform() - 0.5));
    const w = Array.from({ length: 2 * N }, (_, k) => (k < 4 ? 3 : 0.3 + 0.5 * draw.uniform()));
    const off = [45, 28, 9, -14];
    const x2d = w.map((_, k) => {
      const p = camera({ K, pose }, turn(pose), x3d.slice(3 * (k >> 1), 3 * (k >> 1) + 3));
      return p[k % 2] / p[2] + noise * (off[k] ?? 2 * draw.normal());
    });
    const sides = [0.16, 0.15, 0.17];
    const bbox = Array.from({ length: 24 }, (_, k) => {
      const corner = Math.floor(k / 3);
      return 0.02 + sides[k % 3] * (corner & (1 << (k % 3)) ? 1 : -1);
    });
    const valid = [1, 1, 0, 1, 1, 0, 1, 1];
    return { x2d, x3d, w, K, pose, bbox, valid, zMin };
  });

export const input = (problems: readonly PlainLoss[]): Arrays => {
  const of = (shape: number[], key: "x2d" | "x3d" | "w" | "K" | "pose" | "bbox" | "valid") =>
    array(
      [problems.length, ...shape],
      problems.flatMap((problem) => problem[key]),
    );
  return {
    ...{ x3d: of([N, 3], "x3d"), x2d: of([N, 2], "x2d"), inv_std2d: of([N, 2], "w") },
    ...{ K: of([3, 3], "K"), pose_gt: of([7], "pose"), bbox: of([8, 3], "bbox") },
    ...{ valid: of([N], "valid"), z_min: array([], [problems[0].zMin]) },
  };
};

export async function reports(given: Arrays, claim: Arrays, fields: Partial<Claims> = {}) {
  const claims: Claims = {
    ...{ schema: "pnp-oracle/claims@1", method: "lc", dtype: "float64", source: "spec" },
    ...{ convention: {}, expect: {}, input: given, claim },
    ...fields,
  };
  const { files } = await audit([{ name: "spec", claims }]);
  return files[0].claims;
}
export const audited = async (...given: Parameters<typeof reports>) =>
  (await reports(...given)).map(({ quantity, verdict, explanation }) => [
    quantity,
    verdict,
    explanation,
  ]);

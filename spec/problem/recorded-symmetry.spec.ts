import { expect, it } from "vitest";
import { denseLabel, sparseLabel } from "../../src/loss/symmetric-label.js";
import { candidatePoses, symmetryTransforms } from "../../src/problem/index.js";
import { pose } from "../../src/problem/pose.js";
import { motion } from "../../src/problem/symmetry.js";
import { recorded, row } from "../solve/recorded.js";

const ε = Number.EPSILON;
const arrays = recorded("lc_symmetry");
const objects = arrays.base_R.shape[0];
const continuous = {
  symmetries_continuous: [{ axis: arrays.cont_axis.data, offset: arrays.cont_offset.data }],
};
const sets = {
  cand_none: symmetryTransforms({}),
  cand_discrete: symmetryTransforms({
    symmetries_discrete: [0, 1, 2].map((k) => row(arrays.sym_discrete, k)),
  }),
  cand_cont24: symmetryTransforms(continuous, { steps: 24 }),
};
const base = (b: number) => pose(row(arrays.base_R, b), row(arrays.base_t, b));
const candidates = (set: keyof typeof sets, b: number) => candidatePoses(base(b), sets[set]);

it("the recording holds these arrays, each of which is compared with below", () =>
  expect(Object.keys(arrays).sort()).toEqual([
    ...["K", "base_R", "base_t", "cand_cont24", "cand_discrete", "cand_none"],
    ...["cont_axis", "cont_offset", "pts3d"],
    ...["s2_cont24_best", "s2_cont24_idx", "s2_cont24_pts2d"],
    ...["s2_discrete_best", "s2_discrete_idx", "s2_discrete_pts2d"],
    ...["s3_cont24_best", "s3_cont24_homo_z", "s3_cont24_idx", "s3_cont24_pts3d"],
    ...["s3_discrete_best", "s3_discrete_homo_z", "s3_discrete_idx", "s3_discrete_pts3d"],
    "sym_discrete",
  ]));

it("candidatePoses(pose, symmetryTransforms(…)) are the recorded candidates, in their order", () => {
  for (const set of Object.keys(sets) as (keyof typeof sets)[])
    for (let b = 0; b < objects; b++) {
      const truth = row(arrays[set], b);
      const ours = candidates(set, b);
      expect(12 * ours.length).toBe(truth.length);
      // Two products of three terms, on either side, of entries at most 1.
      ours.forEach(({ R, t }, k) => {
        motion(R.data, t.data).forEach((x, i) => {
          expect(Math.abs(x - truth[12 * k + i])).toBeLessThanOrEqual(2 * 2 * 4 * ε);
        });
      });
    }
});

it("denseLabel(…) and sparseLabel(…) choose the recorded pose of the recorded index", () => {
  for (const kind of ["discrete", "cont24"] as const)
    for (let b = 0; b < objects; b++) {
      const K = row(arrays.K, b);
      const of = (name: string) => row(arrays[name.replace("*", kind)], b);
      const poses = candidates(`cand_${kind}`, b);
      const [z, x2d] = [row(arrays.pts3d, b), of("s2_*_pts2d")];
      const dense = { K, rays: of("s3_*_homo_z"), z: of("s3_*_pts3d") };
      const labels = [
        ["s2", sparseLabel(poses, { K, z, x2d })],
        ["s3", denseLabel(poses, dense, { leastPoints: 20 })],
      ] as const;
      for (const [prefix, label] of labels) {
        expect(label.status).toBe("chosen");
        expect(label.index).toBe(arrays[`${prefix}_${kind}_idx`].data[b]);
        const best = of(`${prefix}_*_best`);
        motion(label.pose.R.data, label.pose.t.data).forEach((x, i) => {
          expect(Math.abs(x - best[i])).toBeLessThanOrEqual(2 * 2 * 4 * ε);
        });
      }
    }
});

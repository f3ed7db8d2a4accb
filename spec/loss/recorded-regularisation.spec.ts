import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { derivativeRegularisation } from "../../src/loss/index.js";
import { correspondences } from "../../src/problem/index.js";
import { rows } from "../equations/bpnp-clouds.js";
import { type RecordedArray, recorded, row } from "../solve/recorded.js";

/** What published code made of the problems of epro_lm_*.json, by fixtures/convert-regularisation.ts. */
function recording(name: string): { problems: number; arrays: Record<string, RecordedArray> } {
  const path = new URL(`../../fixtures/recorded/epro_step_${name}.json`, import.meta.url);
  const { problems, arrays } = JSON.parse(readFileSync(path, "utf8"));
  return { problems, arrays: { ...recorded(`epro_lm_${name}`), ...arrays } };
}
const names = [
  ...["4dof_n32", "4dof_n32_clip"],
  ...["6dof_far", "6dof_n8", "6dof_n64", "6dof_n64_clip", "6dof_n512"],
];

/** The recorded losses: β₀ of the position's smooth L1, and the weights that leave one distance. */
const losses = [
  ["t005", "loss_t_b005", { beta: 0.05, positionWeight: 1, orientationWeight: 0 }],
  ["t1", "loss_t_b1", { beta: 1, positionWeight: 1, orientationWeight: 0 }],
  ["r", "loss_r", { positionWeight: 0, orientationWeight: 1 }],
] as const;

/** What the index of the recordings allows for closed forms. */
const allowed = 1e-8;

function closeTo(got: ArrayLike<number>, wanted: Float64Array, scale: number, what: string): void {
  expect(got.length, what).toBe(wanted.length);
  for (let k = 0; k < wanted.length; k++)
    expect(Math.abs(got[k] - wanted[k]), what).toBeLessThanOrEqual(allowed * scale);
}
const size = (values: Float64Array) => Math.max(...values.map(Math.abs));

for (const name of names)
  it(`derivativeRegularisation(problem, y, truth) is what was recorded of ${name}`, () => {
    const { problems, arrays } = recording(name);
    for (let b = 0; b < arrays.pose_lin.shape[0]; b++) {
      const of = (key: string) => row(arrays[key], b);
      const problem = correspondences({
        x2d: rows(of("x2d"), 2, Number),
        x3d: rows(of("x3d"), 3, Number),
        w2d: rows(of("w2d"), 2, Number),
        K: rows(of("cam_mats"), 3, Number),
      });
      const [zMin] = arrays.z_min.data;
      const border = arrays.lb && { lb: of("lb"), ub: of("ub") };
      const relative = arrays.relative_delta.data[0];
      const y = of("pose_lin");
      for (const [loss, value, weights] of losses) {
        const got = derivativeRegularisation(problem, y, of("pose_gt"), {
          ...weights,
          clamps: { zMin, ...border },
          delta: { relative, through: ["w2d"] },
        });
        expect(got.status).toBe("ok");
        // At rest the step is what rounding leaves of it, in units of the pose.
        closeTo(got.step, of("gn_step"), size(y), `${loss} step`);
        closeTo(got.posePlus, of("pose_opt_plus"), size(y), `${loss} plus`);
        const wanted = arrays[value].data[b];
        expect(Math.abs(got.loss - wanted)).toBeLessThanOrEqual(allowed * wanted);
        for (const input of ["x3d", "x2d", "w2d"] as const) {
          const published = of(`g_${loss}_${input}`);
          // Recorded of the mean over a batch, and of many points the first.
          const mine = got.gradient[input].map((g) => g / problems).slice(0, published.length);
          closeTo(mine, published, size(published), `${loss} ${input}`);
        }
      }
    }
  });

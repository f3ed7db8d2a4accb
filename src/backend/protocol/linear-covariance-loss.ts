/** The Linear-Covariance loss as method lc: the published layer, with its constants where they may vary. */

import { paperDetached } from "../../kernels/linear-covariance-loss.js";
import { publishedRobustification } from "../../kernels/linear-covariance-robust.js";
import { row } from "../operations/fields.js";
import type { LinearCovarianceSettings } from "../operations/index.js";
import type { Settings, Task } from "../task.js";
import { clampRefusal, idleClamp } from "./depths.js";
import { rotationFirst } from "./poses.js";
import {
  correspondences,
  finiteInput,
  oracleStatus,
  pointCount,
  stacked,
  type Translation,
  unless,
  written,
} from "./translation.js";

const of = (settings: Settings) => settings as LinearCovarianceSettings;
const errors = {
  loss: "loss",
  priorError: "prior_error",
  covarianceError: "cov_error",
  linearError: "linear_error",
} as const;
const slopes = { x3d: "grad_x3d", x2d: "grad_x2d", w2d: "grad_inv_std2d" } as const;
const widths = { x3d: 3, x2d: 2, w2d: 2 } as const;
const because = "lc is the published layer";
const same = (some: readonly string[] | undefined, all: readonly string[]) =>
  some === undefined || (some.length === all.length && all.every((one) => some.includes(one)));
const number = (value: number) => ({ shape: [], data: Float64Array.of(value) });

export const linearCovarianceLoss: Translation = {
  method: () => "lc",
  refusal(settings) {
    const { terms, detached, robust, corners, zMin } = of(settings);
    const fixed: [string, unknown[]][] = [
      ["representation", [undefined, "corners-3d"]],
      ["form", [undefined, "laplace"]],
      ["reduction", [undefined, "mean"]],
      ["weights", [undefined, "multiplier"]],
      ["hessian", [undefined, "consistent"]],
      ["maskWeights", [undefined, false]],
    ];
    for (const [name, sayable] of fixed) {
      const refusal = unless(settings, name, sayable, because);
      if (refusal) return refusal;
    }
    if (corners !== 8) return `expected 8 corners, got ${corners}: ${because}`;
    if (!same(terms, ["prior", "covariance", "linear"]))
      return `expected all three terms, got ${terms}: ${because}`;
    if (!same(detached, paperDetached))
      return `expected detached as in the paper, got ${detached}: ${because}`;
    if (!robust) return `expected robust {…}, got ${robust}: ${because}`;
    for (const name of ["clamp", "epsilon"] as const) {
      const refusal = unless(
        { ...robust },
        name,
        [undefined, publishedRobustification[name]],
        because,
      );
      if (refusal) return `robust: ${refusal}`;
    }
    return zMin === undefined || zMin > 0 ? null : `expected zMin > 0, got ${zMin}: ${because}`;
  },
  refusalOf: (task, b) =>
    of(task.settings).zMin === undefined ? clampRefusal(task, b, 7, ["pose"]) : null,
  asked: (task, b) =>
    pointCount(task, [b]) > 0 &&
    finiteInput(task, b) &&
    row(task.input.pose, 7, b)
      .subarray(3)
      .some((v) => v !== 0),
  kind: () => "",
  input(task, problems) {
    const { w2d, ...given } = correspondences(task, problems);
    const { robust, zMin, cornersPer, valid } = of(task.settings);
    const { maxLength, residualFactor, weightFactor } = { ...publishedRobustification, ...robust };
    return {
      ...given,
      inv_std2d: w2d,
      pose_gt: rotationFirst(stacked(task, "input", "pose", problems, [7])),
      bbox:
        cornersPer === "problem"
          ? stacked(task, "input", "corners", problems, [8, 3])
          : { shape: [8, 3], data: task.input.corners },
      ...(valid && {
        valid: stacked(task, "input", "valid", problems, [pointCount(task, problems)]),
      }),
      z_min: number(zMin ?? idleClamp(task, problems, 7, ["pose"])),
      max_err_len: number(maxLength),
      rel_thresh: number(residualFactor),
      w_e_thresh: number(weightFactor),
    };
  },
  want(task, problems) {
    const [B, n] = [problems.length, pointCount(task, problems)];
    return Object.fromEntries([
      ...Object.values(errors).map((name) => [name, [B]]),
      ...Object.entries(slopes).map(([name, said]) => [said, [B, n, widths[name as "x3d"]]]),
    ]);
  },
  read(task, problems, claim) {
    for (const [name, said] of Object.entries({ ...errors, ...slopes }))
      written(task, name, problems, claim[said]);
  },
  status: oracleStatus,
  claim(task: Task, problems: readonly number[]) {
    const n = pointCount(task, problems);
    return Object.fromEntries([
      ...Object.entries(errors).map(([name, said]) => [
        said,
        stacked(task, "output", name, problems, []),
      ]),
      ...Object.entries(slopes).map(([name, said]) => [
        said,
        stacked(task, "output", name, problems, [n, widths[name as "x3d"]]),
      ]),
    ]);
  },
};

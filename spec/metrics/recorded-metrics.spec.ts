import { expect, it } from "vitest";
import { kdTree } from "../../src/kernels/kd-tree.js";
import { nearestVertexDistance } from "../../src/kernels/nearest-vertex.js";
import {
  rotationError,
  traceRotationError,
  translationError,
} from "../../src/kernels/pose-error.js";
import { surfaceDiscrepancy } from "../../src/kernels/surface-discrepancy.js";
import {
  averageVertexDistance,
  symmetricVertexDistance,
} from "../../src/kernels/vertex-distance.js";
import {
  averageProjectionDistance,
  symmetricProjectionDistance,
} from "../../src/kernels/vertex-projection.js";
import {
  accuracy,
  averageRecall,
  diameterShares,
  interpolatedPrecision,
  mspdThresholds,
} from "../../src/metrics/accuracy.js";
import { tenThresholdArea, toolboxArea } from "../../src/metrics/area.js";
import { type RecordedArray, recorded, row } from "../solve/recorded.js";

const ε = Number.EPSILON;
const arrays = recorded("bop_metrics");
const vsd = recorded("bop_vsd");
/** To a part in 10¹² of the number or, where that is nothing, of what it is a difference of. */
const agree = (ours: number, theirs: number, size = 0) =>
  expect(Math.abs(ours - theirs)).toBeLessThanOrEqual(1e-12 * Math.max(Math.abs(theirs), size));
const motion = (R: Float64Array, t: ArrayLike<number>) =>
  Float64Array.from({ length: 12 }, (_, k) =>
    k % 4 === 3 ? t[(k - 3) / 4] : R[3 * Math.floor(k / 4) + (k % 4)],
  );
const motions = (R: RecordedArray, t: RecordedArray) =>
  Float64Array.from(
    R.shape[0]
      ? Array.from({ length: R.shape[0] }, (_, s) => [...motion(row(R, s), row(t, s))]).flat()
      : [],
  );
const numbers = (name: string) => Float64Array.from(arrays[name].data, (x) => x ?? Number.NaN);

it("the recording holds these arrays, each of which is compared with below", () => {
  expect(Object.keys(arrays).sort()).toEqual(
    [
      ...["pts", "R_est", "t_est", "R_gt", "t_gt", "K", "diameter", "info_id"],
      ...[0, 1, 2, 3].flatMap((k) => [`sym${k}_R`, `sym${k}_t`]),
      ...["add", "adi", "re", "te", "proj", "mssd", "mspd", "lc_add", "lc_adi", "lc_re", "lc_te"],
      ...["th_mssd", "th_mspd", "recall_mssd", "recall_mspd", "ar_mssd", "ar_mspd"],
      ...[0, 1, 2, 3, 4, 5].flatMap((k) => [`auc_err${k}`, `auc_val${k}`, `auc_p11_${k}`]),
      ...["ap_rec", "ap_pre", "ap"],
    ].sort(),
  );
  expect(Object.keys(vsd).sort()).toEqual(
    [
      "K",
      "taus",
      "delta",
      "depth_test",
      "depth_est",
      "depth_gt",
      "err_step",
      "err_tlinear",
      "diam",
    ].sort(),
  );
});

it("every error of a pose is the recorded one of both evaluators", () => {
  const K = row(arrays.K, 0).length === 9 ? row(arrays.K, 0) : Float64Array.from(arrays.K.data);
  for (let b = 0; b < arrays.pts.shape[0]; b++) {
    const vertices = row(arrays.pts, b);
    const n = arrays.pts.shape[1];
    const estimate = motion(row(arrays.R_est, b), row(arrays.t_est, b));
    const truth = motion(row(arrays.R_gt, b), row(arrays.t_gt, b));
    const kind = arrays.info_id.data[b];
    const symmetries = motions(arrays[`sym${kind}_R`], arrays[`sym${kind}_t`]);
    const count = symmetries.length / 12;
    // Theirs are differences of positions up to a metre from the camera, in millimetres and in pixels.
    const depth = 8 * ε * 1e3 * 1e12;
    const theirs = (name: string) => arrays[name].data[b];
    const add = averageVertexDistance(n, vertices, estimate, truth);
    const adi = nearestVertexDistance(kdTree(n, vertices), estimate, truth);
    const te = translationError(estimate, truth);
    for (const prefix of ["", "lc_"]) {
      agree(add, theirs(`${prefix}add`), depth);
      agree(adi, theirs(`${prefix}adi`), depth);
      agree(te, theirs(`${prefix}te`), depth);
      // Their arc cosine magnifies the rounding of the trace, which is theirs through an inverse of R.
      const degrees = (180 / Math.PI) * rotationError(estimate, truth);
      const sine = Math.max(Math.sin((theirs(`${prefix}re`) * Math.PI) / 180), Math.sqrt(16 * ε));
      expect(Math.abs(degrees - theirs(`${prefix}re`))).toBeLessThan(
        ((180 / Math.PI) * 16 * ε) / sine,
      );
      expect(
        Math.abs((180 / Math.PI) * traceRotationError(estimate, truth) - theirs(`${prefix}re`)),
      ).toBeLessThan(((180 / Math.PI) * 16 * ε) / sine);
    }
    agree(averageProjectionDistance(n, vertices, K, estimate, truth), theirs("proj"), depth);
    agree(
      symmetricVertexDistance(n, vertices, count, symmetries, estimate, truth),
      theirs("mssd"),
      depth,
    );
    agree(
      symmetricProjectionDistance(n, vertices, K, count, symmetries, estimate, truth),
      theirs("mspd"),
      depth,
    );
  }
});

it("recalls and their averages are the recorded ones, and so are the thresholds", () => {
  const shares = numbers("mssd").map((e, b) => e / arrays.diameter.data[b]);
  for (let k = 0; k < 10; k++) {
    agree(diameterShares[k], arrays.th_mssd.data[k]);
    agree(mspdThresholds(640)[k], arrays.th_mspd.data[k]);
    agree(accuracy(shares, arrays.th_mssd.data[k]), arrays.recall_mssd.data[k]);
    agree(accuracy(numbers("mspd"), arrays.th_mspd.data[k]), arrays.recall_mspd.data[k]);
  }
  agree(averageRecall(shares, diameterShares), arrays.ar_mssd.data[0]);
  agree(averageRecall(numbers("mspd"), mspdThresholds(640)), arrays.ar_mspd.data[0]);
});

it("toolboxArea and tenThresholdArea are the recorded areas, NaN included", () => {
  for (let k = 0; k < 6; k++) {
    const errors = numbers(`auc_err${k}`);
    const theirs = numbers(`auc_val${k}`)[0];
    if (Number.isNaN(theirs)) expect(toolboxArea(errors, 100)).toBeNaN();
    else agree(toolboxArea(errors, 100), theirs);
    agree(tenThresholdArea(errors, 100), arrays[`auc_p11_${k}`].data[0]);
  }
});

it("interpolatedPrecision(recall, precision) is the recorded average precision", () =>
  agree(interpolatedPrecision(numbers("ap_rec"), numbers("ap_pre")), arrays.ap.data[0]));

it("surfaceDiscrepancy is the recorded discrepancy at every tolerance, of both costs", () => {
  const [, height, width] = vsd.depth_test.shape;
  expect(vsd.depth_test.data.length % (height * width)).toBe(0);
  const K = Float64Array.from(vsd.K.data);
  for (let b = 0; b < vsd.depth_test.shape[0]; b++)
    for (const [cost, name] of [
      ["step", "err_step"],
      ["linear", "err_tlinear"],
    ] as const)
      for (const single of [true, false]) {
        const taus = Float64Array.from(vsd.taus.data, (tau) => tau * vsd.diam.data[b]);
        const errors = new Float64Array(taus.length);
        const [test, estimate, truth] = ["depth_test", "depth_est", "depth_gt"].map((key) =>
          row(vsd[key], b),
        );
        surfaceDiscrepancy(
          width,
          test,
          estimate,
          truth,
          K,
          vsd.delta.data[0],
          taus,
          cost,
          errors,
          single,
        );
        const theirs = row(vsd[name], b);
        for (let k = 0; k < taus.length; k++) agree(errors[k], theirs[k]);
      }
});

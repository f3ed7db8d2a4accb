import { expect, it } from "vitest";
import { audit } from "../../src/audit/audit.js";
import { poseIntegral } from "../../src/audit/pose-integral.js";
import { posePeaks, tangentDraws } from "../../src/audit/tangent-draws.js";
import { rotationQuaternion } from "../../src/kernels/quaternion.js";
import { scene } from "../../src/problem/scenes.js";
import { stream } from "../../src/random/stream.js";
import { laplaceEvidence } from "../../src/sample/evidence.js";
import { initialProposal, proposalLogDensities } from "../../src/sample/proposal.js";
import { array } from "./claimed.js";
import { drawnLosses, type Mistake } from "./drawn-draft.js";

const all = ["cost_target", "loss", "grad_x3d", "grad_x2d", "grad_w2d"];
/** [verdict, explanation] by quantity, of losses over seeds. */
async function verdicts(quantities: readonly string[], mistake: Mistake = {}, seeds = 16) {
  const { files } = await audit(drawnLosses(seeds, 256, quantities, mistake));
  expect(files).toHaveLength(1);
  return Object.fromEntries(
    files[0].claims.map(({ quantity, verdict, explanation }) => [quantity, [verdict, explanation]]),
  );
}

it("audit of losses over samples of their own takes the mean over seeds for the integral that it estimates", async () => {
  const right = ["correct", null];
  expect(await verdicts(all)).toEqual(Object.fromEntries(all.map((name) => [name, right])));
});

it("audit of such losses names what else they are: a constant, a factor, a threshold that is ignored", async () => {
  const summed = (v: number, name: string) => (name === "loss" ? v + Math.log(256) : 2 * v);
  expect(await verdicts(["loss", "grad_w2d"], { change: summed })).toEqual({
    loss: ["correct-under-convention", "sum-over-samples"],
    grad_w2d: ["wrong", "factor-2"],
  });
  expect(await verdicts(["loss", "grad_x2d"], { delta: Number.POSITIVE_INFINITY })).toEqual({
    loss: ["wrong", "threshold-ignored"],
    grad_x2d: ["wrong", "threshold-ignored"],
  });
  const half = (v: number) => v - Math.log(2);
  expect(await verdicts(["loss"], { change: half })).toEqual({
    loss: ["correct-under-convention", "one-of-each-rotation"],
  });
});

it("audit of such losses finds a bias of a tenth in every slope, and calls one seed or none at all inconclusive", async () => {
  const more = (v: number, name: string) => (name === "loss" ? v : 1.2 * v);
  const biased = await verdicts(["loss", "grad_x3d", "grad_w2d"], { change: more }, 24);
  expect([biased.loss[0], biased.grad_x3d[0], biased.grad_w2d[0]]).toEqual([
    "correct",
    "wrong",
    "wrong",
  ]);
  const [one] = drawnLosses(1, 256, ["loss"]);
  const alone = (await audit([one])).files[0].claims[0];
  expect([alone.verdict, alone.sentence.slice(0, 17)]).toEqual([
    "inconclusive",
    "One seed says not",
  ]);
  const same = Array.from({ length: 5 }, (_, seed) => ({
    name: `${seed}`,
    claims: { ...one.claims, seed },
  }));
  const [{ claims }] = (await audit(same)).files;
  expect(claims[0].sentence).toMatch(/^5 seeds gave the same numbers: samples have to be drawn/);
});

it("audit refuses samples without densities, a count beside them, and neither samples nor a seed", async () => {
  const [{ name, claims }] = drawnLosses(1, 256, ["loss"]);
  const refused = (change: object, message: string) =>
    expect(audit([{ name, claims: { ...claims, ...change } }])).rejects.toThrow(message);
  const pose_samples = array([1, 2, 7], [...claims.input.pose_gt.data]);
  const log_proposal = array([1, 2], [0, 0]);
  await refused({ seed: undefined }, "or the seed of code that draws its own, got neither");
  const { sample_count: _, ...input } = claims.input;
  await refused({ input: { ...input, pose_samples } }, "input/log_proposal: expected it beside");
  await refused({ input: { ...claims.input, pose_samples, log_proposal } }, "got both");
  const half = { ...claims.input, sample_count: array([], [0.5]) };
  await refused({ input: half }, "input/sample_count: expected a whole number from 1, got 0.5");
  const claim = { log_weights: array([0, 2], []) };
  await refused({ claim }, "claim/log_weights: expected input/pose_samples beside it");
});

/** A problem, its weights times `scale`, with where its minimum is. */
function peaked(width: 7 | 4, scale: number) {
  const { correspondences } = scene("generic", { n: 8, noise: 1, weights: "uniform", seed: 4 });
  const points = { ...correspondences, w2d: correspondences.w2d.map((w) => scale * w) };
  const peaks = posePeaks(points, width, Number.POSITIVE_INFINITY);
  const [{ R, t }] = peaks;
  const y = Float64Array.of(...t, ...(width === 7 ? [0, 0, 0, 0] : [Math.atan2(R[2], R[0])]));
  if (width === 7) rotationQuaternion(R, y.subarray(3));
  return { points, peaks, R, t, y };
}

const widths = [7, 4] as const;

it.each(widths)("tangentDraws of poses of %i numbers have the density that is stated", (width) => {
  const { R, t, y } = peaked(width, 1);
  // Half a radian and a tenth of a metre, so that the measure of rotations counts; and another peak beside it.
  const d = width === 7 ? 6 : 4;
  const isTurn = (k: number) => (width === 7 ? k < 3 : k === 3);
  const factor = Float64Array.from({ length: d * d }, (_, k) =>
    k % (d + 1) ? 0 : isTurn(k / (d + 1)) ? 0.5 : 0.1,
  );
  const logDeterminant = 2 * ((d - 3) * Math.log(0.5) + 3 * Math.log(0.1));
  const beside = t.map((v) => v + 0.05);
  const peaks = [t, beside].map((at) => ({ R, t: at, factor, logDeterminant }));
  const count = 20_000;
  const drawn = tangentDraws(peaks, width, count, stream("spec/audit/tangent"));
  // A density of another family, narrower, integrates to one by these draws. Q7 has half angles, last.
  const narrow = Float64Array.from({ length: d * d }, (_, k) =>
    k % (d + 1) ? 0 : k / (d + 1) < 3 ? 0.005 : width === 7 ? 0.03 : 0.1,
  );
  const other = initialProposal(y, narrow);
  const logs = new Float64Array(count);
  proposalLogDensities(other, 0, count, drawn.poses, logs, 0);
  const counts = (s: number) => drawn.logDensities[s] > Number.NEGATIVE_INFINITY;
  const ratios = logs.map((v, s) => (counts(s) ? Math.exp(v - drawn.logDensities[s]) : 0));
  const mean = ratios.reduce((sum, v) => sum + v / count, 0);
  const deviation = Math.sqrt(ratios.reduce((sum, v) => sum + (v - mean) ** 2 / count, 0));
  expect(deviation / Math.sqrt(count)).toBeLessThan(0.03);
  expect(Math.abs(mean - 1)).toBeLessThan((5 * deviation) / Math.sqrt(count));
});

it.each([7, 4] as const)(
  "poseIntegral of a sharp posterior of poses of %i numbers is Laplace's evidence, to second order",
  (width) => {
    const [scale, chart] = [20, width === 7 ? "Q7" : "YAW"] as const;
    const { points, R, t, y } = peaked(width, scale);
    const delta = Number.POSITIVE_INFINITY;
    const integral = poseIntegral(
      { index: 0, n: 8, arrays: { ...points }, delta, zMin: 0.1, y },
      16,
    );
    const { value, error } = integral.of("loss");
    const laplace = laplaceEvidence(points, R, t, { chart });
    expect(error).toBeLessThan(0.05);
    // What the next order changes falls with the square of the weights.
    expect(Math.abs(value[0] - laplace.cost - laplace.logEvidence!)).toBeLessThan(
      error + 20 / scale ** 2,
    );
  },
);

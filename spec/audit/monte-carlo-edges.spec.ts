import { expect, it } from "vitest";
import { rowRotation } from "../../src/kernels/pose-row.js";
import { array } from "./claimed.js";
import {
  audited,
  B,
  claimOf,
  type Drawn,
  inputOf,
  losses,
  N,
  problems,
  quantities,
  S,
  verdicts,
} from "./monte-carlo-draft.js";

const slopes = ["grad_x3d", "grad_x2d", "grad_w2d"] as const;

/** The depth of a problem's first point at a pose. */
function depthAt({ x3d }: Drawn[number], y: Float64Array): number {
  const R = new Float64Array(9);
  rowRotation(y, R);
  return y[2] + R[6] * x3d[0] + R[7] * x3d[1] + R[8] * x3d[2];
}

it("slopes are ill-posed where a depth is z_min at the target or a sample, costs and loss are not", async () => {
  for (const chart of ["Q7", "YAW"] as const) {
    const [one] = problems(chart);
    for (const y of [one.y, one.samples[0]]) {
      const zMin = depthAt(one, y);
      const input = { ...inputOf([one]), z_min: array([], [zMin]) };
      const found = await audited(input, claimOf(losses([one], { zMin }), quantities));
      for (const { quantity, verdict, sentence } of found)
        if (quantity.startsWith("grad_")) {
          expect(verdict).toBe("ill-posed");
          expect(sentence).toMatch(/depth lies on z_min/);
        } else expect(verdict).toMatch(/^(correct|rounding)$/);
    }
    // The other problems are judged all the same.
    const all = problems(chart);
    const zMin = depthAt(all[0], all[0].y);
    const input = { ...inputOf(all), z_min: array([], [zMin]) };
    for (const { verdict, sentence } of await audited(
      input,
      claimOf(losses(all, { zMin }), slopes),
    )) {
      expect(verdict).toMatch(/^(correct|rounding)$/);
      expect(sentence).toMatch(/1 of 3 are ill-posed/);
    }
  }
});

it("slopes exist on the Huber threshold, and a sample of no weight cannot spoil them", async () => {
  const [one] = problems("Q7");
  // Only the first point counts, and the threshold is the norm of its residual at the target.
  const first = { ...one, w2d: one.w2d.map((w, k) => (k < 2 ? w : 0)) };
  const square = 2 * losses([{ ...first, delta: 1e9 }])[0].cost_target[0];
  const kink = { ...first, delta: Math.sqrt(square) };
  const found = await audited(inputOf([kink]), claimOf(losses([kink]), slopes));
  for (const { verdict } of found) expect(verdict).toMatch(/^(correct|rounding)$/);
  const zMin = depthAt(one, one.samples[0]);
  const unlikely = { ...one, logProposal: one.logProposal.map((q, s) => (s === 0 ? 80 : q)) };
  const input = { ...inputOf([unlikely]), z_min: array([], [zMin]) };
  for (const { verdict } of await audited(input, claimOf(losses([unlikely], { zMin }), slopes)))
    expect(verdict).toMatch(/^(correct|rounding)$/);
});

it("the gradient of shared points is the sum over the batch, or its mean where the file says so", async () => {
  const drawn = problems("Q7", true);
  const whole = inputOf(drawn);
  const input = { ...whole, x3d: array([N, 3], drawn[0].x3d) };
  const made = losses(drawn);
  const total = (times: number) =>
    array(
      [N, 3],
      made[0].grad_x3d.map((_, k) => times * made.reduce((sum, of) => sum + of.grad_x3d[k], 0)),
    );
  const verdict = async (times: number, reduction: "sum" | "mean") => {
    const [report] = await audited(
      input,
      { grad_x3d: total(times) },
      { convention: { reduction } },
    );
    expect(report.worstProblem).toBeNull();
    return [report.verdict.replace("rounding", "correct"), report.explanation];
  };
  expect(await verdict(1, "sum")).toEqual(["correct", null]);
  expect(await verdict(1 / B, "mean")).toEqual(["correct", null]);
  expect(await verdict(1 / B, "sum")).toEqual(["correct-under-convention", "mean-over-batch"]);
  expect(await verdict(1, "mean")).toEqual(["correct-under-convention", "sum-over-batch"]);
  const everywhere = made.flatMap(() => [...total(1).data]);
  const spread = await audited(whole, { grad_x3d: array([B, N, 3], everywhere) });
  expect(verdicts(spread)).toEqual([["grad_x3d", "wrong", "summed-over-batch"]]);
});

it("what does not belong together is refused by name", async () => {
  const drawn = problems("Q7");
  const input = inputOf(drawn);
  const claim = claimOf(losses(drawn), ["loss"]);
  const refused = async (change: typeof input, message: string) =>
    expect(audited({ ...input, ...change }, claim)).rejects.toThrow(message);
  const yaw = inputOf(problems("YAW"));
  await refused(
    { pose_samples: yaw.pose_samples },
    "input/pose_samples: expected poses of 7 numbers like pose_gt, got 4",
  );
  await refused(
    { pose_samples: array([0, B, 7], []), log_proposal: array([0, B], []) },
    "input/pose_samples: expected at least one sample",
  );
  await refused(
    { log_proposal: array([B, S], input.log_proposal.data) },
    `input/log_proposal: expected shape [${S},${B}]`,
  );
  const long = { ...input.pose_samples, data: input.pose_samples.data.map((v) => 2 * v) };
  await refused({ pose_samples: long }, "input/pose_samples[0][0]: expected a unit quaternion");
  const without = Object.fromEntries(
    Object.entries(input).filter(([name]) => name !== "log_proposal"),
  );
  await expect(audited(without, claim)).rejects.toThrow(
    "input/log_proposal: expected it beside input/pose_samples, got none",
  );
  await refused({ z_min: array([], [-1]) }, "input/z_min: expected z_min > 0, got -1");
  const infinite = array(
    [S, B],
    input.log_proposal.data.map(() => Number.POSITIVE_INFINITY),
  );
  await refused({ log_proposal: infinite }, "input/log_proposal: expected finite numbers");
});

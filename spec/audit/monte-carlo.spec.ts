import { expect, it } from "vitest";
import {
  formulaProjectionJacobian,
  maskedProjectionJacobian,
} from "../../src/kernels/projection-clamp.js";
import {
  audited,
  B,
  claimOf,
  huberSlope,
  inputOf,
  type LossOptions,
  losses,
  N,
  problems,
  type Quantity,
  quantities,
  S,
  verdicts,
} from "./monte-carlo-draft.js";

const charts = ["Q7", "YAW"] as const;
const drawn = { Q7: problems("Q7"), YAW: problems("YAW") };
const slopes = ["grad_x3d", "grad_x2d", "grad_w2d"] as const;
const ofLoss = ["loss", ...slopes] as const;
const ofWeights = ["log_weights", ...ofLoss] as const;

for (const chart of charts) {
  const input = inputOf(drawn[chart]);
  const sound = claimOf(losses(drawn[chart]), quantities);

  it(`sound losses and slopes are correct, in float32 up to rounding, ${chart}`, async () => {
    for (const report of await audited(input, sound))
      expect([report.quantity, report.verdict, report.explanation]).toEqual([
        report.quantity,
        expect.stringMatching(/^(correct|rounding)$/),
        null,
      ]);
    const single = Object.fromEntries(
      Object.entries(sound).map(([name, { shape, data }]) => [
        name,
        { shape, data: data.map(Math.fround) },
      ]),
    );
    for (const report of await audited(input, single, { dtype: "float32" }))
      expect(["correct", "rounding"]).toContain(report.verdict);
    for (const report of await audited(input, single))
      expect([report.quantity, report.verdict, report.explanation]).toEqual([
        ...[report.quantity, "wrong", null],
      ]);
  });

  it(`the truth of every quantity has two routes that agree far beyond a double, ${chart}`, async () => {
    for (const { perProblem } of await audited(input, sound))
      for (const { truthError } of perProblem) expect(truthError).toBeLessThan(2e-16);
  });
}

const normalised = (v: number[]) => v.map((x) => x / v.reduce((a, b) => a + b));
const own = (logWeights: number[][], b: number) =>
  normalised(logWeights.map((row) => Math.exp(row[b])));

/** What is planted, what it is called, and in which quantities it shows. */
const plants: readonly [string, LossOptions, readonly Quantity[]][] = [
  ["threshold-ignored", { rho: (s) => s, slope: () => 1 }, quantities],
  ["huber-slope-missing", { slope: () => 1 }, slopes],
  ["huber-derivative-squared", { slope: (s, delta) => huberSlope(s, delta) ** 2 }, slopes],
  ["depth-unclamped", { zMin: 1e-3 }, quantities],
  ["clip-rows-zeroed", { jacobian: maskedProjectionJacobian }, ["grad_x3d"]],
  ["clip-rows-kept", { jacobian: formulaProjectionJacobian }, ["grad_x3d"]],
  ["cost-not-halved", { share: 2 }, ofWeights],
  ["cost-averaged", { share: 1 / N }, ofWeights],
  ["proposal-ignored", { logWeight: (c) => -c }, ofWeights],
  ["proposal-multiplied", { logWeight: (c, q) => q - c }, ofWeights],
  [
    "weights-over-batch",
    { shares: (lw, _, b) => lw.map((row) => normalised(row.map(Math.exp))[b]) },
    slopes,
  ],
  ["weights-not-normalised", { shares: (lw, _, b) => lw.map((row) => Math.exp(row[b])) }, slopes],
  ["weights-uniform", { shares: (lw) => lw.map(() => 1 / S) }, slopes],
  [
    "weights-not-detached",
    {
      shares: (lw, costs, b) => {
        const v = own(lw, b);
        const mean = v.reduce((sum, x, s) => sum + x * costs[s], 0);
        return v.map((x, s) => x - x * costs[s] + x * mean);
      },
    },
    slopes,
  ],
  ["prediction-missing", { terms: [1, 0] }, ofLoss],
  ["target-missing", { terms: [0, 1] }, ofLoss],
  ["prediction-subtracted", { terms: [1, -1] }, ofLoss],
  [
    "log-epsilon",
    {
      evidence: (total) => Math.log(total + 1e-8),
      shares: (lw, _, b) => {
        const v = lw.map((row) => Math.exp(row[b]));
        return v.map((x) => x / (v.reduce((a, c) => a + c) + 1e-8));
      },
    },
    ofLoss,
  ],
];

it.each(plants)(
  "%s is named where it shows, and as the one thing wrong",
  async (slug, options, where) => {
    for (const chart of charts) {
      const claim = claimOf(losses(drawn[chart], options), where);
      const found = verdicts(await audited(inputOf(drawn[chart]), claim));
      expect(found).toEqual(where.map((name) => [name, "wrong", slug]));
    }
  },
);

it("misread weights are named, but for slopes by the weights that were misread", async () => {
  const misread: readonly [string, LossOptions][] = [
    ["weights-ignored", { weight: () => 1 }],
    ["weights-taken-as-w2", { weight: Math.sqrt }],
    ["weights-squared-twice", { weight: (w) => w * w }],
  ];
  const where = quantities.filter((name) => name !== "grad_w2d");
  for (const [slug, options] of misread) {
    const claim = claimOf(losses(drawn.Q7, options), where);
    expect(verdicts(await audited(inputOf(drawn.Q7), claim))).toEqual(
      where.map((name) => [name, "wrong", slug]),
    );
  }
});

it("conventions are named: a mean over samples, points or the batch, slopes by w², exchanged axes", async () => {
  const of = drawn.Q7;
  const made = losses(of);
  const input = inputOf(of);
  const changed = async (name: Quantity, change: (v: number, k: number, b: number) => number) => {
    const other = made.map((each, b) => ({
      ...each,
      [name]: each[name].map((v, k) => change(v, k, b)),
    }));
    const [report] = await audited(input, claimOf(other, [name]));
    return [report.verdict, report.explanation];
  };
  const convention = (slug: string) => ["correct-under-convention", slug];
  expect(await changed("loss", (v) => v - Math.log(S))).toEqual(convention("mean-over-samples"));
  expect(await changed("cost_target", (v) => v / N)).toEqual(convention("mean-over-points"));
  expect(await changed("cost_samples", (v) => v / N)).toEqual(convention("mean-over-points"));
  expect(await changed("grad_x2d", (v) => v / B)).toEqual(convention("mean-over-batch"));
  const byW2 = (v: number, k: number, b: number) => v / (2 * of[b].w2d[k]);
  expect(await changed("grad_w2d", byW2)).toEqual(convention("derivative-by-w2"));
  const stated = { ...input, w2d: { ...input.w2d, data: input.w2d.data.map((w) => w * w) } };
  const squares = made.map((each, b) => ({
    ...each,
    grad_w2d: each.grad_w2d.map((v, k) => byW2(v, k, b)),
  }));
  const [asStated] = await audited(stated, claimOf(squares, ["grad_w2d"]), {
    convention: { weights: "w2" },
  });
  expect(asStated.explanation).toBeNull();
  const { data } = claimOf(made, ["cost_samples"]).cost_samples;
  const turned = Float64Array.from(data, (_, k) => data[(k % S) * B + Math.floor(k / S)]);
  const [exchanged] = await audited(input, { cost_samples: { shape: [B, S], data: turned } });
  expect([exchanged.verdict, exchanged.explanation]).toEqual(convention("transposed"));
  // A mistake besides is told too.
  const doubled = { cost_samples: { shape: [B, S], data: turned.map((v) => 2 * v) } };
  const [both] = await audited(input, doubled);
  expect([both.verdict, both.explanation]).toEqual(["wrong", "factor-2+transposed"]);
  expect(await changed("grad_x3d", (v) => -v)).toEqual(["wrong", "sign-flipped"]);
  expect(await changed("grad_x3d", (v, k) => v * (1 + 1e-6 * Math.sin(k)))).toEqual([
    ...["wrong", null],
  ]);
});

it("a threshold that moves with the weights or the points is an approximation", async () => {
  const of = drawn.Q7;
  const attached = losses(of).map((each, b) => {
    const { x2d, w2d, delta } = of[b];
    const total = w2d.reduce((a, c) => a + c);
    const mean = [0, 1].map((k) => x2d.reduce((sum, v, j) => sum + (j % 2 === k ? v / N : 0), 0));
    const variance = x2d.reduce((sum, v, j) => sum + (v - mean[j % 2]) ** 2, 0) / (N - 1);
    const byPoint = (j: number) => (delta * (x2d[j] - mean[j % 2])) / ((N - 1) * variance);
    return {
      ...each,
      grad_w2d: each.grad_w2d.map((v) => v + (each.byDelta * delta) / total),
      grad_x2d: each.grad_x2d.map((v, j) => v + each.byDelta * byPoint(j)),
    };
  });
  const found = await audited(inputOf(of), claimOf(attached, ["grad_w2d", "grad_x2d"]));
  expect(verdicts(found)).toEqual([
    ["grad_w2d", "approximation", "threshold-attached"],
    ["grad_x2d", "approximation", "threshold-attached-to-points"],
  ]);
});

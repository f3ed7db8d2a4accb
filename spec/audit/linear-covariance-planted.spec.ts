import { expect, it } from "vitest";
import { all, audited, drawn, gradients, input, values } from "./drawn-losses.js";
import { twice, type WrittenLoss, writtenClaim } from "./written-loss.js";
import {
  axisAngleRows,
  columnRows,
  leftRows,
  type PlainLoss,
  pixelRows,
  quaternionRows,
  tangentRows,
} from "./written-rows.js";

const mean = (of: readonly number[]) => of.reduce((a, b) => a + b) / of.length;
const square = (v: number) => v * v;
const half = (v: number, delta: number) => twice(v, delta) / 2;
const plain = { M: square, omega: square };
const learnt = ["loss", ...gradients];
const but = (...names: string[]) => all.filter((name) => !names.includes(name));

/** Each name, the loss it stands for, where it shows, and as what. */
const planted: readonly (readonly [string, WrittenLoss, readonly string[]])[] = [
  ["weights-ignored", { weight: () => 1 }, but("grad_inv_std2d")],
  ["weights-taken-as-w2", { weight: Math.sqrt }, all],
  ["weights-squared-twice", { weight: square }, all],
  ["robustification-missing", { ...plain, longest: 1e9 }, but("prior_error")],
  ["residual-clamp-missing", { longest: 1e9 }, all],
  ["residual-threshold-missing", { M: square }, but()],
  ["weight-threshold-missing", { omega: square }, all],
  ["prior-weights-plain", { priorOmega: square }, ["loss", "grad_inv_std2d"]],
  ["huber-once", { h: half }, but("linear_error")],
  ["thresholds-over-both-axes", { bothAxes: true }, all],
  ["mask-ignored", { counted: (valid) => valid.map(() => 1) }, all],
  ["mask-on-weights", { masked: true }, all],
  ["observed-hessian", { curving: (r) => r }, all],
  ["identity-substituted", { curving: null }, but("grad_inv_std2d")],
  ["signed-residuals", { signed: true }, but("prior_error", "linear_error")],
  ["projected-corners", { rows: pixelRows }, all],
  ["quaternion-errors", { rows: quaternionRows }, all],
  ["axis-angle-errors", { rows: axisAngleRows }, all],
  ["two-column-errors", { rows: columnRows }, all],
  ["tangent-errors", { rows: tangentRows }, all],
  ["left-turned-corners", { rows: leftRows }, all],
  ["components-apart", { group: 1 }, all],
  ["root-mean-square-corner", { size: (s) => Math.sqrt(mean(s)) }, all],
  ["gaussian-form", { size: mean }, all],
  [
    "covariance-term-missing",
    { loss: (p, _, l) => Math.log(p) + l / (2 * p) },
    ["loss", "grad_inv_std2d"],
  ],
  [
    "linear-term-missing",
    { loss: (p, c) => Math.log(p) + c / (2 * p) },
    ["loss", "grad_inv_std2d"],
  ],
  ["prior-term-missing", { loss: (_, c, l) => (c + l) / 2 }, learnt],
  ["half-missing", { loss: (p, c, l) => Math.log(p) + (c + l) / p }, ["loss", "grad_inv_std2d"]],
  ["logarithm-missing", { loss: (p, c, l) => (c + l) / (2 * p) }, ["loss", "grad_inv_std2d"]],
  ["linear-residual-attached", { attached: ["linear"] }, ["grad_x3d", "grad_x2d"]],
  ["linearisation-attached", { attached: ["J"] }, ["grad_x3d"]],
  ["residual-detached", { held: ["r"] }, ["grad_x3d", "grad_x2d"]],
  ["covariance-weights-detached", { held: ["covariance"] }, ["grad_inv_std2d"]],
  ["prior-weights-detached", { held: ["prior"] }, ["grad_inv_std2d"]],
  ["linear-weights-detached", { held: ["linear"] }, ["grad_inv_std2d"]],
  ["clamp-differentiated", { attached: ["clamp"] }, ["grad_x3d", "grad_x2d"]],
  ["residual-threshold-attached", { attached: ["deltaE"] }, ["grad_x3d", "grad_x2d"]],
  ["weight-threshold-attached", { attached: ["deltaW"] }, gradients],
];

/** Values are as sharp as doubles; differences keep more digits than single precision has. */
async function found(
  problems: readonly PlainLoss[],
  written: WrittenLoss,
  names: readonly string[],
) {
  const dtype = written.curving || written.rows === axisAngleRows ? "float32" : "float64";
  const of = (some: readonly string[]) => writtenClaim(problems, written, some);
  const [own, slopes] = [values, gradients].map((kind) =>
    names.filter((name) => kind.includes(name)),
  );
  return [
    ...(own.length ? await audited(input(problems), of(own), { dtype }) : []),
    ...(slopes.length ? await audited(input(problems), of(slopes), { dtype: "float32" }) : []),
  ];
}

it("what is written without a mistake is correct", async () => {
  for (const [, verdict] of await found(drawn(1), {}, all))
    expect(["correct", "rounding"]).toContain(verdict);
});

it.each(planted)("%s is named", async (slug, written, names) => {
  const verdict = /threshold-attached$/.test(slug) ? "approximation" : "wrong";
  // The Hessian at the pixels observed has to stay positive definite.
  const problems = drawn(1, 0.1, slug === "observed-hessian" ? 0.02 : 1);
  expect(await found(problems, written, names)).toEqual(names.map((name) => [name, verdict, slug]));
});

it("what points nearer than z_min are wronged by is named", async () => {
  for (const [slug, verdict, written] of [
    ["gauss-newton-hessian", "approximation", { curving: () => 0 }],
    ["clamp-in-jacobian", "wrong", { depthOfJ: 1.01, curving: () => 0 }],
    ["depth-unclamped", "wrong", { zMin: 1e-3 }],
  ] as const)
    expect(await found(drawn(1, 1.01), written, all)).toEqual(
      all.map((name) => [name, verdict, slug]),
    );
});

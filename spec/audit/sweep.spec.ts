import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { audit } from "../../src/audit/audit.js";
import type { FileReport } from "../../src/audit/report.js";
import { singleProblem } from "../../src/audit/single-problem.js";
import type { Claims } from "../../src/formats/claims.js";
import { readClaims } from "../../src/formats/read.js";
import { draft, everything, file } from "./claimed.js";

const official = new URL("../../fixtures/official/", import.meta.url);
const recorded = (name: string): Claims =>
  readClaims(readFileSync(new URL(name, official)), name)[0];

async function fileOf(claims: Claims): Promise<FileReport> {
  const { files } = await audit([{ name: "claims.json", claims }]);
  return files[0];
}
/** A file with one of its claims alone, changed. */
function changed(claims: Claims, quantity: string, by: (v: number, k: number) => number): Claims {
  const { shape, data } = claims.claim[quantity];
  return { ...claims, expect: {}, claim: { [quantity]: { shape, data: data.map(by) } } };
}

for (const chart of ["AA", "LEFT", "Q7", "RP"] as const)
  it(`audit(file).worst.sweep has slope 2 for true Jacobians in chart ${chart}, 1 for false ones`, async () => {
    const truth = file(draft("generic", { n: 8, problems: 1, chart }), everything, {
      convention: { chart },
    });
    const quantities = chart === "AA" ? ["J_x2d", "J_x3d", "J_K", "J_w2d"] : ["J_x2d", "grad_x3d"];
    // One audit, so that the truth is computed once.
    const { files } = await audit(
      quantities.flatMap((quantity) =>
        [1, 2].map((times) => ({
          name: `${quantity}, ${times} times`,
          claims: changed(truth, quantity, (v) => times * v),
        })),
      ),
    );
    for (const { file: name, worst } of files) {
      const { truthSlope, claimSlope, claimDifference } = worst!.sweep!;
      const best = Math.min(...claimDifference);
      expect(truthSlope, name).toBeGreaterThan(1.9);
      if (name.includes("1 times")) {
        expect(claimSlope, name).toBeGreaterThan(1.9);
        // Central differences leave h² and ε/h: ε^⅔ at their best, times what curvature magnifies.
        expect(best, name).toBeLessThan(1e3 * 2 ** (-53 * (2 / 3)));
      } else {
        expect(claimSlope, name).toBeLessThan(1.2);
        expect(best, name).toBeGreaterThan(0.9);
      }
    }
  });

for (const [name, quantity] of [
  ["epropnp-mc-6dof-detached.json", "grad_w2d"],
  ["epropnp-reg-4dof-attached.json", "grad_x2d"],
] as const)
  it(`audit(${name}).worst.sweep of ${quantity} sees a factor, and the truth beside it`, async () => {
    const { worst } = await fileOf(changed(recorded(name), quantity, (v) => 2 * v));
    expect(worst!.sweep!.truthSlope).toBeGreaterThan(1.9);
    expect(worst!.sweep!.claimSlope).toBeLessThan(1.2);
  });

it("audit(file).worst.sweep is left out where the contract is not the slope of anything solved", async () => {
  const faster = recorded("bpnp-n4-BPnP_fast-as-faster.json");
  expect((await fileOf(changed(faster, "J_x2d", (v) => v))).worst!.sweep).toBeNull();
});

it("singleProblem(claims, quantity, shape, b) is judged as the batch is, transposed claims too", async () => {
  const truth = file(draft("generic", { n: 8, problems: 3 }), everything);
  const { shape, data } = truth.claim.J_x2d;
  const doubled = data.map((v) => 2 * v);
  const [B, rows] = [shape[0], data.length / shape[0]];
  const turned = Float64Array.from(data, (_, k) => doubled[(k % B) * rows + Math.floor(k / B)]);
  const last = { shape: [...shape.slice(1), B], data: turned };
  for (const [array, explanation] of [
    [{ shape, data: doubled }, "factor-2"],
    [last, "transposed+factor-2"],
  ] as const) {
    const claims: Claims = { ...truth, claim: { J_x2d: array } };
    const alone = singleProblem(claims, "J_x2d", shape, 1)!;
    expect(alone.input.x2d.data).toEqual(truth.input.x2d.data.subarray(16, 32));
    const { claims: reports } = await fileOf(alone);
    expect(reports.map((report) => report.explanation)).toEqual([explanation]);
    expect(reports[0].problems).toBe(1);
  }
});

it("singleProblem(claims, quantity, shape, b) is none for sums over a batch and gradients of means", () => {
  const truth = file(draft("generic", { n: 8, problems: 3 }), everything);
  const shared = { shape: [8, 3], data: truth.input.x3d.data.subarray(0, 24) };
  const summed = { ...truth, input: { ...truth.input, x3d: shared } };
  expect(singleProblem(summed, "grad_x3d", [8, 3], 0)).toBeNull();
  const mean: Claims = { ...truth, convention: { ...truth.convention, reduction: "mean" } };
  expect(singleProblem(mean, "grad_x2d", [3, 8, 2], 0)).toBeNull();
  expect(singleProblem(mean, "J_x2d", [3, 6, 8, 2], 0)).not.toBeNull();
});

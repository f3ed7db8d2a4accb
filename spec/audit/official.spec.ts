import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { audit, type NamedClaims } from "../../src/audit/audit.js";
import { exitCode } from "../../src/audit/report.js";
import { readClaims } from "../../src/formats/read.js";

const folder = new URL("../../fixtures/official/", import.meta.url);

/** The recorded files whose name matches; `npm start` audits all of them, the larger ones included. */
function recorded(pattern: RegExp): NamedClaims[] {
  return readdirSync(folder)
    .filter((name) => pattern.test(name))
    .flatMap((name) =>
      readClaims(readFileSync(new URL(name, folder)), name).map((claims) => ({ name, claims })),
    );
}

const small = recorded(/^bpnp-(batch|n4|n8)-/);

it("audit(recorded claims) finds every declared deviation by itself, and passes", async () => {
  const report = await audit(small);
  for (const { file, dtype, claims } of report.files)
    for (const claim of claims) {
      const declared = small.find(({ name }) => name === file)!.claims.expect[claim.quantity];
      expect([file, claim.quantity, claim.explanation]).toEqual([
        file,
        claim.quantity,
        declared ?? null,
      ]);
      expect(claim.verdict).toBe(declared ? "wrong" : "correct");
      // To rounding: single precision loses nine of the digits that double keeps.
      if (declared) expect(claim.explanationError).toBeLessThan(dtype === "float64" ? 1e-11 : 1e-4);
      for (const { truthError } of claim.perProblem) expect(truthError).toBeLessThan(1e-15);
    }
  expect(exitCode(report)).toBe(0);
});

it("audit(recorded losses and steps) finds the attached threshold by itself, and nothing else", async () => {
  const losses = recorded(/^epropnp-(mc-.*(attached|inliers)|reg-)/);
  const bare = losses.map(({ name, claims }) => ({ name, claims: { ...claims, expect: {} } }));
  const report = await audit(bare);
  for (const { file, claims } of report.files) {
    const declared = losses.find(({ name }) => name === file)!.claims.expect;
    for (const { quantity, verdict, explanation, perProblem } of claims) {
      const expected = declared[quantity] ?? null;
      expect([file, quantity, explanation]).toEqual([file, quantity, expected]);
      expect(verdict).toMatch(expected ? /^approximation$/ : /^(correct|rounding)$/);
      for (const { truthError, budget } of perProblem) {
        expect(truthError).toBeLessThan(1e-15);
        // Published doubles lose three digits at most here, but for steps that vanish at a minimum.
        if (quantity !== "pose_plus") expect(budget).toBeLessThan(1e-10);
      }
    }
  }
  expect(exitCode(report)).toBe(1);
});

it("audit(recorded errors of poses) finds them sound, of every kind of symmetry", async () => {
  const report = await audit(recorded(/^metrics-/));
  for (const { file, points, correspondences, claims } of report.files) {
    expect([file, points, correspondences]).toEqual([file, 150, 0]);
    for (const { quantity, verdict, explanation, perProblem } of claims) {
      expect([quantity, explanation]).toEqual([quantity, null]);
      expect(verdict).toMatch(/^(correct|rounding)$/);
      for (const { truthError } of perProblem) expect(truthError).toBeLessThan(1e-15);
    }
  }
});

it("audit(recorded claims without expect) fails on the published backward passes", async () => {
  const bare = recorded(/^bpnp-n4-(BPnP|exact)\.json$/).map(({ name, claims }) => ({
    name,
    claims: { ...claims, expect: {} },
  }));
  const report = await audit(bare);
  expect(exitCode(report)).toBe(1);
  expect(exitCode({ ...report, files: report.files.filter((f) => /exact/.test(f.file)) })).toBe(0);
});

it("audit(claims) does not depend on what else is audited, or in which order", async () => {
  const two = recorded(/^bpnp-n4-(BPnP|exact)\.json$/);
  const forth = await audit(two);
  const back = await audit([...two].reverse());
  const alone = await audit([two[0]]);
  expect([...back.files].reverse()).toEqual(forth.files);
  expect(alone.files[0]).toEqual(forth.files[0]);
});

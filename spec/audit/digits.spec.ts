import { expect, it } from "vitest";
import { audit } from "../../src/audit/audit.js";
import type { FileReport } from "../../src/audit/report.js";
import type { Claims } from "../../src/formats/claims.js";
import { array, type DraftOptions, draft, everything, file, sharedDraft } from "./claimed.js";

/** The report on a file with truths at as many digits as verdicts need, and with all of them at 64. */
async function both(claims: Claims): Promise<[FileReport, FileReport]> {
  const files = [{ name: "claims.json", claims }];
  const [quick, long] = [await audit(files), await audit(files, { digits: 64 })];
  return [quick.files[0], long.files[0]];
}

/** A report without what is allowed to differ: how sharp the truth is. */
const judged = ({ digits64: _, ...report }: FileReport) => ({
  ...report,
  claims: report.claims.map((claim) => ({
    ...claim,
    perProblem: claim.perProblem.map(({ truthError: __, ...finding }) => finding),
  })),
});

const small: DraftOptions = { n: 6, problems: 2, noise: 1 };
const wobbled = (v: number, i: number) => v * (1 + 1e-5 * Math.sin(i * i));
const files: [string, () => Claims][] = [
  ["right claims", () => file(draft("generic", small), everything)],
  [
    "float32 claims",
    () => file(draft("far", small), everything, { dtype: "float32" }, Math.fround),
  ],
  ["a minimal problem", () => file(draft("minimal", { ...small, n: 4 }), ["J_x2d", "grad_K"])],
  ["Gauss–Newton", () => file(draft("deep", { ...small, variant: "gauss-newton" }), ["J_x3d"])],
  [
    "depth weights",
    () => file(draft("generic", { ...small, variant: "depth-weighted" }), ["J_w2d"]),
  ],
  ["another chart", () => file(draft("planar", { ...small, chart: "LEFT" }), ["J_K", "grad_x2d"])],
  ["an error that nothing explains", () => file(draft("generic", small), ["J_x2d"], {}, wobbled)],
  ["no given pose", () => file(draft("generic", { ...small, pose: false }), ["J_x2d"])],
  ["sums over a batch", () => file(sharedDraft(6, 2), ["grad_x2d", "grad_x3d", "grad_K"])],
];

it.each(files)("audit(%s) says the same at 64 digits, number by number", async (_, make) => {
  const [quick, long] = await both(make());
  expect(judged(quick)).toEqual(judged(long));
  expect(quick.digits64).toBe(0);
  expect(long.digits64).toBe(2);
});

/** Points on a line but for `off` of their length: the turn about it is hardly known. */
function slender(off: number): Claims {
  const exact = draft("generic", { ...small, noise: 0 });
  const x3d = exact.inputs.x3d.data.map((v, k) => (k % 3 === 0 ? v : v * off));
  return file({ ...exact, inputs: { ...exact.inputs, x3d: array([2, 6, 3], x3d) } }, ["J_x2d"]);
}

it("audit(...) takes 64 digits where 31 do not settle, and says for how many problems", async () => {
  const [quick, long] = await both(slender(1e-8));
  expect(judged(quick)).toEqual(judged(long));
  expect([quick.digits64, long.digits64]).toEqual([1, 2]);
});

it("audit(...) of a method that solves nothing says the same at 64 digits, too", async () => {
  const scalar = (v: number) => array([1], [v]);
  const turned = [0.8, -0.6, 0, 0.6, 0.8, 0, 0, 0, 1];
  const [quick, long] = await both({
    ...file(draft("generic", { ...small, problems: 1 }), []),
    method: "metrics",
    input: {
      R_est: array([1, 3, 3], turned),
      t_est: array([1, 3], [0.1, 0.2, 1]),
      R_gt: array([1, 3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1]),
      t_gt: array([1, 3], [0.1, 0.25, 1.1]),
    },
    claim: { te: scalar(Math.hypot(0.05, 0.1)), ad: scalar(Math.atan2(0.6, 0.8)) },
  });
  expect(quick.claims.map(({ verdict }) => verdict)).toEqual(["correct", "correct"]);
  expect(judged(quick)).toEqual(judged(long));
  expect(quick.digits64).toBeUndefined();
});

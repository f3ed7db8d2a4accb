import { expect, it } from "vitest";
import { Candidates } from "../../src/audit/candidates.js";
import { located } from "../../src/audit/forward.js";
import { ContractError } from "../../src/audit/methods.js";
import { problems } from "../../src/audit/problem.js";
import { derivativeQuantity, trueRecipe } from "../../src/audit/recipe.js";
import { exactFormula } from "../../src/audit/solved-form.js";
import type { ClaimArray, Claims } from "../../src/formats/claims.js";
import { poseVector } from "../../src/problem/pose.js";
import { scene } from "../../src/problem/scenes.js";
import { solveCorrespondences } from "../../src/solve/solve-pnp.js";
import {
  all,
  array,
  audited,
  type Draft,
  draft,
  everything,
  file,
  sharedDraft,
  verdictsOf,
} from "./claimed.js";

const small = { n: 10, problems: 2 } as const;
const exact = draft("generic", small);

/** The draft with its poses moved, and its claims left where they were. */
function moved(by: number): Draft {
  const pose = exact.inputs.pose.data.map((v, i) => v + (i % 6 === 1 ? by : 0));
  return { ...exact, inputs: { ...exact.inputs, pose: array([2, 6], pose) } };
}

/** What the BPnP formula gives at the given poses, without polishing them. */
function atGivenPose(file: Claims): ClaimArray {
  const recipe = {
    ...trueRecipe({ chart: "AA", rotationFirst: true, degrees: false }, exactFormula, "w"),
    pose: "given" as const,
  };
  const solved = problems(file, { B: 2, N: 10 }).map((problem) => ({
    problem,
    poses: { exact: located(problem).y, given: problem.pose, other: null },
    truth: null,
  }));
  const candidates = new Candidates(solved, new Set(), false, { ...recipe, pose: "exact" });
  const quantity = derivativeQuantity("J_x2d")!;
  return array(
    [2, 6, 10, 2],
    solved.flatMap((_, b) => [...candidates.own(quantity, recipe, b)!]),
  );
}

it("audit(claims at a pose 1e-4 off) reports the forward, and judges at the minimum beside it", async () => {
  const report = await audited(file(moved(1e-4), ["J_x2d"]));
  expect(report.forward.status).toBe("unconverged-pose");
  expect(report.forward.poseDistance).toBeGreaterThan(5e-5);
  expect(report.claims[0].verdict).toBe("correct");
});

it("audit(claims) explains the formula at a pose 1e-4 off by the unconverged pose", async () => {
  const off = moved(1e-4);
  const claimed = { ...off, claims: { J_x2d: atGivenPose(file(off, [])) } };
  expect(await verdictsOf(file(claimed, ["J_x2d"]))).toEqual(
    all(["J_x2d"], "wrong", "unconverged-pose"),
  );
});

it("audit(claims) lets a pose 1e-9 off into the budget: solvers stop somewhere", async () => {
  const off = moved(1e-9);
  const claimed = { ...off, claims: { J_x2d: atGivenPose(file(off, [])) } };
  const report = await audited(file(claimed, ["J_x2d"]));
  expect(report.forward.status).toBe("ok");
  expect(report.claims[0].verdict).toBe("rounding");
});

it("audit(claims) judges a pose in a second minimum by that minimum, and says so", async () => {
  // A plane has two minima; the worse one is as stationary as the better.
  const seeds = Array.from({ length: 20 }, (_, seed) => seed);
  const scenes = seeds.map((seed) => scene("planar", { n: 12, noise: 3, seed }));
  const flat = scenes.find((s) => solveCorrespondences(s.correspondences).second !== null)!;
  const { second } = solveCorrespondences(flat.correspondences);
  const { x2d, x3d, w2d, K } = flat.correspondences;
  const inputs = {
    x2d: array([1, 12, 2], x2d),
    x3d: array([1, 12, 3], x3d),
    w2d: array([1, 12, 2], w2d),
    K: array([1, 3, 3], K),
  };
  const other = array([1, 6], poseVector(second!.pose));
  const drafted: Draft = {
    B: 1,
    N: 12,
    inputs: { ...inputs, pose: other },
    claims: { J_K: array([1, 6, 3, 3], new Float64Array(54).fill(1)) },
  };
  const report = await audited(file(drafted, ["J_K"]));
  expect(report.forward.status).toBe("other-minimum");
  expect(report.claims[0].verdict).toBe("wrong");
});

it.each([
  ["collinear", true],
  ["collinear", false],
  ["coincident", true],
  ["coincident", false],
] as const)(
  "audit(%s points, pose given: %s) is ill-posed, whatever is claimed",
  async (name, given) => {
    const { correspondences: c, pose } = scene(name, { seed: 1 });
    const inputs = {
      x2d: array([1, c.n, 2], c.x2d),
      x3d: array([1, c.n, 3], c.x3d),
      K: array([1, 3, 3], c.K),
      ...(given ? { pose: array([1, 6], poseVector(pose)) } : {}),
    };
    const claims = { J_x2d: array([1, 6, c.n, 2], new Float64Array(12 * c.n)) };
    expect(await verdictsOf(file({ B: 1, N: c.n, inputs, claims }, ["J_x2d"]))).toEqual(
      all(["J_x2d"], "ill-posed"),
    );
  },
);

it("audit(all weights zero) is ill-posed", async () => {
  const inputs = { ...exact.inputs, w2d: array([2, 10, 2], new Float64Array(40)) };
  expect(await verdictsOf(file({ ...exact, inputs }, ["J_x2d"]))).toEqual(
    all(["J_x2d"], "ill-posed"),
  );
});

it("audit(no problems) is inconclusive, not a crash", async () => {
  const none: Draft = {
    B: 0,
    N: 10,
    inputs: { x2d: array([0, 10, 2], []), x3d: array([0, 10, 3], []), K: array([0, 3, 3], []) },
    claims: { J_x2d: array([0, 6, 10, 2], []) },
  };
  expect(await verdictsOf(file(none, ["J_x2d"]))).toEqual(all(["J_x2d"], "inconclusive"));
});

it("audit(shared points and camera) sums their gradients over the batch", async () => {
  const names = ["grad_x2d", "grad_x3d", "grad_K"];
  const shared = sharedDraft(8, 3);
  expect(await verdictsOf(file(shared, names))).toEqual(all(names, "correct"));
  // Halved they are wrong, the sums included.
  expect(await verdictsOf(file(shared, names, {}, (v) => v / 2))).toEqual(
    all(names, "wrong", "factor-half"),
  );
});

it.each<[string, Partial<Claims>, RegExp]>([
  ["an unknown method", { method: "dlt" }, /method: expected one of .*bpnp.*, got "dlt"/],
  [
    "an unknown input",
    { input: { ...exact.inputs, colour: array([1], [1]) } },
    /input\/colour: expected one of/,
  ],
  [
    "an unknown quantity",
    { claim: { J_y: exact.claims.J_x2d } },
    /claim\/J_y: expected one of J_x2d/,
  ],
  [
    "a truncated batch",
    { claim: { J_x2d: array([1, 6, 10, 2], new Float64Array(120)) } },
    /claim\/J_x2d: expected shape \[2,6,10,2\], got \[1,6,10,2\]/,
  ],
  [
    "NaN in an input",
    { input: { ...exact.inputs, K: array([2, 3, 3], new Float64Array(18).fill(Number.NaN)) } },
    /input\/K: expected finite numbers, got NaN at \[0,0,0\]/,
  ],
  [
    "negative weights",
    { input: { ...exact.inputs, w2d: array([2, 10, 2], new Float64Array(40).fill(-1)) } },
    /input\/w2d\[0\]: expected weights >= 0, got -1/,
  ],
  [
    "a gradient without its upstream",
    { input: { ...exact.inputs, grad_pose: undefined as never } },
    /grad_pose/,
  ],
])("audit(%s) throws, naming what it expected and what it got", async (_, fields, message) => {
  const claims = file(exact, ["grad_x2d"], fields);
  const input = Object.fromEntries(Object.entries(claims.input).filter(([, value]) => value));
  const run = audited({ ...claims, input });
  await expect(run).rejects.toThrow(ContractError);
  await expect(run).rejects.toThrow(message);
});

it("everything a draft claims is audited", async () => {
  const report = await audited(file(exact, everything));
  expect(report.claims.map((claim) => claim.quantity).sort()).toEqual([...everything].sort());
});

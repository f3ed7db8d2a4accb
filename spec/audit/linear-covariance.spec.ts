import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { audit } from "../../src/audit/audit.js";
import type { ClaimArray } from "../../src/formats/claims.js";
import { readClaims } from "../../src/formats/read.js";
import { linearCovarianceLosses, publishedLinearCovariance } from "../../src/loss/index.js";
import { array } from "./claimed.js";
import {
  type Arrays,
  audited,
  drawn,
  gradients,
  input,
  N,
  reports,
  values,
} from "./drawn-losses.js";
import { writtenClaim } from "./written-loss.js";
import { type PlainLoss, turn } from "./written-rows.js";

/** What the project's own layer makes of the problems. */
function sound(problems: readonly PlainLoss[]): Arrays {
  const flat = (of: readonly number[]) => Float64Array.from(of);
  const losses = linearCovarianceLosses(
    problems.map(({ x2d, x3d, w, K }) => ({
      ...{ n: N, x2d: flat(x2d), x3d: flat(x3d), w2d: flat(w), K: flat(K) },
    })),
    problems.map(({ pose }) => flat(pose)),
    {
      ...publishedLinearCovariance,
      ...{ corners: flat(problems[0].bbox), zMin: problems[0].zMin },
      validOf: problems.map(({ valid }) => flat(valid)),
    },
  );
  const row = (of: (loss: (typeof losses)[number]) => number) =>
    array([losses.length], losses.map(of));
  const rows = (width: number, key: "x2d" | "x3d" | "w2d") =>
    array(
      [losses.length, N, width],
      losses.flatMap(({ gradient }) => [...gradient[key]]),
    );
  return {
    prior_error: row((loss) => loss.priorError),
    cov_error: row((loss) => loss.covarianceError),
    linear_error: row((loss) => loss.linearError),
    loss: row((loss) => loss.loss),
    ...{ grad_x3d: rows(3, "x3d"), grad_x2d: rows(2, "x2d"), grad_inv_std2d: rows(2, "w2d") },
  };
}

const changed = (
  { shape, data }: ClaimArray,
  change: (v: number, k: number) => number,
): ClaimArray => array(shape as number[], data.map(change));

const drafts = { far: drawn(3), near: drawn(2, 1.01) };
const given = input(drafts.far);
const claim = sound(drafts.far);

it.each(["far", "near"] as const)(
  "what kernels compute is correct in both precisions, %s",
  async (name) => {
    const own = sound(drafts[name]);
    const single = Object.fromEntries(
      Object.entries(own).map(([key, of]) => [key, changed(of, Math.fround)]),
    );
    for (const [dtype, claimed] of [
      ["float64", own],
      ["float32", single],
    ] as const)
      for (const [quantity, verdict, explanation] of await audited(input(drafts[name]), claimed, {
        dtype,
      })) {
        expect([quantity, explanation]).toEqual([quantity, null]);
        expect(["correct", "rounding"]).toContain(verdict);
      }
  },
);

it("other ways to write the same numbers down are conventions", async () => {
  const w = given.inv_std2d.data;
  const turned = (data: Float64Array, k: number) => {
    const [problem, from] = [drafts.far[Math.floor(k / (3 * N))], k - (k % 3)];
    return turn(problem.pose)[k % 3].reduce((s, v, a) => s + v * data[from + a], 0);
  };
  const written: readonly (readonly [string, Record<string, (v: number, k: number) => number>])[] =
    [
      [
        "summed-over-corners",
        {
          ...{ prior_error: (v) => 8 * v, cov_error: (v) => 8 * v, linear_error: (v) => 8 * v },
          loss: (v) => v + Math.log(8),
        },
      ],
      [
        "lengths-in-millimetres",
        {
          ...{
            prior_error: (v) => 1e3 * v,
            cov_error: (v) => 1e3 * v,
            linear_error: (v) => 1e3 * v,
          },
          ...{ loss: (v) => v + Math.log(1e3), grad_x3d: (v) => v / 1e3 },
        },
      ],
      [
        "lengths-in-metres",
        {
          ...{
            prior_error: (v) => v / 1e3,
            cov_error: (v) => v / 1e3,
            linear_error: (v) => v / 1e3,
          },
          ...{ loss: (v) => v - Math.log(1e3), grad_x3d: (v) => 1e3 * v },
        },
      ],
      ["derivative-by-w2", { grad_inv_std2d: (v, k) => v / (2 * w[k]) }],
      ["derivative-by-std", { grad_inv_std2d: (v, k) => -v * w[k] * w[k] }],
      ["camera-frame-points", { grad_x3d: (_, k) => turned(claim.grad_x3d.data, k) }],
      ["mean-over-batch", { grad_x2d: (v) => v / 3, grad_x3d: (v) => v / 3 }],
    ];
  for (const [slug, changes] of written) {
    const claimed = Object.entries(changes).map(([name, by]) => [name, changed(claim[name], by)]);
    expect(await audited(given, Object.fromEntries(claimed))).toEqual(
      claimed.map(([name]) => [name, "correct-under-convention", slug]),
    );
  }
});

it("points that are not valid have a gradient, and ε is added", async () => {
  const bare = gradients.map((name) => {
    const width = name === "grad_x3d" ? 3 : 2;
    const valid = (k: number) => given.valid.data[Math.floor(k / width)];
    return [name, changed(claim[name], (v, k) => v * valid(k))];
  });
  expect(await audited(given, Object.fromEntries(bare))).toEqual(
    gradients.map((name) => [name, "wrong", "masked-points-without-gradient"]),
  );
  const problems = drawn(1);
  expect(await audited(input(problems), writtenClaim(problems, { epsilon: 0 }, values))).toEqual(
    values.map((name) => [name, "wrong", "epsilon-missing"]),
  );
});

it("the conventions of a file are those of its pose and of its weights", async () => {
  const pose = changed(
    given.pose_gt,
    (_, k) => given.pose_gt.data[k - (k % 7) + [4, 5, 6, 1, 2, 3, 0][k % 7]],
  );
  const found = await audited(
    { ...given, pose_gt: pose, inv_std2d: changed(given.inv_std2d, (w) => w * w) },
    {
      ...claim,
      grad_inv_std2d: changed(claim.grad_inv_std2d, (v, k) => v / (2 * given.inv_std2d.data[k])),
    },
    { convention: { order: "translation-first", quaternion: "xyzw", weights: "w2" } },
  );
  for (const [, verdict] of found) expect(["correct", "rounding"]).toContain(verdict);
});

it("constants of the loss are those of the file", async () => {
  const [problem] = drawn(1);
  const written = { longest: 20 };
  const found = await audited(
    { ...input([problem]), max_err_len: array([], [20]), rel_thresh: array([], [3]) },
    writtenClaim([problem], written, values),
  );
  for (const [, verdict] of found) expect(["correct", "rounding"]).toContain(verdict);
});

it("without a prior covariance every quantity is ill-posed, and the other problems count", async () => {
  const still = changed(given.inv_std2d, (w, k) => (k < 2 * N ? 0 : w));
  const some = await reports({ ...given, inv_std2d: still }, claim);
  for (const { verdict, sentence } of some) {
    expect(["correct", "rounding"]).toContain(verdict);
    expect(sentence).toContain("1 of 3 are ill-posed");
  }
  const resting = input(drawn(3, 0.1, 0));
  for (const none of [{ ...given, inv_std2d: changed(still, () => 0) }, resting])
    for (const { verdict, sentence } of await reports(none, claim)) {
      expect(verdict).toBe("ill-posed");
      expect(sentence).toContain("no prior covariance");
    }
});

it("with a depth on z_min only the gradient by its point is ill-posed", async () => {
  const [problem] = drawn(1);
  // Turned by nothing, the third numbers of points and of t add up without rounding.
  const x3d = problem.x3d.map((v, k) => (k === 2 ? -0.25 : v));
  const on = { ...problem, x3d, pose: [1, 0, 0, 0, 0, 0, 1], zMin: 0.75 };
  const found = await audited(input([on]), sound([on]));
  for (const [name, verdict] of found)
    if (name === "grad_x3d") expect(verdict).toBe("ill-posed");
    else expect(["correct", "rounding"]).toContain(verdict);
});

it.each([
  [
    "inv_std2d",
    (): ClaimArray => changed(given.inv_std2d, () => -1),
    "input/inv_std2d: expected numbers >= 0, got -1",
  ],
  [
    "valid",
    (): ClaimArray => changed(given.valid, () => -2),
    "input/valid: expected numbers >= 0, got -2",
  ],
  [
    "rel_thresh",
    (): ClaimArray => array([], [0]),
    "input/rel_thresh: expected rel_thresh > 0, got 0",
  ],
  [
    "max_err_len",
    (): ClaimArray => array([], [-32]),
    "input/max_err_len: expected max_err_len > 0, got -32",
  ],
  ["z_min", (): ClaimArray => array([], [0]), "input/z_min: expected z_min > 0, got 0"],
  [
    "bbox",
    (): ClaimArray => array([3, 7, 3], new Float64Array(63)),
    "input/bbox: expected shape [3,8,3]",
  ],
  ["pose_gt", (): ClaimArray => changed(given.pose_gt, (v) => 2 * v), "expected a unit quaternion"],
  ["w2d", (): ClaimArray => given.inv_std2d, "input/w2d: expected one of x3d, x2d, inv_std2d"],
])("%s that makes no loss is refused, by what was expected", async (name, make, message) => {
  await expect(audited({ ...given, [name]: make() }, claim)).rejects.toThrow(message);
});

const folder = new URL("../../fixtures/official/", import.meta.url);

it("audit(recorded losses) finds what published code claims correct, but for projected corners", async () => {
  const files = readdirSync(folder).filter((name) => /^lc-n(8|16-projected|32-mm)\./.test(name));
  // `npm start` audits the others as well.
  expect(files).toHaveLength(3);
  for (const name of files) {
    const [claims] = readClaims(readFileSync(new URL(name, folder)), name);
    const bare = { ...claims, expect: {} };
    const { files: found } = await audit([{ name, claims: bare }]);
    for (const { quantity, verdict, explanation, budget, problems } of found[0].claims) {
      expect([name, quantity, explanation]).toEqual([
        name,
        quantity,
        claims.expect[quantity] ?? null,
      ]);
      expect(verdict).toMatch(explanation ? /^wrong$/ : /^(correct|rounding)$/);
      // The last problem of lc-n8 has no residual, and no budget worth the name.
      if (problems < 4) expect(budget).toBeLessThan(1e-11);
    }
  }
});

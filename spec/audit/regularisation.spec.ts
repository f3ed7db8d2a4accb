import { expect, it } from "vitest";
import { audit } from "../../src/audit/audit.js";
import type { ClaimArray, Claims } from "../../src/formats/claims.js";
import {
  gaussNewtonStep,
  gaussNewtonStepVjp,
} from "../../src/kernels/derivative-regularisation.js";
import { movedRow, movedRowVjp } from "../../src/kernels/pose-row.js";
import { formulaProjectionJacobian } from "../../src/kernels/projection-clamp.js";
import { stream } from "../../src/random/stream.js";
import { gradientArrays, rowProblem } from "../equations/row-draws.js";
import { array } from "./claimed.js";
import { moves, type Plain, plus, resting, steppedClaim, type Written } from "./stepped.js";

const [B, N] = [2, 8];
type Arrays = Record<string, ClaimArray>;
const all = ["pose_plus", "grad_x2d", "grad_x3d", "grad_w2d"];
const gradients = all.slice(1);

/** Problems with outliers, one step away from a minimum, ε a share of JᵀJ. */
function drawn(chart: "Q7" | "YAW", zMin = 0.1): Plain[] {
  return Array.from({ length: B }, (_, b) => {
    const draw = stream(`spec/audit/regularisation/${chart}`).at(b);
    const { y, flat } = rowProblem(draw, { n: N, chart, kink: 0.7, noise: 20 });
    const { x2d, x3d, w2d, K, delta } = flat;
    const list = (values: Float64Array) => Array.from(values);
    return {
      ...{ x2d: list(x2d), x3d: list(x3d), w2d: list(w2d), K: list(K), y: list(y) },
      ...{ delta, zMin, epsilon: 3e3, v: list(y).map(() => draw.normal()) },
    };
  });
}

const input = (problems: readonly Plain[]): Arrays => ({
  x2d: array(
    [B, N, 2],
    problems.flatMap(({ x2d }) => x2d),
  ),
  x3d: array(
    [B, N, 3],
    problems.flatMap(({ x3d }) => x3d),
  ),
  w2d: array(
    [B, N, 2],
    problems.flatMap(({ w2d }) => w2d),
  ),
  K: array(
    [B, 3, 3],
    problems.flatMap(({ K }) => K),
  ),
  pose: array(
    [B, problems[0].y.length],
    problems.flatMap(({ y }) => y),
  ),
  delta: array(
    [B],
    problems.map(({ delta }) => delta),
  ),
  z_min: array([], [problems[0].zMin]),
  eps: array([], [problems[0].epsilon]),
  grad_pose_plus: array(
    [B, problems[0].v.length],
    problems.flatMap(({ v }) => v),
  ),
});

async function audited(given: Arrays, claim: Arrays, fields: Partial<Claims> = {}) {
  const claims: Claims = {
    ...{ schema: "pnp-oracle/claims@1", method: "epropnp-reg", dtype: "float64", source: "spec" },
    ...{ convention: {}, expect: {}, input: given, claim },
    ...fields,
  };
  const { files } = await audit([{ name: "spec", claims }]);
  return files[0].claims.map(({ quantity, verdict, explanation }) => [
    quantity,
    verdict,
    explanation,
  ]);
}

/** What kernels make of the problems. */
function sound(problems: readonly Plain[]): Arrays {
  const made = problems.map(({ x2d, x3d, w2d, K, y: row, v, delta, zMin, epsilon }) => {
    const flat = (values: readonly number[]) => Float64Array.from(values);
    const clamps = Float64Array.of(zMin, -Infinity, -Infinity, Infinity, Infinity);
    const given = { ...{ x2d: flat(x2d), x3d: flat(x3d), w2d: flat(w2d), K: flat(K) } };
    const problem = { n: N, ...given, delta, epsilon, clamps };
    const y = flat(row);
    const d = y.length === 4 ? 4 : 6;
    const [step, plus, pulled] = [
      new Float64Array(d),
      new Float64Array(y.length),
      new Float64Array(d),
    ];
    gaussNewtonStep(problem, y, step);
    movedRow(y, step, plus);
    movedRowVjp(y, step, flat(v), pulled);
    const gradient = gradientArrays(N);
    gaussNewtonStepVjp(problem, y, pulled, gradient);
    return { plus: [...plus], ...gradient };
  });
  return {
    pose_plus: array(
      [B, problems[0].y.length],
      made.flatMap(({ plus }) => plus),
    ),
    grad_x2d: array(
      [B, N, 2],
      made.flatMap(({ x2d }) => [...x2d]),
    ),
    grad_x3d: array(
      [B, N, 3],
      made.flatMap(({ x3d }) => [...x3d]),
    ),
    grad_w2d: array(
      [B, N, 2],
      made.flatMap(({ w2d }) => [...w2d]),
    ),
  };
}

const drafts = { Q7: drawn("Q7"), YAW: drawn("YAW") };

for (const chart of ["Q7", "YAW"] as const) {
  it(`what kernels compute is correct in both precisions, ${chart}`, async () => {
    const claim = sound(drafts[chart]);
    for (const [, verdict, explanation] of await audited(input(drafts[chart]), claim)) {
      expect(["correct", "rounding"]).toContain(verdict);
      expect(explanation).toBe(null);
    }
    const single = Object.fromEntries(
      Object.entries(claim).map(([name, { shape, data }]) => [
        name,
        array(shape as number[], data.map(Math.fround)),
      ]),
    );
    for (const [, verdict] of await audited(input(drafts[chart]), single, { dtype: "float32" }))
      expect(["correct", "rounding"]).toContain(verdict);
  });

  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;
  const spread = (x: readonly number[]) => {
    const axis = (k: number) => x.filter((_, l) => l % 2 === k);
    return Math.sqrt(
      [0, 1].reduce((s, k) => s + axis(k).reduce((t, v) => t + (v - mean(axis(k))) ** 2, 0), 0),
    );
  };
  const planted: readonly [string, Written, readonly string[]][] = [
    ["epsilon-missing", { ridge: () => 0 }, all],
    ["epsilon-relative", { ridge: (diagonal, epsilon) => diagonal * epsilon }, all],
    ["step-reversed", { sign: -1 }, ["pose_plus"]],
    ["threshold-ignored", { share: () => 1 }, all],
    ["huber-derivative-squared", { share: (n, delta) => Math.min(1, delta / n) ** 2 }, all],
    ["weights-ignored", { weight: () => 1 }, ["pose_plus", "grad_x2d", "grad_x3d"]],
    ["weights-taken-as-w2", { weight: Math.sqrt }, all],
    ["weights-squared-twice", { weight: (w) => w * w }, all],
    ["huber-slope-frozen", { held: "share" }, gradients],
    ["normal-matrix-frozen", { held: "matrix" }, ["grad_x3d", "grad_w2d"]],
    ["jacobian-frozen", { held: "J" }, ["grad_x3d", "grad_w2d"]],
    [
      "threshold-attached",
      { threshold: (now, given) => (given.delta * mean(now.w2d)) / mean(given.w2d) },
      ["grad_w2d"],
    ],
    [
      "threshold-attached-to-points",
      { threshold: (now, given) => (given.delta * spread(now.x2d)) / spread(given.x2d) },
      ["grad_x2d"],
    ],
  ];
  const turned: typeof planted = [
    ["tangent-factor", { turn: -2 }, all],
    ["tangent-factor-inverse", { turn: -0.5 }, all],
    ["exponential-retraction", { move: moves.exponential }, all],
    ["retraction-order", { move: moves.right }, all],
    ["not-normalised", { move: moves.raw }, all],
  ];
  it.each([...planted, ...(chart === "Q7" ? turned : [])])(
    `%s is named, ${chart}`,
    async (slug, written, names) => {
      const claim = steppedClaim(drafts[chart], written, names);
      // Differences keep more digits than single precision has.
      const found = await audited(input(drafts[chart]), claim, { dtype: "float32" });
      // What published code does on purpose is called an approximation.
      const verdict = slug.startsWith("threshold-attached") ? "approximation" : "wrong";
      expect(found).toEqual(names.map((name) => [name, verdict, slug]));
    },
  );
}

it("lost clamps and kept rows are named", async () => {
  const plants: readonly [string, Written][] = [
    ["depth-unclamped", { zMin: 1e-3 }],
    ["clip-rows-kept", { rows: formulaProjectionJacobian }],
  ];
  for (const chart of ["Q7", "YAW"] as const) {
    const given = drawn(chart, 1.5);
    for (const [slug, written] of plants)
      expect(
        await audited(input(given), steppedClaim(given, written), { dtype: "float32" }),
      ).toEqual(all.map((name) => [name, "wrong", slug]));
  }
});

it("a pose that moves with the data is a leak: at the minimum it is the implicit gradient", async () => {
  for (const chart of ["Q7", "YAW"] as const) {
    const given = drawn(chart).map((problem) => resting({ ...problem, epsilon: 1e-5 }));
    const names = ["grad_x2d", "grad_x3d"];
    const claim = steppedClaim(given, { pose: resting }, names);
    expect(await audited(input(given), claim, { dtype: "float32" })).toEqual(
      names.map((name) => [name, "wrong", "pose-attached"]),
    );
  }
});

it("the conventions of a file are those of y⁺ and of its gradient", async () => {
  const given = drafts.Q7;
  const claim = sound(given);
  const turned = ({ shape, data }: ClaimArray) =>
    array(
      shape as number[],
      data.map((_, k) => data[k - (k % 7) + [4, 5, 6, 3, 0, 1, 2][k % 7]]),
    );
  const other = input(given);
  const found = await audited(
    { ...other, pose: turned(other.pose), grad_pose_plus: turned(other.grad_pose_plus) },
    { ...claim, pose_plus: turned(claim.pose_plus) },
    { convention: { order: "rotation-first", quaternion: "xyzw" } },
  );
  for (const [, verdict] of found) expect(["correct", "rounding"]).toContain(verdict);
});

it("inputs that leave no step are refused, by input and what was expected", async () => {
  const given = input(drafts.Q7);
  const claim = sound(drafts.Q7);
  await expect(audited({ ...given, eps: array([], [-1]) }, claim)).rejects.toThrow(
    "input/eps: expected eps >= 0, got -1",
  );
  await expect(audited(given, claim, { convention: { chart: "LEFT" } })).rejects.toThrow(
    "convention.chart: expected Q7, in which epropnp-reg steps, got LEFT",
  );
  const flat = {
    ...given,
    w2d: array([B, N, 2], new Float64Array(2 * B * N)),
    eps: array([], [0]),
  };
  await expect(audited(flat, claim)).rejects.toThrow("expected a regular matrix JᵀJ + εI");
});

it("gradients do not exist where a residual is as long as the threshold; the step does", async () => {
  const onKink = drafts.Q7.map((problem) => {
    const norms: number[] = [];
    const share = (norm: number, delta: number) => {
      norms.push(norm);
      return Math.min(1, delta / norm);
    };
    plus(problem, problem, { share });
    return { ...problem, delta: norms[3] };
  });
  const found = await audited(input(onKink), sound(onKink));
  expect(found.map(([quantity, verdict]) => [quantity, verdict === "ill-posed"])).toEqual(
    all.map((name) => [name, name !== "pose_plus"]),
  );
});

import { expect, it } from "vitest";
import { audit } from "../../src/audit/audit.js";
import type { ClaimReport } from "../../src/audit/report.js";
import type { ClaimArray, Claims } from "../../src/formats/claims.js";
import { squaredHuber } from "../../src/kernels/huber.js";
import { MOTION_SIZE, pointMotion, poseDerivativesAt } from "../../src/kernels/pose-jacobian.js";
import { rowChart, rowRotation } from "../../src/kernels/pose-row.js";
import {
  clampedProjection,
  formulaProjectionJacobian,
  maskedProjectionJacobian,
} from "../../src/kernels/projection-clamp.js";
import { stream } from "../../src/random/stream.js";
import { rowProblem } from "../equations/row-draws.js";
import { array } from "./claimed.js";

const [B, N] = [3, 8];
type Arrays = Record<string, ClaimArray>;
interface Draft {
  readonly input: Arrays;
  readonly claim: Arrays;
}

interface DraftOptions {
  /** Least depth: points are some 1.2 to 1.8 m away. */
  readonly zMin?: number;
  /** What the claimed numbers take for a weight. */
  readonly weight?: (w: number) => number;
  /** Which Jacobian of the projection the claimed numbers are made of. */
  readonly rows?: typeof maskedProjectionJacobian;
}

/** Three problems with outliers and clamped depths, and what kernels make of them. */
function draft(chart: "Q7" | "YAW", options: DraftOptions = {}): Draft {
  const { zMin = 1.5, weight = (w) => w, rows = maskedProjectionJacobian } = options;
  const problems = Array.from({ length: B }, (_, b) =>
    rowProblem(stream(`spec/audit/pose-cost/${chart}`).at(b), {
      n: N,
      chart,
      kink: 0.7,
      noise: 20,
    }),
  );
  const d = chart === "Q7" ? 6 : 4;
  const made = problems.map(({ y, flat }) => {
    const [R, motion] = [new Float64Array(9), new Float64Array(MOTION_SIZE)];
    rowRotation(y, R);
    poseDerivativesAt(rowChart(y.length), R, y.slice(0, 3), motion);
    const bounds = Float64Array.of(zMin, -Infinity, -Infinity, Infinity, Infinity);
    const [residual, jacobian]: [number[], number[]] = [[], []];
    let cost = 0;
    for (let i = 0; i < N; i++) {
      const z = flat.x3d.slice(3 * i, 3 * i + 3);
      const X = [0, 1, 2].map(
        (a) => y[a] + R.slice(3 * a, 3 * a + 3).reduce((s, r, k) => s + r * z[k], 0),
      );
      const [pi, J, dX] = [new Float64Array(2), new Float64Array(6), new Float64Array(3 * d)];
      clampedProjection(Float64Array.from(X), flat.K, bounds, pi);
      rows(Float64Array.from(X), flat.K, bounds, J);
      pointMotion(rowChart(y.length), motion, z, dX);
      const w = flat.w2d.slice(2 * i, 2 * i + 2).map(weight);
      const f = w.map((v, k) => v * (pi[k] - flat.x2d[2 * i + k]));
      const s = f[0] * f[0] + f[1] * f[1];
      const root = Math.sqrt(Math.min(1, flat.delta / Math.sqrt(s)));
      cost += squaredHuber(s, flat.delta) / 2;
      for (let k = 0; k < 2; k++) {
        residual.push(root * f[k]);
        for (let p = 0; p < d; p++)
          jacobian.push(
            root * w[k] * [0, 1, 2].reduce((sum, a) => sum + J[3 * k + a] * dX[3 * p + a], 0),
          );
      }
    }
    return { cost, residual, jacobian };
  });
  const flatten = (name: "x2d" | "x3d" | "w2d" | "K") =>
    problems.flatMap(({ flat }) => [...flat[name]]);
  return {
    input: {
      x2d: array([B, N, 2], flatten("x2d")),
      x3d: array([B, N, 3], flatten("x3d")),
      w2d: array([B, N, 2], flatten("w2d")),
      K: array([B, 3, 3], flatten("K")),
      pose: array(
        [B, d + (d === 6 ? 1 : 0)],
        problems.flatMap(({ y }) => [...y]),
      ),
      delta: array(
        [B],
        problems.map(({ flat }) => flat.delta),
      ),
      z_min: array([], [zMin]),
    },
    claim: {
      cost: array(
        [B],
        made.map(({ cost }) => cost),
      ),
      residual: array(
        [B, N, 2],
        made.flatMap(({ residual }) => residual),
      ),
      jacobian: array(
        [B, N, 2, d],
        made.flatMap(({ jacobian }) => jacobian),
      ),
    },
  };
}

async function audited(
  { input, claim }: Draft,
  fields: Partial<Claims> = {},
): Promise<readonly ClaimReport[]> {
  const claims: Claims = {
    schema: "pnp-oracle/claims@1",
    method: "epropnp-cost",
    dtype: "float64",
    source: "spec",
    convention: {},
    expect: {},
    input,
    claim,
    ...fields,
  };
  const report = await audit([{ name: "spec", claims }]);
  return report.files[0].claims;
}
const verdicts = (reports: readonly ClaimReport[]) =>
  reports.map(({ quantity, verdict, explanation }) => [quantity, verdict, explanation]);

const drafts = { Q7: draft("Q7"), YAW: draft("YAW") };

/** A claimed array changed entry by entry, by its flat index and the width of its last axis. */
function changed(
  { input, claim }: Draft,
  name: string,
  change: (v: number, k: number, width: number) => number,
): Draft {
  const { shape, data } = claim[name];
  return {
    input,
    claim: { [name]: { shape, data: data.map((v, k) => change(v, k, shape.at(-1)!)) } },
  };
}
/** What kernels make of other inputs, claimed for these. */
async function planted(
  of: Draft,
  name: string,
  change: (v: number, k: number, width: number) => number,
) {
  const [report] = await audited(changed(of, name, change));
  return [report.verdict, report.explanation];
}

for (const chart of ["Q7", "YAW"] as const) {
  it(`what kernels compute is correct, ${chart}`, async () => {
    expect(verdicts(await audited(drafts[chart]))).toEqual([
      ["cost", "correct", null],
      ["residual", "correct", null],
      ["jacobian", "correct", null],
    ]);
  });

  it(`float32 numbers are correct or rounding as float32, and wrong as float64, ${chart}`, async () => {
    const { input, claim } = drafts[chart];
    const single = Object.fromEntries(
      Object.entries(claim).map(([name, { shape, data }]) => [
        name,
        array(shape as number[], data.map(Math.fround)),
      ]),
    );
    const sound = await audited({ input, claim: single }, { dtype: "float32" });
    for (const { verdict } of sound) expect(["correct", "rounding"]).toContain(verdict);
    for (const { verdict } of await audited({ input, claim: single }))
      expect(verdict).toBe("wrong");
  });

  it(`signs, factors and rescaling are named, ${chart}`, async () => {
    const of = drafts[chart];
    expect(await planted(of, "residual", (v) => -v)).toEqual([
      "correct-under-convention",
      "residual-sign",
    ]);
    expect(await planted(of, "jacobian", (v) => -v)).toEqual([
      "correct-under-convention",
      "residual-sign",
    ]);
    expect(await planted(of, "cost", (v) => 2 * v)).toEqual(["wrong", "factor-2"]);
    expect(await planted(of, "cost", (v) => v / N)).toEqual([
      "correct-under-convention",
      "mean-over-points",
    ]);
    // √ρ′ of each point, from its rescaled residual: ‖√ρ′ f‖² = δ ‖f‖ beyond the threshold.
    const root = (point: number) => {
      const delta = of.input.delta.data[Math.floor(point / N)];
      const [u, v] = of.claim.residual.data.subarray(2 * point, 2 * point + 2);
      return Math.min(1, delta / Math.hypot(u, v));
    };
    for (const name of ["residual", "jacobian"]) {
      const per = name === "residual" ? 2 : 2 * of.claim.jacobian.shape[3];
      const at = (k: number) => root(Math.floor(k / per));
      expect(await planted(of, name, (v, k) => v / at(k))).toEqual(["wrong", "threshold-ignored"]);
      expect(await planted(of, name, (v, k) => v * at(k))).toEqual([
        "wrong",
        "huber-derivative-squared",
      ]);
    }
    expect(await planted(of, "jacobian", (v, k) => v * (1 + 1e-6 * Math.sin(k)))).toEqual([
      "wrong",
      null,
    ]);
  });
}

it("rotation columns by another tangent are another convention, and exchanged columns too", async () => {
  const of = drafts.Q7;
  const turned = (share: number) => planted(of, "jacobian", (v, k) => (k % 6 < 3 ? v : share * v));
  expect(await turned(-0.5)).toEqual(["correct-under-convention", "chart-left"]);
  expect(await turned(0.5)).toEqual(["correct-under-convention", "doubled-tangent"]);
  expect(await turned(3)).toEqual(["wrong", "rotation-scaled"]);
  const { data } = of.claim.jacobian;
  const exchanged = (_: number, k: number) => data[k - (k % 6) + ((k + 3) % 6)];
  expect(await planted(of, "jacobian", exchanged)).toEqual([
    "correct-under-convention",
    "row-order",
  ]);
  // The order that a file states is that of its poses too.
  const pose = of.input.pose.data;
  const turnedFirst = pose.map((_, k) => pose[k - (k % 7) + ((k + 3) % 7)]);
  const stated = await audited(
    {
      ...changed(of, "jacobian", exchanged),
      input: { ...of.input, pose: array([B, 7], turnedFirst) },
    },
    { convention: { order: "rotation-first" } },
  );
  expect(verdicts(stated)).toEqual([["jacobian", "correct", null]]);
});

it("lost clamps, kept rows and misread weights are named", async () => {
  const others: readonly [string, DraftOptions, readonly string[]][] = [
    ["depth-unclamped", { zMin: 1e-3 }, ["cost", "residual", "jacobian"]],
    ["clip-rows-kept", { rows: formulaProjectionJacobian }, ["jacobian"]],
    ["weights-ignored", { weight: () => 1 }, ["cost", "residual", "jacobian"]],
    ["weights-taken-as-w2", { weight: Math.sqrt }, ["cost", "residual", "jacobian"]],
    ["weights-squared-twice", { weight: (w) => w * w }, ["cost", "residual", "jacobian"]],
  ];
  for (const chart of ["Q7", "YAW"] as const)
    for (const [slug, options, quantities] of others) {
      const { claim } = draft(chart, options);
      const picked = Object.fromEntries(quantities.map((name) => [name, claim[name]]));
      const found = await audited({ input: drafts[chart].input, claim: picked });
      expect(verdicts(found)).toEqual(quantities.map((name) => [name, "wrong", slug]));
    }
});

it("broken claims are named, and other poses refused", async () => {
  const of = drafts.Q7;
  const broken = await planted(of, "jacobian", (v, k) => (k === 7 ? NaN : v));
  expect(broken).toEqual(["wrong", "non-finite"]);
  const transposed = of.claim.residual;
  const [report] = await audited({
    input: of.input,
    claim: {
      residual: array(
        [B, 2, N],
        transposed.data.map((_, k) => {
          const [b, axis, i] = [Math.floor(k / (2 * N)), Math.floor(k / N) % 2, k % N];
          return transposed.data[2 * N * b + 2 * i + axis];
        }),
      ),
    },
  });
  expect([report.verdict, report.explanation]).toEqual(["correct-under-convention", "transposed"]);
  const pose = array([B, 6], new Float64Array(6 * B));
  await expect(audited({ ...of, input: { ...of.input, pose } })).rejects.toThrow(
    "input/pose: expected shape [3,7]",
  );
  const short = { ...of.input.pose, data: of.input.pose.data.map((v) => v / 2) };
  await expect(audited({ ...of, input: { ...of.input, pose: short } })).rejects.toThrow(
    "expected a unit quaternion",
  );
  const yaw = audited(of, { convention: { chart: "YAW" } });
  await expect(yaw).rejects.toThrow("convention.chart: expected a chart of poses of 7 numbers");
  const zero = { ...of.input, z_min: array([], [0]) };
  await expect(audited({ ...of, input: zero })).rejects.toThrow(
    "input/z_min: expected z_min > 0, got 0",
  );
});

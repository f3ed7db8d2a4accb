import { expect, it } from "vitest";
import { all, array, audited, draft, everything, file, verdictsOf } from "./claimed.js";

const small = { n: 10, problems: 3 } as const;
const exact = draft("generic", small);
const jacobians = ["J_x2d", "J_x3d", "J_K", "J_w2d"];
const gradients = ["grad_x2d", "grad_x3d", "grad_K", "grad_w2d"];

/** Problem, row and column of a flat position in a Jacobian of the draft. */
function placed(
  name: string,
  i: number,
): { b: number; row: number; column: number; width: number } {
  const width = exact.claims[name].data.length / 18;
  return {
    b: Math.floor(i / (6 * width)),
    row: Math.floor(i / width) % 6,
    column: i % width,
    width,
  };
}

it("audit(claims) finds the kernels' own derivatives right, in every quantity", async () => {
  const report = await audited(file(exact, everything));
  for (const claim of report.claims) {
    expect(["correct", "rounding"]).toContain(claim.verdict);
    expect(claim.worstRelativeError).toBeLessThan(claim.budget);
  }
  expect(report.forward.status).toBe("ok");
});

it("audit(claims) finds them right without being told the pose", async () => {
  const claims = file(draft("generic", { ...small, pose: false }), ["J_x2d", "J_x3d", "J_K"]);
  expect(await verdictsOf(claims)).toEqual(all(["J_x2d", "J_x3d", "J_K"], "correct"));
});

it.each([
  ["gauss-newton", "approximation", "gauss-newton-hessian"],
  ["faster", "approximation", "dropped-coefficient-derivatives"],
  ["depth-weighted", "wrong", "depth-weighted-residual"],
  ["depth-weighted-faster", "wrong", "depth-weighted-residual+dropped-coefficient-derivatives"],
] as const)("audit(claims) names the %s variant", async (variant, verdict, explanation) => {
  const claims = file(draft("generic", { ...small, variant }), everything);
  const found = await audited(claims);
  expect(found.claims.map((c) => [c.quantity, c.verdict, c.explanation])).toEqual(
    all(everything, verdict, explanation),
  );
  // The variants come from other formulas (LEFT chart) than the audit's: rounding is all they share.
  for (const claim of found.claims) expect(claim.explanationError).toBeLessThan(1e-11);
});

it("audit(claims) holds bpnp-faster to its own contract", async () => {
  const faster = file(draft("generic", { ...small, variant: "faster" }), everything, {
    method: "bpnp-faster",
  });
  for (const { verdict } of (await audited(faster)).claims)
    expect(["correct", "rounding"]).toContain(verdict);
  expect(await verdictsOf(file(exact, ["J_x3d"], { method: "bpnp-faster" }))).toEqual(
    all(["J_x3d"], "approximation", "exact-derivative"),
  );
});

it("audit(claims) recognises a chart although one problem of two has no residual that weights could feel", async () => {
  const one = { n: 10, problems: 1, chart: "LEFT" } as const;
  const [first, second] = [draft("generic", { ...one, noise: 0 }), draft("generic", one)];
  const joined = (part: "inputs" | "claims") =>
    Object.fromEntries(
      Object.entries(first[part]).map(([name, { shape, data }]) => [
        name,
        array([2, ...shape.slice(1)], [...data, ...second[part][name].data]),
      ]),
    );
  const both = { B: 2, N: 10, inputs: joined("inputs"), claims: joined("claims") };
  const names = ["J_w2d", "grad_w2d"];
  expect(await verdictsOf(file(both, names))).toEqual(
    all(names, "correct-under-convention", "chart-left"),
  );
});

it.each(["LEFT", "RP", "Q7"] as const)(
  "audit(claims) recognises chart %s, stated or not",
  async (chart) => {
    const other = draft("generic", { ...small, chart });
    const names = [...jacobians, ...gradients];
    const stated = await audited(file(other, names, { convention: { chart } }));
    for (const { verdict } of stated.claims) expect(["correct", "rounding"]).toContain(verdict);
    expect(await verdictsOf(file(other, names))).toEqual(
      all(names, "correct-under-convention", `chart-${chart.toLowerCase()}`),
    );
  },
);

it.each([
  [-1, "sign-flipped"],
  [2, "factor-2"],
  [0.5, "factor-half"],
  [-2, "factor-minus-2"],
])("audit(claims) names a factor %d", async (factor, slug) => {
  const names = ["J_x2d", "J_K", "grad_x3d", "grad_w2d"];
  expect(await verdictsOf(file(exact, names, {}, (v) => factor * v))).toEqual(
    all(names, "wrong", slug),
  );
});

it("audit(claims) names a factor on one block of rows", async () => {
  const rotation = file(exact, ["J_x2d", "J_x3d"], {}, (v, i, name) =>
    placed(name, i).row < 3 ? 2 * v : v,
  );
  expect(await verdictsOf(rotation)).toEqual(all(["J_x2d", "J_x3d"], "wrong", "rotation-factor-2"));
  const translation = file(exact, ["J_x2d"], {}, (v, i, name) =>
    placed(name, i).row < 3 ? v : -v,
  );
  expect(await verdictsOf(translation)).toEqual(
    all(["J_x2d"], "wrong", "translation-sign-flipped"),
  );
});

it("audit(claims) sees a gradient averaged over the batch, or summed into every problem", async () => {
  const mean = file(exact, gradients, {}, (v) => v / 3);
  expect(await verdictsOf(mean)).toEqual(
    all(gradients, "correct-under-convention", "mean-over-batch"),
  );
  const stated = await audited(
    file(exact, gradients, { convention: { reduction: "mean" } }, (v) => v / 3),
  );
  for (const { verdict } of stated.claims) expect(["correct", "rounding"]).toContain(verdict);
  const { data } = exact.claims.grad_x3d;
  const summed = file(
    exact,
    ["grad_x3d"],
    {},
    (_, i) => data[i % 30] + data[30 + (i % 30)] + data[60 + (i % 30)],
  );
  expect(await verdictsOf(summed)).toEqual(all(["grad_x3d"], "wrong", "summed-over-batch"));
});

it("audit(claims) reads permuted axes", async () => {
  const [B, N] = [3, 10];
  const { data } = exact.claims.J_x2d;
  const turned = new Float64Array(data.length);
  for (const [i, v] of data.entries()) {
    const { b, row, column } = placed("J_x2d", i);
    turned[(b * 2 * N + column) * 6 + row] = v;
  }
  const claims = file({ ...exact, claims: { J_x2d: array([B, N, 2, 6], turned) } }, ["J_x2d"]);
  expect(await verdictsOf(claims)).toEqual(
    all(["J_x2d"], "correct-under-convention", "transposed"),
  );
});

it("audit(claims) recognises swapped image axes, rays, row order, degrees and w²", async () => {
  const { data } = exact.claims.J_x2d;
  const K = exact.inputs.K.data;
  const w = exact.inputs.w2d.data;
  const convention = "correct-under-convention";
  const cases: [string, (v: number, i: number, name: string) => number, string][] = [
    ["J_x2d", (_, i) => data[i ^ 1], "swapped-image-axes"],
    [
      "J_x2d",
      (v, i) => v * K[9 * placed("J_x2d", i).b + (i % 2 ? 4 : 0)],
      "normalised-coordinates",
    ],
    ["J_x2d", (_, i) => data[i + (placed("J_x2d", i).row < 3 ? 60 : -60)], "row-order"],
    ["J_x2d", (v, i) => (placed("J_x2d", i).row < 3 ? (v * 180) / Math.PI : v), "degrees"],
    ["grad_w2d", (v, i) => v / (2 * w[i]), "derivative-by-w2"],
    ["J_K", (v, i) => ([1, 3, 6, 7, 8].includes(i % 9) ? 0 : v), "pinhole-camera"],
    ["J_K", (v, i) => ([3, 6, 7, 8].includes(i % 9) ? 0 : v), "triangular-camera"],
  ];
  for (const [name, change, slug] of cases)
    expect(await verdictsOf(file(exact, [name], {}, change))).toEqual(
      all([name], convention, slug),
    );
});

it("audit(claims) finds one entry off by a millionth, and in which problem", async () => {
  const report = await audited(
    file(exact, ["J_x2d"], {}, (v, i) => (i === 200 ? v * (1 + 1e-6) : v)),
  );
  const [claim] = report.claims;
  expect([claim.verdict, claim.explanation, claim.worstProblem]).toEqual(["wrong", null, 1]);
});

it("audit(claims) calls NaN and infinity non-finite", async () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY])
    expect(await verdictsOf(file(exact, ["J_K"], {}, (v, i) => (i === 7 ? bad : v)))).toEqual(
      all(["J_K"], "wrong", "non-finite"),
    );
});

it("audit(claims) accepts a deviation only under the very name it found", async () => {
  const flipped = (slug: string) => file(exact, ["J_x2d"], { expect: { J_x2d: slug } }, (v) => -v);
  expect((await audited(flipped("sign-flipped"))).claims[0].expected).toBe(true);
  expect((await audited(flipped("factor-2"))).claims[0].expected).toBe(false);
});

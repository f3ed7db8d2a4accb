import { expect, it } from "vitest";
import type { ClaimedErrors } from "../../src/audit/claimed-errors.js";
import { errorCorrelation } from "../../src/audit/correlation.js";
import { rankCorrelation, ranks } from "../../src/audit/rank-correlation.js";
import { depths, pixels, type SeenProblem } from "../../src/audit/seen-problem.js";
import { type Stream, stream } from "../../src/random/stream.js";

const identity = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);

/** Problems of n points one to four units away, with weights of a decade and residuals of a pixel. */
function seenProblems(draw: Stream, count: number, n: number): SeenProblem[] {
  return Array.from({ length: count }, () => {
    const x3d = Float64Array.from({ length: 3 * n }, (_, k) =>
      k % 3 === 2 ? 1.5 * draw.uniform() : draw.normal(),
    );
    const placed = {
      ...{ n, x3d, R: identity, t: Float64Array.of(0, 0, 1 + draw.uniform()) },
      K: Float64Array.of(500, 0, 320, 0, 500, 240, 0, 0, 1),
    };
    const w2d = Float64Array.from({ length: 2 * n }, () => 10 ** draw.uniform());
    const x2d = pixels(placed).map((x) => x + draw.normal());
    return { ...placed, w2d, x2d, delta: Number.POSITIVE_INFINITY };
  });
}

type Fault = (truth: number, problem: number, entry: number, seen: SeenProblem) => number;

/** J_x2d-like claims [6, n, 2] whose truth falls with depth as a gradient does, with a fault planted. */
function claimed(name: string, fault: Fault, count = 6, n = 12): ClaimedErrors {
  const draw = stream(`spec/correlation/${name}`);
  const seen = seenProblems(draw, count, n);
  const units = [1, 1, 1, 1e-2, 1e-2, 1e-2];
  const truth = seen.map((problem) => {
    const depth = depths(problem);
    return Float64Array.from({ length: 12 * n }, (_, k) => {
      const point = (k >> 1) % n;
      return (units[Math.floor(k / (2 * n))] * draw.normal()) / depth[point] ** 2;
    });
  });
  const claim = truth.map((array, b) => array.map((v, k) => fault(v, b, k, seen[b])));
  const errors = truth.map(
    (array, b) => Math.hypot(...array.map((v, k) => claim[b][k] - v)) / Math.hypot(...array),
  );
  return {
    ...{ claim, truth, errors, seen, summed: false, rotationFirst: true },
    ...{ kept: truth.map((_, b) => b), budget: truth.map(() => 1e-13) },
    ...{ axes: ["D", "N", "2"], shape: [6, n, 2] },
  };
}

const pointOf = (entry: number, { n }: SeenProblem) => (entry >> 1) % n;

it("ranks(values) shares the mean of equal ones", () => {
  expect(ranks([3, 1, 3, 2, 3])).toEqual([4, 1, 4, 2, 4]);
  expect(ranks([])).toEqual([]);
});

it("rankCorrelation(groups) is 1 in order, −1 against it, and null of fewer than four pairs", () => {
  const ordered = (sign: number) =>
    Array.from({ length: 20 }, (_, i) => [i, sign * i ** 3] as const);
  expect(rankCorrelation([ordered(1)])?.strength).toBeCloseTo(1, 14);
  expect(rankCorrelation([ordered(-1)])?.strength).toBeCloseTo(-1, 14);
  expect(rankCorrelation([ordered(1).slice(0, 3)])).toBeNull();
  expect(rankCorrelation([ordered(1).map(([x]) => [x, 7] as const)])).toBeNull();
});

it("rankCorrelation(groups) of noise spreads by no more than it says, in groups of any size", () => {
  const draw = stream("spec/rank-correlation");
  for (const [size, count] of [
    [4, 30],
    [5, 1],
    [8, 3],
    [13, 1],
    [60, 2],
  ] as const) {
    // biome-ignore format: a table
    const zs = Array.from({ length: 600 }, () => {
      const noise = Array.from({ length: count }, () =>
        Array.from({ length: size }, () => [draw.uniform(), draw.normal()] as const),
      );
      return rankCorrelation(noise)!.z;
    });
    const spread = Math.sqrt(zs.reduce((sum, z) => sum + z * z, 0) / zs.length);
    // The root mean square of 600 draws of spread 1 is itself known to 1/√1200; four times that.
    expect(spread, `${count} groups of ${size}`).toBeLessThan(1 + 4 / Math.sqrt(1200));
  }
});

it("rankCorrelation(groups) sees an order that lies inside the groups alone", () => {
  const groups = Array.from({ length: 8 }, (_, g) =>
    Array.from({ length: 9 }, (_, i) => [i - 20 * g, i + 50 * g] as const),
  );
  const found = rankCorrelation(groups)!;
  expect(found.strength).toBeCloseTo(1, 14);
  expect(found.chance).toBeLessThan(1e-12);
});

const noises: Readonly<Record<string, (draw: Stream) => Fault>> = {
  additive: (draw) => (v) => v + 1e-3 * draw.normal(),
  multiplicative: (draw) => (v) => v * (1 + 0.1 * draw.normal()),
  "with heavy tails": (draw) => (v) => v + (1e-4 * draw.normal()) / draw.uniform() ** 2,
  "instead of the claim": (draw) => () => draw.normal(),
  "a shift of all": () => (v) => v + 1,
};

for (const [name, noise] of Object.entries(noises))
  it(`errorCorrelation(errors) accuses nothing of noise: ${name}`, () => {
    for (let trial = 0; trial < 60; trial++) {
      const draw = stream(`spec/correlation/noise/${name}/${trial}`);
      const [count, n] = [[1, 40], [6, 12], [30, 4]][trial % 3]; // biome-ignore format: a table
      const errors = claimed(`${name}/${trial}`, noise(draw), count, n);
      expect(errorCorrelation(errors)?.sentence).toBeUndefined();
    }
  });

const faults: readonly (readonly [string, Fault, RegExp])[] = [
  ["depth", (v, _, k, s) => v * depths(s)[pointOf(k, s)], /depth of the point grows.*too large/],
  ["weight", (v, _, k, s) => v * s.w2d[2 * pointOf(k, s)], /weight of the point/],
  [
    "residual",
    (v, _, k, s) => v * (1 + residual(s, pointOf(k, s)) * Math.cos(1e3 * v)),
    /grows with the residual of the point/,
  ],
  ["index", (v, _, k, s) => v * (1 + 0.01 * pointOf(k, s)), /index of the point/],
  ["batch", (v, b) => v * (1 + 0.01 * (b + 1)), /place in the batch/],
  ["rotation", (v, _, k) => (k < 72 ? 1.1 * v : v), /rows 0 to 2 of 6, .*which are rotation/],
  ["one row", (v, _, k) => (k >= 120 ? -v : v), /row 5 of 6, .*which is translation/],
  ["points", (v, _, k, s) => (pointOf(k, s) % 4 < 3 ? v : 2 * v), /points 3, 7 and 11 of 12/],
  ["one coordinate", (v, _, k) => (k % 2 ? v * 1.5 : v), /coordinate 1 of 2/],
  ["problems", (v, b) => (b > 3 ? v * 1.5 : v), /problems 4 to \d+ of/],
];

function residual(seen: SeenProblem, i: number): number {
  const pixel = pixels(seen);
  const { x2d } = seen;
  return Math.hypot(x2d[2 * i] - pixel[2 * i], x2d[2 * i + 1] - pixel[2 * i + 1]);
}

for (const [name, fault, sentence] of faults)
  it(`errorCorrelation(errors) says where an error lies: ${name}`, () => {
    const found = errorCorrelation(claimed(name, fault, name === "batch" ? 20 : 6));
    expect(found?.sentence).toMatch(sentence);
    expect(found!.pairs.length).toBeGreaterThan(1);
    expect(found!.pairs.length).toBeLessThanOrEqual(300);
  });

it("errorCorrelation(errors) has nothing to say of scalars of two problems, or of none", () => {
  const none = { axes: [], shape: [], seen: [], summed: false, rotationFirst: true };
  const scalars = [1, 2].map((v) => Float64Array.of(v));
  const [errors, budget] = [[1, 1], [1e-9, 1e-9]]; // biome-ignore format: pairs
  const two = { ...none, claim: scalars.map((v) => v.map((x) => 2 * x)), truth: scalars };
  expect(errorCorrelation({ ...two, kept: [0, 1], errors, budget })).toBeNull();
  const empty = { ...none, claim: [], truth: [], kept: [], errors: [], budget: [] };
  expect(errorCorrelation(empty)).toBeNull();
});

it("errorCorrelation(errors) measures rows of other units by themselves", () => {
  const errors = claimed("units", (v, _, k) => (k < 72 ? v : 2 * v));
  const small = (arrays: readonly (Float64Array | null)[]) =>
    arrays.map((array) => array!.map((v, k) => (k < 72 ? v : 1e-7 * v)));
  const mixed = { ...errors, claim: small(errors.claim), truth: small(errors.truth) };
  // Translation rows are so small here that, beside the others, all of them would count as rounding.
  const found = errorCorrelation({ ...mixed, budget: errors.budget.map(() => 1e-5) });
  expect(found?.sentence).toMatch(/rows 3 to 5 of 6, .*which are translation/);
});

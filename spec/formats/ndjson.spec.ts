import { expect, it } from "vitest";
import { FormatError, readClaims, readClaimsLines } from "../../src/formats/index.js";

const K = [
  [500, 0, 320],
  [0, 500, 240],
  [0, 0, 1],
];
const header = { schema: "pnp-oracle/claims@1", method: "bpnp", dtype: "float32", source: "layer" };
/** A problem of n points whose numbers all are b, with or without the batch axis. */
const problem = (b: number, n: number, batched = false) => {
  const list = (width: number) => Array.from({ length: n }, () => Array(width).fill(b));
  const lead = <T>(value: T) => (batched ? [value] : value);
  return {
    id: b,
    input: { x3d: lead(list(3)), x2d: lead(list(2)), K: lead(K) },
    claim: { grad_x2d: lead(list(2)), grad_K: lead(K) },
  };
};
const lines = (...values: object[]) => values.map((value) => JSON.stringify(value)).join("\n");

it("readClaimsLines(text) joins problems of one size into a batch, in the order of the lines", () => {
  const text = lines(header, problem(1, 4), problem(2, 5), problem(3, 4, true), problem(4, 4));
  const [four, five, ...others] = readClaimsLines(`${text}\n\n`, "a.ndjson");
  expect(others).toEqual([]);
  expect(four).toMatchObject({ method: "bpnp", dtype: "float32", source: "layer" });
  expect(four.input.x3d).toEqual({
    shape: [3, 4, 3],
    data: Float64Array.from([1, 3, 4].flatMap((b) => Array(12).fill(b))),
  });
  expect(four.input.K.shape).toEqual([3, 3, 3]);
  expect(four.claim.grad_K.shape).toEqual([3, 3, 3]);
  expect(five.claim.grad_x2d.shape).toEqual([1, 5, 2]);
});

it("readClaimsLines(text) keeps problems apart that differ in a field, and drops the reduction", () => {
  const mean = { ...problem(1, 4), convention: { reduction: "mean", chart: "AA" } };
  const batches = readClaimsLines(
    lines(header, mean, { ...problem(2, 4), dtype: "float64" }),
    "a.jsonl",
  );
  expect(batches.map(({ dtype }) => dtype)).toEqual(["float32", "float64"]);
  expect(batches[0].convention).toEqual({ chart: "AA" });
});

it("readClaimsLines(text) counts problems on the axis that counts them, and keeps a file's one number", () => {
  const sampled = (b: number, zMin: number) => ({
    input: {
      ...{ x3d: [[b, b, b]], x2d: [[b, b]], K, pose_gt: [b, b, b, b], z_min: zMin },
      ...{
        pose_samples: [1, 2].map((s) => Array(4).fill(10 * s + b)),
        log_proposal: [-b, -10 - b],
      },
    },
    claim: { cost_samples: [10 + b, 20 + b], loss: b },
  });
  const [both, other, ...rest] = readClaimsLines(
    lines({ ...header, method: "epropnp-mc" }, sampled(1, 0.1), sampled(2, 0.1), sampled(3, 0.2)),
    "a.ndjson",
  );
  expect(rest).toEqual([]);
  expect(both.input.pose_samples).toEqual({
    shape: [2, 2, 4],
    data: Float64Array.from([11, 12, 21, 22].flatMap((v) => Array(4).fill(v))),
  });
  expect(both.input.log_proposal.data).toEqual(Float64Array.of(-1, -2, -11, -12));
  expect(both.claim.cost_samples).toEqual({ shape: [2, 2], data: Float64Array.of(11, 12, 21, 22) });
  expect(both.claim.loss).toEqual({ shape: [2], data: Float64Array.of(1, 2) });
  expect([both.input.z_min.data[0], other.input.z_min.data[0]]).toEqual([0.1, 0.2]);
});

it("readClaims(bytes) takes whole objects on lines for NDJSON, whatever the name", () => {
  const text = lines({ ...header, ...problem(1, 4) }, { ...header, ...problem(2, 4) });
  expect(readClaims(Buffer.from(text), "-")[0].input.x2d.shape).toEqual([2, 4, 2]);
  const single = JSON.stringify({ ...header, ...problem(1, 4), id: undefined }, null, 1);
  expect(readClaims(Buffer.from(single), "-")[0].input.x2d.shape).toEqual([4, 2]);
});

const refused: [what: string, text: string, message: string][] = [
  [
    "a line that is no JSON",
    `${lines(header, problem(1, 4))}\n{`,
    "a.ndjson: line 3: expected JSON",
  ],
  ["a list", "[]", "a.ndjson: line 1: expected a JSON object, got []"],
  ["no problem", lines(header), "a.ndjson: file: expected a problem a line, got no problem"],
  [
    "an unknown method",
    lines({ ...header, method: "x" }, problem(1, 4)),
    "a.ndjson: line 2 method: expected",
  ],
  [
    "a ragged list",
    lines(header, { ...problem(1, 4), input: { x3d: [[1], []] } }),
    "line 2 input/x3d[1]: expected",
  ],
  [
    "two problems in one",
    lines(header, {
      ...problem(1, 4),
      input: { ...problem(1, 4).input, x2d: [[[1, 2]], [[1, 2]]] },
    }),
    "line 2 input/x2d: expected one problem, axes B, N, 2 with B = 1 or left out, got shape (2, 1, 2)",
  ],
];
for (const [what, text, message] of refused)
  it(`readClaimsLines(...) refuses ${what}, naming the line`, () => {
    expect(() => readClaimsLines(text, "a.ndjson")).toThrow(FormatError);
    expect(() => readClaimsLines(text, "a.ndjson")).toThrow(message);
  });

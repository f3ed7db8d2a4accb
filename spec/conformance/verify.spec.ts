import { expect, it } from "vitest";
import {
  type TruthArray,
  type ValidCase,
  type VectorCase,
  type Vectors,
  verify,
} from "../../src/conformance/index.js";
import { excerpt } from "./committed.js";

/** Two cases of a cost: one with a clamped depth. */
const vectors = excerpt("epropnp-cost", [1, 9]);

const found = async (changed: Vectors): Promise<string[]> =>
  (await verify(changed)).mismatches.map(({ id, where }) => `${id} ${where}`);

/** The file with its first case changed. */
const withCase = (change: (one: ValidCase) => VectorCase): Vectors => {
  const [first, ...others] = vectors.cases;
  return { ...vectors, cases: [change(first as ValidCase), ...others] };
};
/** With one quantity of it changed. */
const withTruth = (name: string, change: (truth: TruthArray) => Partial<TruthArray>): Vectors =>
  withCase((one) => ({
    ...one,
    truth: { ...one.truth, [name]: { ...one.truth[name], ...change(one.truth[name]) } },
  }));
const withDigit = (at: number, change: (text: string) => string) =>
  withTruth("residual", ({ decimal }) => ({
    decimal: decimal.map((text, k) => (k === at ? change(text) : text)),
  }));
const nextDigit = (d: string): string => String((Number(d) + 1) % 10);

it("verify(file) certifies every number of the cases again", async () => {
  const said: string[] = [];
  const onProgress = (done: number, total: number) => said.push(`${done}/${total}`);
  expect(await verify(vectors, { onProgress })).toMatchObject({
    ...{ method: "epropnp-cost", cases: 2, quantities: 6, mismatches: [] },
  });
  expect(said).toEqual(["0/2", "1/2", "2/2"]);
});

it("verify(file) finds the last digit of a truth changed, and says what it should be", async () => {
  const changed = withDigit(5, (text) => text.replace(/.(?=e)/, nextDigit));
  const { mismatches } = await verify(changed);
  expect(mismatches.map(({ where }) => where)).toEqual(["truth/residual/decimal[5]"]);
  expect(mismatches[0].sentence).toMatch(/^expected -?\d\.\d{29}e[+-]\d+, got /);
});

it("verify(file) finds a first digit, a sign and an exponent changed, and the double that parts from it", async () => {
  for (const change of [
    (text: string) => text.replace(/\d(?=\.)/, (d) => (d === "9" ? "1" : nextDigit(d))),
    (text: string) => (text.startsWith("-") ? text.slice(1) : `-${text}`),
    (text: string) => text.replace(/\d+$/, nextDigit),
  ])
    expect(await found(withDigit(2, change))).toEqual([
      "1 truth/residual/decimal[2]",
      "1 truth/residual/double[2]",
    ]);
});

it("verify(file) finds a double that is off by its last bit", async () => {
  const changed = withTruth("cost", ({ double }) => ({
    double: double.map((v) => v * (1 + Number.EPSILON)),
  }));
  expect(await found(changed)).toContain("1 truth/cost/double[0]");
});

it("verify(file) finds a tolerance and an allowance that are not what rounding does", async () => {
  const loose = withTruth("cost", ({ tolerance }) => ({ tolerance: 100 * tolerance }));
  expect(await found(loose)).toEqual(["1 truth/cost/tolerance"]);
  const tight = withTruth("jacobian", ({ blocks }) => ({
    blocks: blocks.map((block, k) =>
      k === 1 ? { ...block, allowed: block.allowed / 100 } : block,
    ),
  }));
  expect(await found(tight)).toEqual(["1 truth/jacobian/blocks[1]"]);
  const fewer = withTruth("jacobian", ({ blocks }) => ({ blocks: blocks.slice(1) }));
  expect(await found(fewer)).toContain("1 truth/jacobian/blocks[0]");
});

it("verify(file) finds the truths of two cases exchanged", async () => {
  const [a, b] = excerpt("epropnp-cost", [2, 3]).cases as ValidCase[];
  const exchanged = {
    ...vectors,
    cases: [
      { ...a, truth: b.truth },
      { ...b, truth: a.truth },
    ],
  };
  const where = await found(exchanged);
  for (const name of ["cost", "residual", "jacobian"])
    for (const id of [1, 2]) expect(where).toContain(`${id} truth/${name}/decimal[0]`);
});

it("verify(file) finds an input that is off by its last bit", async () => {
  const changed = withCase((one) => ({
    ...one,
    input: {
      ...one.input,
      x2d: {
        ...one.input.x2d,
        data: one.input.x2d.data.map((v, k) => (k ? v : v * (1 + 2 ** -52))),
      },
    },
  }));
  expect(await found(changed)).toContain("1 truth/cost/decimal[0]");
});

it("verify(file) finds a flag that the numbers do not show", async () => {
  const changed = withCase((one) => ({ ...one, flags: ["depth-unclamped"] }));
  expect(await found(changed)).toEqual(["1 flags"]);
});

it("verify(file) finds cases that are refused for no reason, or for another", async () => {
  const refused = excerpt("pnp", [15, 17]);
  expect(refused.cases.map((one) => one.result)).toEqual(["refused", "refused"]);
  expect(await found(refused)).toEqual([]);
  const other = refused.cases.map((one) => ({ ...one, reason: "kink" }) as VectorCase);
  expect(await found({ ...refused, cases: other })).toEqual([
    ...["1 reason", "1 reason", "1 reason"],
    "2 input",
  ]);
  const sound = withCase(({ truth, ...one }) => ({
    ...one,
    result: "refused",
    reason: "ill-posed",
    quantities: Object.keys(truth),
  }));
  expect(await found(sound)).toEqual(["1 reason", "1 reason", "1 reason"]);
});

it("verify(file) finds a valid case whose inputs are none, or whose quantity does not exist", async () => {
  const negative = withCase((one) => ({
    ...one,
    input: { ...one.input, delta: { shape: [1], data: Float64Array.of(-1) } },
  }));
  expect(await found(negative)).toEqual(["1 input"]);
  const metrics = excerpt("metrics", [2]);
  const [one] = metrics.cases as ValidCase[];
  const zero = { shape: [1, 3], data: new Float64Array(3) };
  const npe = { ...one, input: { ...one.input, t_gt: zero }, truth: { npe: one.truth.npe } };
  expect(await found({ ...metrics, cases: [npe] })).toEqual(["1 result"]);
});

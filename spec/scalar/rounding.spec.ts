import { expect, it } from "vitest";
import { stream } from "../../src/random/index.js";
import { type Dtype, Rounding, rounded, unitRoundoff } from "../../src/scalar/index.js";

const model = (dtype: Dtype, name: string) => {
  const draw = stream(name);
  return { u: unitRoundoff[dtype], draw: () => draw.uniform() };
};

it("unitRoundoff is half an ulp of one in each format", () => {
  expect(1 + unitRoundoff.float64).toBe(1);
  expect(1 + 2 * unitRoundoff.float64).toBeGreaterThan(1);
  expect(Math.fround(1 + unitRoundoff.float32)).toBe(1);
  expect(Math.fround(1 + 2 * unitRoundoff.float32)).toBeGreaterThan(1);
});

it.each(["plus", "minus", "times", "over"] as const)(
  "%s loses no more than its rounding",
  (operation) => {
    const loss = model("float32", "spec/rounding");
    const [a, b] = [new Rounding(1.25, loss), new Rounding(3, loss)];
    const exact = { plus: 4.25, minus: -1.75, times: 3.75, over: 1.25 / 3 }[operation];
    let worst = 0;
    for (let k = 0; k < 500; k++)
      worst = Math.max(worst, Math.abs(a[operation](b).value / exact - 1));
    expect(worst).toBeLessThanOrEqual(loss.u * (1 + (4 * Number.EPSILON) / loss.u));
    // Of 500 uniform errors the worst is within a tenth of the bound but for odds of 0.9^500.
    expect(worst).toBeGreaterThan(0.9 * loss.u);
  },
);

it("the spread over runs is that of a float32 program: cancellation magnifies it", () => {
  const x = 1 / 3;
  const spread = (dtype: Dtype) => {
    const loss = model(dtype, "spec/rounding/cancel");
    const runs = Array.from({ length: 200 }, () => {
      const X = rounded(x, loss);
      return X.plus(1000).minus(1000).toNumber() - x;
    });
    return Math.sqrt(runs.reduce((sum, e) => sum + e * e, 0) / runs.length);
  };
  const real = Math.abs(Math.fround(Math.fround(Math.fround(x) + 1000) - 1000) - x);
  // Half an ulp of 1000 in float32 is 3e-5; a uniform error has a root mean square of u · 1000 / √3.
  const expected = (unitRoundoff.float32 * 1000) / Math.sqrt(3);
  expect(spread("float32")).toBeGreaterThan(expected / 2);
  expect(spread("float32")).toBeLessThan(expected * 2);
  expect(real).toBeLessThan(10 * spread("float32"));
  // In float64 the doubles' own rounding comes on top, of the same size.
  const ratio = spread("float64") / spread("float32") / 2 ** -29;
  expect(ratio).toBeGreaterThan(0.5);
  expect(ratio).toBeLessThan(3);
});

it("negation, constants and comparisons lose nothing", () => {
  const loss = model("bfloat16", "spec/rounding/exact");
  const x = new Rounding(0.3, loss);
  expect(x.negated().value).toBe(-0.3);
  expect(x.of(7).value).toBe(7);
  expect([x.lessThan(0.3), x.atMost(0.3)]).toEqual([false, true]);
});

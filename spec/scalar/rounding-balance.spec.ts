import { expect, it } from "vitest";
import { stream } from "../../src/random/stream.js";
import { type Dtype, Rounding, rounded, unitRoundoff } from "../../src/scalar/index.js";

const count = 400;

it.each(Object.keys(unitRoundoff) as Dtype[])("errors in %s go up as often as down", (dtype) => {
  const draw = stream("spec/scalar/rounding-balance").child(dtype);
  const model = { u: unitRoundoff[dtype], draw: () => draw.uniform() };
  const x = new Rounding(1.7, model);
  const one = new Rounding(1, model);
  for (const operation of [() => rounded(1.7, model), () => x.times(one), () => x.over(one)]) {
    const errors = Array.from({ length: count }, () => Math.sign(operation().value - 1.7));
    const moved = errors.filter((sign) => sign !== 0);
    // float64 errors below half a unit of the carrier vanish in it; the others must not.
    expect(moved.length).toBeGreaterThan(count / 4);
    // Four standard deviations of a fair coin.
    const sum = moved.reduce<number>((total, sign) => total + sign, 0);
    expect(Math.abs(sum)).toBeLessThan(4 * Math.sqrt(moved.length));
  }
});

import fc from "fast-check";
import { expect, it } from "vitest";
import { double } from "../../src/scalar/double.js";
import { type DoubleDouble, doubleDouble } from "../../src/scalar/double-double.js";
import { solve } from "../../src/scalar/matrix.js";
import { type Computation, operations, Program } from "../../src/scalar/program.js";
import type { Real } from "../../src/scalar/real.js";
import {
  DoubleDoubleRegisters,
  DoubleRegisters,
  RoundingRegisters,
} from "../../src/scalar/registers.js";
import { Rounding, unitRoundoff } from "../../src/scalar/rounding.js";

/** One step of a random computation: an operation on two earlier numbers, or a question about them. */
interface Step {
  readonly what: (typeof operations)[number] | "lessThan" | "atMost" | "constant";
  readonly a: number;
  readonly b: number;
  readonly value: number;
}

const numbers = fc.oneof(
  fc.double(),
  fc.double({ min: -2, max: 2 }),
  fc.constantFrom(0, -0, 1, -1, 2, 1e300, -1e-300),
);
const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(...operations, "lessThan" as const, "atMost" as const, "constant" as const),
  a: fc.nat(30),
  b: fc.nat(30),
  value: numbers,
});
const inputCount = 4;
const inputs = fc.array(numbers, { minLength: inputCount, maxLength: inputCount });

/** A computation of these steps; a question that is answered by yes changes the sign of what comes next. */
const computation =
  (steps: readonly Step[]): Computation =>
  <S extends Real<S>>(given: readonly S[]) => {
    const made = [...given];
    for (const { what, a, b, value } of steps) {
      const [x, y] = [made[a % made.length], made[b % made.length]];
      if (what === "constant") made.push(x.of(value).plus(value));
      else if (what === "lessThan" || what === "atMost")
        made.push(x[what](y) && !x[what](value) ? x.negated() : x);
      else if (what === "negated") made.push(x.negated());
      else if (what === "plus" || what === "minus" || what === "times" || what === "over")
        made.push(x[what](y));
      else if (what === "atan2") made.push(x.atan2(y));
      else made.push(x[what]());
    }
    return made;
  };

const draws = () => {
  let state = 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
};

it("Program plays, bit for bit, what the computation gives in doubles, lossy doubles and double-doubles", () =>
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), inputs, inputs, (steps, first, second) => {
      const program = new Program(computation(steps), inputCount);
      program.record(first);
      program.record(second);
      for (const values of [first, second]) {
        const doubles = new DoubleRegisters();
        const results = program.played(doubles, values)!;
        expect(Array.from(results, (r) => doubles.values[r])).toEqual(
          program.computation(values.map(double)).map(({ value }) => value),
        );
        const u = unitRoundoff.float32;
        const lossy = new RoundingRegisters({ u, draw: draws() });
        const rounded = program.played(lossy, values);
        const model = { u, draw: draws() };
        const boxed = program.computation(values.map((v) => new Rounding(v, model)));
        if (rounded)
          expect(Array.from(rounded, (r) => lossy.values[r])).toEqual(boxed.map((v) => v.value));
        const pairs = new DoubleDoubleRegisters();
        const given = values.map((v) => doubleDouble(v, v * 1e-17));
        const exact = program.played(pairs, given);
        if (exact)
          expect(Array.from(exact, (r) => [pairs.hi[r], pairs.lo[r]])).toEqual(
            program.computation(given).map(({ hi, lo }: DoubleDouble) => [hi, lo]),
          );
      }
    }),
    { seed: 20261, numRuns: 300 },
  ));

const linear: Computation = (v) =>
  solve(
    [v.slice(0, 3), v.slice(3, 6), v.slice(6, 9)],
    v.slice(9).map((x) => [x]),
  ).flat();
const upright = [4, 1, 1, 1, 5, 2, 1, 2, 6, 1, 2, 3];
const swapped = [1, 5, 2, 4, 1, 1, 1, 2, 6, 1, 2, 3];

it("Program.played(...) is null where a pivot or a branch is not recorded yet, and right once it is", () => {
  const program = new Program(linear, upright.length);
  const registers = new DoubleRegisters();
  expect(program.played(registers, upright)).toBeNull();
  expect(program.record(upright)).toBe(true);
  const whole = program.length;
  expect(program.played(registers, swapped)).toBeNull();
  program.record(swapped);
  // What comes before the first pivot is shared, and nothing comes before it.
  expect(program.length).toBe(2 * whole);
  for (const values of [upright, swapped]) {
    const results = program.played(registers, values)!;
    expect(Array.from(results, (r) => registers.values[r])).toEqual(
      linear(values.map(double)).map(({ value }) => value),
    );
  }
  program.record(swapped);
  expect(program.length).toBe(2 * whole);
});

it("Program.played(...) answers questions about pairs by both of their numbers", () => {
  for (const asks of ["lessThan", "atMost"] as const) {
    const program = new Program(([x, y]) => [x.of(x[asks](y) ? 1 : 0)], 2);
    program.record([0, 1]);
    program.record([1, 0]);
    const registers = new DoubleDoubleRegisters();
    for (const lo of [-1e-20, 0, 1e-20]) {
      const pairs = [doubleDouble(1, lo), doubleDouble(1)];
      const [result] = program.played(registers, pairs)!;
      expect(registers.hi[result]).toBe(Number(pairs[0][asks](pairs[1])));
    }
  }
});

it("Program.played(...) has room for the longest way, whichever was recorded last", () => {
  const program = new Program(([x]) => {
    let y = x;
    for (let k = x.lessThan(0) ? 0 : 4000; k < 4000; k++) y = y.plus(1);
    return [y];
  }, 1);
  program.record([-1]);
  program.record([1]);
  const registers = new DoubleRegisters();
  const [result] = program.played(registers, [-1])!;
  expect(registers.values[result]).toBe(3999);
});

it("Program.record(values) throws what the computation throws, and records nothing of it", () => {
  const program = new Program(linear, upright.length);
  expect(() => program.record(upright.map(() => 0))).toThrow("solve: expected a regular 3 x 3");
  expect(program.length).toBe(0);
});

it("Program.record(values) is false for a computation that reads a scalar", () => {
  const program = new Program(([x]) => [x.toNumber() > 0 ? x : x.negated()], 1);
  expect(program.record([1])).toBe(false);
  expect(program.played(new DoubleRegisters(), [1])).toBeNull();
});

it("Program.record(values) forgets before it takes more memory than it may", () => {
  const long: Computation = ([x]) => {
    let y = x;
    const sign = x.lessThan(0) ? -1 : 1;
    for (let k = 0; k < 1.2e6; k++) y = y.plus(sign);
    return [y];
  };
  const program = new Program(long, 1);
  const registers = new DoubleRegisters();
  program.record([1]);
  expect(program.record([-1])).toBe(true);
  expect(program.length).toBe(1.2e6);
  expect(program.played(registers, [1])).toBeNull();
  const [result] = program.played(registers, [-2])!;
  expect(registers.values[result]).toBe(-2 - 1.2e6);
});

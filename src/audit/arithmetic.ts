/**
 * The two arithmetics that the truth of a solved pose is computed in: 31 digits first, which take milliseconds;
 * and 64, which take a hundred times as long, where 31 leave a verdict open.
 */
import { type Big, big } from "../scalar/big.js";
import { type DoubleDouble, doubleDouble } from "../scalar/double-double.js";
import type { Real } from "../scalar/real.js";
import type { NamedComputation } from "./computations.js";
import { inDoubleDoubles } from "./playing.js";

export interface Arithmetic<S extends Real<S>> {
  readonly digits: 31 | 64;
  readonly lift: (value: number) => S;
  readonly evaluate: (computation: NamedComputation, inputs: readonly S[]) => readonly S[];
  /** Newton steps below this share of the pose are the last: what is left after them, nothing can feel. */
  readonly settled: number;
  /** Steps after which Newton has failed. */
  readonly mostSteps: number;
  /** How the second route takes the slope of the pose. */
  readonly differences: Differences;
}

/** Σₖ cₖ (y(k h) − y(−k h)) / (d h) for (k, cₖ) in `points`, h = 10 to the `exponent`. */
export interface Differences {
  readonly exponent: number;
  readonly points: readonly (readonly [k: number, weight: number])[];
  readonly divisor: number;
  /** The longest direction in data, in their own units, with which what is left out stays below 1e-28. */
  readonly longest: number;
}

/** 31 digits: the second route, with an error of h⁴ and of what the digits leave over h, carries about 20. */
export const digits31: Arithmetic<DoubleDouble> = {
  digits: 31,
  lift: (value) => doubleDouble(value),
  evaluate: inDoubleDoubles,
  settled: 1e-22,
  mostSteps: 8,
  differences: {
    exponent: -9,
    points: [
      [1, 8],
      [2, -1],
    ],
    divisor: 12,
    longest: 1e3,
  },
};

/** 64 digits: the second route, with an error of h², carries about 40. */
export const digits64: Arithmetic<Big> = {
  digits: 64,
  lift: (value) => big(value),
  evaluate: ({ compute }, inputs) => compute(inputs),
  settled: 1e-44,
  // Usually four; across the kink of a Huber kernel the one-sided Hessian gains less than a digit a step.
  mostSteps: 150,
  differences: { exponent: -20, points: [[1, 1]], divisor: 2, longest: 1e5 },
};

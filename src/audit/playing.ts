/**
 * Computations evaluated on recorded programs (scalar/program.ts): the bits of the definitions in boxed scalars,
 * many times as fast. What cannot be recorded is evaluated as it is.
 */
import { double } from "../scalar/double.js";
import { DoubleDouble } from "../scalar/double-double.js";
import { Program } from "../scalar/program.js";
import { DoubleDoubleRegisters, DoubleRegisters, RoundingRegisters } from "../scalar/registers.js";
import { Rounding } from "../scalar/rounding.js";
import type { NamedComputation } from "./computations.js";
import type { Draws } from "./draws.js";

/** Programs by name, the one used last at the end; nothing but time depends on what is kept. */
const programs = new Map<string, Program>();

/** Operations of all programs that are kept, of 9 bytes each. */
const mostOperations = 2 ** 22;

function programOf({ name, compute }: NamedComputation, inputs: number): Program {
  const program = programs.get(name) ?? new Program(compute, inputs);
  programs.delete(name);
  programs.set(name, program);
  return program;
}

/** Records what a program does at these inputs, and forgets programs that were not used for long. */
function recorded(program: Program, values: ArrayLike<number>): boolean {
  try {
    if (!program.record(values)) return false;
  } catch {
    // Whatever was thrown, evaluating the computation as it is throws again.
    return false;
  }
  let total = 0;
  for (const { length } of programs.values()) total += length;
  for (const [name, { length }] of programs) {
    if (total <= mostOperations) break;
    programs.delete(name);
    total -= length;
  }
  return true;
}

const doubles = new DoubleRegisters();
const roundings = new RoundingRegisters({ u: 0, draw: () => 0 });
const pairs = new DoubleDoubleRegisters();

/** The results in doubles. */
export function inDoubles(computation: NamedComputation, inputs: ArrayLike<number>): number[] {
  const program = programOf(computation, inputs.length);
  let played = program.played(doubles, inputs);
  if (!played && recorded(program, inputs)) played = program.played(doubles, inputs);
  if (played) return Array.from(played, (register) => doubles.values[register]);
  return computation.compute(Array.from(inputs, double)).map(({ value }) => value);
}

/** The results in doubles that lose bits. */
export function inRounding(
  computation: NamedComputation,
  inputs: readonly number[],
  draws: Draws,
): number[] {
  const program = programOf(computation, inputs.length);
  const start = draws.position;
  roundings.model = draws;
  let played = program.played(roundings, inputs);
  if (!played && recorded(program, inputs)) {
    draws.position = start;
    played = program.played(roundings, inputs);
  }
  if (played) return Array.from(played, (register) => roundings.values[register]);
  // The errors are to be those that they would have been at once.
  draws.position = start;
  return computation.compute(inputs.map((v) => new Rounding(v, draws))).map(({ value }) => value);
}

/** The results in double-doubles. */
export function inDoubleDoubles(
  computation: NamedComputation,
  inputs: readonly DoubleDouble[],
): readonly DoubleDouble[] {
  const program = programOf(computation, inputs.length);
  let played = program.played(pairs, inputs);
  if (
    !played &&
    recorded(
      program,
      Float64Array.from(inputs, ({ hi }) => hi),
    )
  )
    played = program.played(pairs, inputs);
  if (!played) return computation.compute(inputs);
  return Array.from(played, (register) => new DoubleDouble(pairs.hi[register], pairs.lo[register]));
}

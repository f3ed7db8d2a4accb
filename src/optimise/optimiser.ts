/** What every optimiser does around its update rule: copy, guard, count, move. */
import {
  checkedGuard,
  type GuardOptions,
  guardedGradient,
  type StepReport,
} from "./gradient-guard.js";
import { checkedParameters, checkedRange, copiedGradients, type Parameter } from "./parameters.js";

export interface Optimiser {
  readonly parameters: readonly Parameter[];
  /** Steps taken; one that was skipped is none. */
  readonly steps: number;
  /**
   * Moves the parameters in place against these gradients, one an array of the same length for each; they are
   * left as they are. The learning rate is multiplied by `factor` [1], a schedule's.
   *
   * @throws RangeError where gradients do not match the parameters or the factor is negative or not finite.
   */
  step(gradients: readonly Float64Array[], factor?: number): StepReport;
}

/** Moves parameter `index` by its gradient: step t, counted from 1, with this learning rate. */
export type Update = (index: number, gradient: Float64Array, t: number, rate: number) => void;

/** An optimiser of this rule; `prepare` changes a gradient that has passed the guard. */
export function optimiser(
  caller: string,
  parameters: readonly Parameter[],
  rate: number,
  guard: GuardOptions,
  update: Update,
  prepare?: (index: number, gradient: Float64Array) => void,
): Optimiser {
  checkedRange(caller, "rate", rate, 0, Infinity);
  checkedGuard(caller, guard);
  const copies = parameters.map(({ values }) => new Float64Array(values.length));
  let steps = 0;
  return {
    parameters,
    get steps() {
      return steps;
    },
    step(gradients, factor = 1) {
      checkedRange(caller, "factor", factor, 0, Infinity);
      copiedGradients(caller, gradients, copies);
      const report = guardedGradient(copies, guard);
      if (report.status === "skipped") return report;
      steps++;
      parameters.forEach(({ rateFactor = 1 }, index) => {
        prepare?.(index, copies[index]);
        update(index, copies[index], steps, rate * factor * rateFactor);
      });
      return report;
    },
  };
}

/** One array of zeros a parameter. */
export const zeros = (parameters: readonly Parameter[]): Float64Array[] =>
  parameters.map(({ values }) => new Float64Array(values.length));

/** Parameters that have been checked. */
export function checked(caller: string, parameters: readonly Parameter[]): readonly Parameter[] {
  checkedParameters(caller, parameters);
  return parameters;
}

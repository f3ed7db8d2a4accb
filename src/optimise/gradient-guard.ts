/**
 * What happens to a gradient before it moves anything: held to a norm, and refused where it is no number.
 * Source: EQUATIONS OPT-6, OPT-3; published code of [EProPnP2022].
 */
import { clipFactor, gradientNorm } from "../kernels/gradient-norm.js";
import { checkedRange } from "./parameters.js";

/** What to do with a gradient that has NaN or infinite entries. */
export type NotFinite =
  /** Leave parameters and averages as they are: the default. */
  | "skip"
  /** The same for NaN alone: an infinite entry goes on. Published code of the 6DoF network. */
  | "skip-nan"
  /** Take the gradient as zero everywhere: averages fade and decay acts. Published code of the detector. */
  | "zero"
  /** Use it as it is. */
  | "use";

export interface GuardOptions {
  /** Norm over all parameters to which a gradient is held [none]. */
  readonly maxNorm?: number;
  readonly notFinite?: NotFinite;
}

/** What became of one step. */
export interface StepReport {
  /** "zeroed": taken as a zero gradient, as asked; "skipped": nothing moved. */
  readonly status: "stepped" | "clipped" | "zeroed" | "skipped";
  /** Norm of the gradient over all parameters, as it came. */
  readonly norm: number;
}

const rules: readonly NotFinite[] = ["skip", "skip-nan", "zero", "use"];

/** @throws RangeError unless maxNorm is positive and the rule is one of the four. */
export function checkedGuard(caller: string, { maxNorm, notFinite }: GuardOptions): void {
  if (maxNorm !== undefined) checkedRange(caller, "maxNorm", maxNorm, Number.MIN_VALUE, Infinity);
  if (notFinite !== undefined && !rules.includes(notFinite))
    throw new RangeError(
      `${caller}: expected notFinite one of ${rules.join(", ")}, got ${notFinite}`,
    );
}

/** Applies the guard to gradients in place, and says what to do with them. */
export function guardedGradient(
  gradients: readonly Float64Array[],
  { maxNorm = Infinity, notFinite = "skip" }: GuardOptions,
): StepReport {
  const norm = gradientNorm(gradients);
  if (!Number.isFinite(norm)) {
    if (notFinite === "skip" || (notFinite === "skip-nan" && Number.isNaN(norm)))
      return { status: "skipped", norm };
    if (notFinite === "zero") {
      for (const gradient of gradients) gradient.fill(0);
      return { status: "zeroed", norm };
    }
    return { status: "stepped", norm };
  }
  const factor = clipFactor(norm, maxNorm);
  if (factor === 1) return { status: "stepped", norm };
  for (const gradient of gradients) for (let i = 0; i < gradient.length; i++) gradient[i] *= factor;
  return { status: "clipped", norm };
}

/** Losses of objects, those that are NaN taken as 0, and which those were. */
export interface DefinedLosses {
  readonly losses: Float64Array;
  /** Indices of the objects left out. */
  readonly undefinedAt: readonly number[];
}

/** Published code's rule for a loss that is no number: the object counts as solved; ±Infinity stays. */
export function definedLosses(losses: Float64Array): DefinedLosses {
  const undefinedAt: number[] = [];
  losses.forEach((loss, index) => {
    if (Number.isNaN(loss)) undefinedAt.push(index);
  });
  return { losses: losses.map((loss) => (Number.isNaN(loss) ? 0 : loss)), undefinedAt };
}

/**
 * How much error is nobody's fault: the spread of a formula when every operation loses the bits of
 * the claim's dtype (Monte Carlo arithmetic, scalar/rounding.ts). It contains the rounding of inputs
 * that carry more digits than the dtype, the solver's own noise floor in the pose, and whatever
 * amplification the problem's conditioning brings; no condition number is guessed.
 */
import {
  type Dtype,
  isRepresentable,
  Rounding,
  type RoundingModel,
  rounded,
  unitRoundoff,
} from "../scalar/rounding.js";
import { dataInputs, solvedFormOf, solvedParts } from "./computations.js";
import { roundingDraws } from "./draws.js";
import { flatJacobian, type Jacobian } from "./jacobian.js";
import { inRounding } from "./playing.js";
import type { AuditProblem } from "./problem.js";
import type { Formula } from "./solved-form.js";

/** One run with lost bits: a Jacobian and the pose it was taken at. */
export interface NoisyRun {
  readonly jacobian: Jacobian;
  readonly y: Float64Array;
}

/**
 * Runs per problem. The root mean square of 8 is known to about a quarter, which `margin` covers; of
 * many points 4 do, since the norms that are compared average over them already.
 */
const runsFor = (n: number): number => (n > 48 ? 4 : 8);

/**
 * Honest implementations differ in the order of their operations, so their errors are drawn from
 * other distributions than ours: this many times our spread is still called rounding. Single
 * precision runs of both ways to solve stayed below 3 on every scene of spec/audit/budget.spec.ts.
 */
export const margin = 6;

/** Units in the last place of the dtype that are called correct without asking for a reason. */
export const freeUlps = 64;

/** Relative error below which a claim is simply correct. */
export const correctWithin = (dtype: Dtype): number => freeUlps * 2 * unitRoundoff[dtype];

/**
 * The runs of one problem: ∂y/∂θ in a form at the pose y, as an implementation in dtype sees it.
 * Where y is `stationary` for the form, what is left of g is noise, and moves the pose as noise.
 */
export function noisyRuns(
  problem: AuditProblem,
  form: Formula,
  y: ArrayLike<number>,
  dtype: Dtype,
  stationary: boolean,
): NoisyRun[] {
  const draws = roundingDraws(`audit/budget/${dtype}`, problem.index, dtype);
  // Both ways to solve are in honest use, so both belong to the spread.
  const routes = (["eliminate", "invert"] as const).map((route) =>
    solvedFormOf(problem, form, route),
  );
  const read = reader(problem, dtype, draws);
  const out: NoisyRun[] = [];
  // The pose is known to one Newton step on a gradient that is all rounding: that of the run before.
  let step = [0, 0, 0, 0, 0, 0];
  const runs = runsFor(problem.n);
  for (let run = 0; run <= runs; run++) {
    const pose = Array.from(y, (v, i) => rounded(v + step[i], draws).value);
    let at: number[];
    try {
      const inputs = [...pose, ...dataInputs(problem, (v) => read(v).value)];
      at = inRounding(routes[run % 2], inputs, draws);
    } catch {
      return [];
    }
    const { step: move, ...jacobian } = solvedParts(at, problem.n);
    if (!move.every(Number.isFinite)) return [];
    if (stationary) step = move;
    // The first run only finds the noise of the pose.
    if (run > 0) out.push({ jacobian: flatJacobian(jacobian, Number), y: Float64Array.from(pose) });
  }
  return out;
}

/** Inputs are exact as given, unless they carry more digits than the dtype: then they round once. */
export function reader(
  problem: AuditProblem,
  dtype: Dtype,
  model: RoundingModel,
): (value: number) => Rounding {
  const arrays = [problem.x2d, problem.x3d, problem.w2d, problem.K];
  const fits = arrays.every((array) => array.every((v) => isRepresentable(v, dtype)));
  return fits ? (v) => new Rounding(v, model) : (v) => rounded(v, model);
}

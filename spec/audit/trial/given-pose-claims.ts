/** Claims of method epropnp-cost, made by the trial's own implementation. */
import { atGivenPose, type GivenSwitches } from "./given-pose.js";
import type { Posed } from "./posed.js";
import { type Arrays, array } from "./trial.js";

/** Everything that may be claimed of the problems. */
export function givenArrays(
  problems: readonly Posed[],
  zMin: number,
  faults: Partial<GivenSwitches> = {},
): Arrays {
  const made = problems.map((of) => atGivenPose(of, zMin, faults));
  const [B, N] = [made.length, problems[0].n];
  const d = made[0].jacobian[0][0].length;
  return {
    cost: array(
      [B],
      made.map(({ cost }) => cost),
    ),
    residual: array(
      [B, N, 2],
      made.flatMap(({ residual }) => residual.flat()),
    ),
    jacobian: array(
      [B, N, 2, d],
      made.flatMap(({ jacobian }) => jacobian.flat(2)),
    ),
  };
}

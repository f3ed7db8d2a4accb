/** Which operations the protocol has words for. The others draw samples inside, or start from heat maps. */
import { linearCovarianceLoss } from "./linear-covariance-loss.js";
import { monteCarloLoss } from "./monte-carlo-loss.js";
import { poseDistance } from "./pose-distance.js";
import { poseVjp } from "./pose-vjp.js";
import { solve } from "./solve.js";
import type { Translation } from "./translation.js";

/** Translations by the name of the operation. */
export const translations: Readonly<Record<string, Translation>> = {
  solve,
  poseVjp,
  monteCarloLoss,
  linearCovarianceLoss,
  poseDistance,
};

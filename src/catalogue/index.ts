/** What is implemented, equation by equation: data for `explain`, docs/equations.md and the specs. */
import { bpnp } from "./bpnp.js";
import { conventions } from "./conventions.js";
import { dataPreparation } from "./data-preparation.js";
import { densities } from "./densities.js";
import { detection } from "./detection.js";
import { encodings } from "./encodings.js";
import type { Equation } from "./equation.js";
import { evidence } from "./evidence.js";
import { gradientCorrectness } from "./gradient-correctness.js";
import { heads } from "./heads.js";
import { heatMaps } from "./heat-maps.js";
import { implicit } from "./implicit.js";
import { keypointPipeline } from "./keypoint-pipeline.js";
import { linearCovariance } from "./linear-covariance.js";
import { linearCovarianceLoss } from "./linear-covariance-loss.js";
import { linearCovarianceTraining } from "./linear-covariance-training.js";
import { metrics } from "./metrics.js";
import { optimisers } from "./optimisers.js";
import { pnp } from "./pnp.js";
import { posterior } from "./posterior.js";
import { projection } from "./projection.js";
import { regularisation } from "./regularisation.js";
import { robust } from "./robust.js";
import { rotations } from "./rotations.js";
import { symmetry } from "./symmetry.js";
import { training } from "./training.js";

export type { Equation, Place } from "./equation.js";

const number = ({ id }: Equation) => Number(id.split("-")[1]);
/** EPRO, whose files hold a subject each, in the order of its numbers. */
const epro = [
  ...densities,
  ...posterior,
  ...heads,
  ...regularisation,
  ...evidence,
  ...training,
].sort((a, b) => number(a) - number(b));
/** LC likewise. */
const lc = [
  ...linearCovariance,
  ...linearCovarianceLoss,
  ...gradientCorrectness,
  ...linearCovarianceTraining,
].sort((a, b) => number(a) - number(b));

/** Every implemented equation, in the order of the catalogue. */
export const equations: readonly Equation[] = [
  ...conventions,
  ...rotations,
  ...projection,
  ...robust,
  ...pnp,
  ...implicit,
  ...bpnp,
  ...epro,
  ...lc,
  ...heatMaps,
  ...keypointPipeline,
  ...encodings,
  ...symmetry,
  ...metrics,
  ...detection,
  ...optimisers,
  ...dataPreparation,
];

/**
 * The equation of this id, in any case.
 *
 * @throws RangeError naming the ids of the same family, or the families, if there is none.
 */
export function equation(id: string): Equation {
  const found = equations.find((candidate) => candidate.id === id.toUpperCase());
  if (found) return found;
  const family = id.toUpperCase().split("-")[0];
  const near = equations.filter((candidate) => candidate.id.startsWith(`${family}-`));
  const known = near.length
    ? near.map((candidate) => candidate.id).join(", ")
    : [...new Set(equations.map((candidate) => candidate.id.split("-")[0]))]
        .join("-…, ")
        .concat("-…");
  throw new RangeError(`equation: expected one of ${known}, got ${id}`);
}

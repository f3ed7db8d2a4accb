import { cases as auxiliaryLosses } from "./auxiliary-losses.js";
import { cases as bpnp } from "./bpnp.js";
import type { CertifyCase } from "./case.js";
import { cases as cost } from "./cost.js";
import { cases as dataPreparation } from "./data-preparation.js";
import { cases as denseBaseLosses } from "./dense-base-losses.js";
import { cases as densities } from "./densities.js";
import { cases as encodings } from "./encodings.js";
import { cases as epnp } from "./epnp.js";
import { cases as gradientCorrectness } from "./gradient-correctness.js";
import { cases as headSampling } from "./head-sampling.js";
import { cases as heads } from "./heads.js";
import { cases as heatMapLosses } from "./heat-map-losses.js";
import { cases as heatMaps } from "./heat-maps.js";
import { cases as implicit } from "./implicit.js";
import { cases as keypoints } from "./keypoints.js";
import { cases as laplaceEvidence } from "./laplace-evidence.js";
import { cases as linearCovariance } from "./linear-covariance.js";
import { cases as linearCovarianceSlopes } from "./linear-covariance-slopes.js";
import { cases as linearCovarianceSteps } from "./linear-covariance-steps.js";
import { cases as metrics } from "./metrics.js";
import { cases as optimisers } from "./optimisers.js";
import { cases as pointHead } from "./point-head.js";
import { cases as poseCoordinates } from "./pose-coordinates.js";
import { cases as posterior } from "./posterior.js";
import { cases as projection } from "./projection.js";
import { cases as quaternions } from "./quaternions.js";
import { cases as regularisation } from "./regularisation.js";
import { cases as robust } from "./robust.js";
import { cases as rotations } from "./rotations.js";
import { cases as surfaceDiscrepancy } from "./surface-discrepancy.js";
import { cases as symmetry } from "./symmetry.js";

/** Every case there is: each family's module is listed here by name. */
export const cases: readonly CertifyCase[] = [
  ...rotations,
  ...quaternions,
  ...poseCoordinates,
  ...projection,
  ...robust,
  ...cost,
  ...implicit,
  ...epnp,
  ...bpnp,
  ...heads,
  ...headSampling,
  ...pointHead,
  ...auxiliaryLosses,
  ...laplaceEvidence,
  ...densities,
  ...regularisation,
  ...posterior,
  ...keypoints,
  ...heatMaps,
  ...heatMapLosses,
  ...denseBaseLosses,
  ...encodings,
  ...symmetry,
  ...dataPreparation,
  ...linearCovariance,
  ...linearCovarianceSteps,
  ...linearCovarianceSlopes,
  ...gradientCorrectness,
  ...metrics,
  ...surfaceDiscrepancy,
  ...optimisers,
];

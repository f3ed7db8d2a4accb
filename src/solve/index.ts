/** From correspondences to a pose: solvers, starts and the covariance of the result. */
export * from "./centred-translation.js";
export * from "./covariance.js";
export * from "./dlt.js";
export * from "./epnp.js";
export * from "./gauss-newton.js";
export * from "./inference-pose.js";
export * from "./levenberg-marquardt.js";
export type { Clamps } from "./normal-equations.js";
export * from "./p3p.js";
export { type PointSet, type Polished, polish, polished } from "./polish.js";
export * from "./ransac.js";
export * from "./rs-lm.js";
export * from "./solution.js";
export * from "./solve-batch.js";
export * from "./solve-pnp.js";
export * from "./weighted.js";

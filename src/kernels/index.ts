/** The equations of definitions/ in doubles on flat arrays; nothing is allocated. */
export * from "./bounding-box.js";
export * from "./bpnp.js";
export * from "./bpnp-hessian.js";
export * from "./hat.js";
export * from "./implicit.js";
export * from "./normalisation.js";
export * from "./quaternion.js";
export * from "./rodrigues.js";
export * from "./rotation-jacobians.js";
export * from "./rotation-series.js";
export * from "./tangent.js";
export * from "./two-column.js";
export * from "./yaw.js";

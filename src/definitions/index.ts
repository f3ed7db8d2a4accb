/** Each equation once, in any scalar, in the paper's letters: the trusted base. */
export * from "./bounding-box.js";
export * from "./bpnp.js";
export * from "./bpnp-force.js";
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

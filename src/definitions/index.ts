/** Each equation once, in any scalar, in the paper's letters: the trusted base. */
export * from "./hat.js";
export * from "./quaternion.js";
export * from "./rodrigues.js";
export * from "./rotation-jacobians.js";
export * from "./rotation-series.js";
export * from "./tangent.js";

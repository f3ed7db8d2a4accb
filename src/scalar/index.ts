/** Number systems behind one contract, and small dense algebra over any of them. */
export * from "./big.js";
export * from "./double.js";
export * from "./double-double.js";
export * from "./dual.js";
export * from "./hyper-dual.js";
export * as matrix from "./matrix.js";
export * from "./real.js";
export * from "./rounding.js";
export * from "./ulp.js";

/** What most programs need; the rest of the package is behind its subpaths. */
export * from "./conventions/chart.js";
export * from "./differentiate/index.js";
export * from "./problem/index.js";
export * from "./solve/index.js";

/** How a step and its gradient may have been computed; the truth is one such recipe. */
export interface StepRecipe {
  /** What is added to the diagonal of JᵀJ: ε, nothing, or ε times the diagonal. */
  readonly ridge: "epsilon" | "none" | "relative";
  /** Whether the gradient runs through the pose as well, as the minimum that it is near. */
  readonly pose: "detached" | "attached";
  readonly retraction: "normalised" | "unnormalised" | "exponential" | "right";
  /** What the step's rotation is multiplied by before the pose is moved. */
  readonly turn: 1 | -2 | -0.5;
  readonly direction: 1 | -1;
  readonly huber: "slope" | "none" | "squared";
  /** What the gradient takes for constant: nothing, ρ′, JᵀJ, or J altogether. */
  readonly frozen: "nothing" | "huber" | "matrix" | "jacobian";
  /** Inputs that the threshold is taken to depend on, as an adaptive one does (ROB-3). */
  readonly threshold: "constant" | "w" | "xw";
  readonly weights: "w" | "one" | "root-w" | "w2";
  /** By what the derivative by weights is taken. */
  readonly weightVariable: "w" | "w2";
  readonly depth: "clamped" | "free";
  readonly rows: "masked" | "formula";
  /** How the gradient is computed: backwards from v, or forwards from each number. The mathematics is one. */
  readonly route: "backward" | "forward";
}

/** The contract. */
export const stepContract: StepRecipe = {
  ridge: "epsilon",
  pose: "detached",
  retraction: "normalised",
  turn: 1,
  direction: 1,
  huber: "slope",
  frozen: "nothing",
  threshold: "constant",
  weights: "w",
  weightVariable: "w",
  depth: "clamped",
  rows: "masked",
  route: "backward",
};

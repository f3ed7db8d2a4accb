import { type Equation, place } from "./equation.js";

const solver = "definitions/linearised-solver.ts";
const loss = "definitions/linear-covariance-loss.ts";
const gradient = "definitions/linear-covariance-gradient.ts";
const both = (path: string, ...exports: string[]) => ({
  definition: place(`src/${path}`, ...exports),
  kernel: place(`src/${path.replace("definitions", "kernels")}`, ...exports),
});
const linearised = place("src/linearise/linearised-solver.ts", "linearisedSolver");
const stage = place(
  "src/loss/linear-covariance-loss.ts",
  "linearCovarianceLoss",
  "linearCovarianceLosses",
);
const solverSpec = "spec/equations/linearised-solver.spec.ts";
const gradientSpec = "spec/equations/linear-covariance-gradient.spec.ts";
const robustSpec = "spec/equations/linear-covariance-robust.spec.ts";
const lossSpec = "spec/loss/linear-covariance-loss.spec.ts";
const statusSpec = "spec/loss/linear-covariance-status.spec.ts";
const recorded = "spec/loss/recorded-linear-covariance.spec.ts";

/** LC-1 to LC-13: the linearised solver, its covariance, and the errors made of them. */
export const linearCovariance: readonly Equation[] = [
  {
    id: "LC-1",
    name: "weighted solver",
    formula: "y = argmin ½ Σ ‖w ∘ (x − π(z, y))‖²,   w = 1/σ: the most likely pose",
    derivatives: "of the minimiser by the implicit function theorem, IFT-2",
    edges: ["weights of zero leave a point out", "fewer than three points: a status"],
    checks: ["PNP-11, and A of LC-5 against the solver itself"],
    sources: ["[LC2023] Eq 1–5, 25–27"],
    stage: place("src/solve/solve-pnp.ts", "solvePnP"),
    specs: [solverSpec],
  },
  {
    id: "LC-2",
    name: "a loss on an average",
    formula: "ā = (a₁ + a₂)/2,   L = |ā − a|,   ∂L/∂aᵢ = ½ sign(ā − a)",
    derivatives: "by every measurement, the same one",
    edges: ["ā = a: the slope is zero there"],
    checks: ["duals", "the measurement on the far side of a is pushed away from it"],
    sources: ["[LC2023] Sec 1, Fig 2"],
    ...both("definitions/averaging-loss.ts", "averagingLoss", "averagingLossSlope"),
    specs: [robustSpec],
  },
  {
    id: "LC-3",
    name: "perfect correspondences",
    formula: "x_p = π(z, y_gt): with them y_gt solves for every w, and r = x − x_p",
    derivatives: "by z, in M alone: the linearisation holds z",
    edges: [
      "a depth held at z_min holds the pixel; the linearisation goes on without it, and the Hessian gets the curvature of the gap between the two pixels",
    ],
    checks: ["recorded projections", "kernel and definition with depths held"],
    sources: ["[LC2023] Sec 3.2, 6.1", "[LC2023] published code"],
    ...both("definitions/linearised-point.ts", "linearisedPoint"),
    stage,
    specs: [gradientSpec, recorded],
  },
  {
    id: "LC-4",
    name: "linearised solver",
    formula: "y ≈ y_gt ⊞ A r",
    derivatives: "A is its derivative",
    edges: ["residuals that are no longer small: off by their square"],
    checks: ["the distance to the solver's pose falls with order 2"],
    sources: ["[LC2023] Eq 6, 33"],
    stage: linearised,
    specs: [solverSpec],
  },
  {
    id: "LC-5",
    name: "coefficient matrix",
    formula: `A = (JᵀWJ)⁻¹ JᵀW [6, 2N],   W = diag(w²)
of ½r²: gradient −r a, Hessian a aᵀ − r ∂²π/∂y², coordinate by coordinate`,
    derivatives: "∂A/∂ωₖ in closed form; by z only if asked for",
    edges: [
      "a Hessian that is not positive definite to working precision: a status",
      "an exact Hessian at the residuals observed is an option; it may be indefinite",
    ],
    checks: [
      "A J = I, and A does not hear w → λw",
      "a column is the central difference of the solver",
      "recorded coordinate Hessians and A",
    ],
    sources: ["[LC2023] Eq 7, 32, 35"],
    ...both(solver, "linearisedHessian", "solverMatrix", "solverMatrixSlope"),
    stage: linearised,
    specs: [solverSpec, recorded],
  },
  {
    id: "LC-6",
    name: "residual covariance",
    formula: "M = diag(r ∘ r)",
    derivatives: "2r",
    edges: ["zeros are allowed"],
    checks: ["duals through the loss"],
    sources: ["[LC2023] Eq 9"],
    stage,
    specs: [gradientSpec],
  },
  {
    id: "LC-7",
    name: "pose covariance",
    formula: "C = A M Aᵀ = P S P,   S = Jᵀ diag(ω² M) J",
    derivatives: "∂C/∂ωₖ in closed form, ∂C/∂Mₖ = A_k A_kᵀ",
    edges: ["symmetric to the last bit"],
    checks: ["duals", "does not hear w → λw"],
    sources: ["[LC2023] Eq 8"],
    ...both(solver, "linearisedCovariance", "linearisedCovarianceSlope"),
    stage: linearised,
    specs: [solverSpec],
  },
  {
    id: "LC-8",
    name: "what C means",
    formula: "C = mean over signs σ ∈ {±1}^{2N} of (A D_σ r)(A D_σ r)ᵀ",
    derivatives: "as LC-7",
    edges: ["exact by enumeration while 2^{2N} is small"],
    checks: ["enumeration of 256 signs"],
    sources: ["[LC2023] Eq 8, 9, read as a mean"],
    stage: linearised,
    specs: [solverSpec],
  },
  {
    id: "LC-9",
    name: "representations of a pose",
    formula: `corners R b + t [24], their pixels [16], (q, t) [7], (ω, t) [6], (R e₁, R e₂, t) [9]
J_f = ∂f/∂(a, τ), R ← R Exp(a)`,
    derivatives: "J_f; the loss holds it",
    edges: [
      "half turns: Log has two values, J_r⁻¹ is regular at both",
      "corners behind the camera: their pixels are the formula's, or depths are held at z_min",
      "a box without thickness: corners coincide, and nothing breaks",
    ],
    checks: ["duals along R Exp(a), t + τ to 50 digits", "recorded J_f"],
    sources: ["[LC2023] Eq 10, Sec 4.5, Table 6"],
    ...both(
      "definitions/pose-representation.ts",
      "poseRepresentation",
      "poseRepresentationJacobian",
      "representationGroup",
    ),
    stage: place("src/linearise/transported-covariance.ts", "transportedCovariance"),
    specs: ["spec/equations/pose-representation.spec.ts", recorded],
  },
  {
    id: "LC-10",
    name: "covariance transport",
    formula: "C^f = J_f C J_fᵀ, its diagonal in 36N + 36K products instead of K²N",
    derivatives: "linear in C",
    edges: ["a negative rounding of a variance counts as zero"],
    checks: ["equals (J_f A) M (J_f A)ᵀ in every representation"],
    sources: ["[LC2023] Sec 4.2"],
    ...both(solver, "transportedVariance"),
    stage: place("src/linearise/transported-covariance.ts", "transportedCovariance"),
    specs: [solverSpec],
  },
  {
    id: "LC-11",
    name: "E_cov",
    formula: "E_cov = mean_g √Σ_{j∈g} C^f_jj",
    derivatives: "∂E_cov/∂r = c ∘ r with c ≥ 0; by w through A",
    edges: [
      "no residuals: value and slope zero",
      "published code counts every corner as 1 if any component is not positive",
    ],
    checks: ["degree 1 in r, 0 in w", "E_linear if a single residual is not zero", "recorded"],
    sources: ["[LC2023] Eq 11"],
    ...both(loss, "linearCovarianceLoss", "varianceError", "anyNotPositive"),
    stage,
    specs: [lossSpec, gradientSpec, statusSpec, recorded],
  },
  {
    id: "LC-12",
    name: "E_prior",
    formula: "C_prior = H⁻¹,   E_prior = mean_g √Σ_{j∈g} (J_f C_prior J_fᵀ)_jj",
    derivatives: "∂C_prior/∂ωₖ = −H⁻¹ a aᵀ H⁻¹",
    edges: ["H not positive definite: a status, an error, or the identity"],
    checks: ["E_prior(λw) = E_prior(w)/λ", "64 digits", "recorded"],
    sources: ["[LC2023] Eq 12, 13"],
    ...both(solver, "priorCovariance", "priorCovarianceSlope"),
    stage,
    specs: [solverSpec, lossSpec, recorded],
  },
  {
    id: "LC-13",
    name: "E_linear",
    formula: "e = J_f A r,   E_linear = mean_g ‖e_g‖",
    derivatives: "by w; by x and z only if r is not held",
    edges: ["a corner without deviation: slope zero"],
    checks: ["duals with r held and free", "does not hear w → λw", "recorded"],
    sources: ["[LC2023] Eq 14, 15"],
    definition: place(`src/${loss}`, "deviationError"),
    kernel: place(`src/${loss.replace("definitions", "kernels")}`, "deviationError"),
    stage,
    specs: [lossSpec, gradientSpec, recorded],
  },
];

/** Where the gradient is. */
export const linearCovarianceGradient = both(
  gradient,
  "linearCovarianceLossGradient",
  "residualPull",
  "varianceErrorSlope",
  "deviationErrorSlope",
);

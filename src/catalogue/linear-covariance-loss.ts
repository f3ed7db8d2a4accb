import { type Equation, place } from "./equation.js";
import { linearCovarianceGradient } from "./linear-covariance.js";

const both = (name: string, ...exports: string[]) => ({
  definition: place(`src/definitions/${name}.ts`, ...exports),
  kernel: place(`src/kernels/${name}.ts`, ...exports),
});
const robust = "linear-covariance-robust";
const stage = place(
  "src/loss/linear-covariance-loss.ts",
  "linearCovarianceLoss",
  "linearCovarianceLosses",
);
const gradientSpec = "spec/equations/linear-covariance-gradient.spec.ts";
const robustSpec = "spec/equations/linear-covariance-robust.spec.ts";
const lossSpec = "spec/loss/linear-covariance-loss.spec.ts";
const statusSpec = "spec/loss/linear-covariance-status.spec.ts";
const recorded = "spec/loss/recorded-linear-covariance.spec.ts";

/** LC-14 to LC-25: the loss, its contract, and how published code tames it. */
export const linearCovarianceLoss: readonly Equation[] = [
  {
    id: "LC-14",
    name: "Laplace negative log-likelihood",
    formula: "L = log b + |e|/b, least at b = |e|",
    derivatives: "by e and by b",
    edges: ["e = 0: no slope by e, no least b", "b ≤ 0: an error"],
    checks: ["duals", "1 + log|e| at its least"],
    sources: ["[LC2023] Eq 16"],
    ...both(
      "laplace-likelihood",
      "laplaceLikelihood",
      "laplaceLikelihoodSlope",
      "laplaceLikelihoodScaleSlope",
    ),
    specs: [robustSpec],
  },
  {
    id: "LC-15",
    name: "Linear-Covariance loss",
    formula: "L = log E_prior + ½ (E_cov + E_linear)/E_prior",
    derivatives: "by x, z and w in closed form, one pass over the points",
    edges: [
      "no correspondences, no weights, too few points, a singular Hessian: statuses, every number NaN",
      "no residuals: a status beside a finite loss, which larger weights always lower",
      "points behind the camera: counted, and a status",
    ],
    checks: [
      "duals with what is detached held, to 60 digits",
      "every recorded array of published code, to 1e-10, gradients to 1e-9",
    ],
    sources: ["[LC2023] Eq 17"],
    ...linearCovarianceGradient,
    stage,
    specs: [gradientSpec, lossSpec, statusSpec, recorded],
  },
  {
    id: "LC-16",
    name: "Laplace form of other representations",
    formula: "E = Σ_j √C_jj and Σ_j |e_j| over all K components",
    derivatives: "as LC-15",
    edges: ["radians and lengths are added: the unit of length changes the loss"],
    checks: ["duals for each representation"],
    sources: ["[LC2023] Sec 4.5, Table 6"],
    stage,
    specs: [gradientSpec],
  },
  {
    id: "LC-17",
    name: "Gaussian form",
    formula: "E_cov = tr C^f, E_prior = tr C_prior^f, E_linear = ‖e‖², and the L of LC-15",
    derivatives: "as LC-15, smooth at zero",
    edges: ["a factor common to all three only shifts L"],
    checks: ["duals"],
    sources: ["[LC2023] Sec 4.5, Table 6"],
    stage,
    specs: [gradientSpec, lossSpec],
  },
  {
    id: "LC-18",
    name: "best scale",
    formula: "min over λ of L(λw) = 1 + log ½(E_cov + E_linear), at E_prior = ½(E_cov + E_linear)",
    derivatives: "Σ w ∂L/∂w = −1 + ½(E_cov + E_linear)/E_prior",
    edges: ["no residuals: no least"],
    checks: ["value and slope at the scale that it names"],
    sources: ["[LC2023] Eq 13, 17"],
    stage,
    specs: [lossSpec],
  },
  {
    id: "LC-19",
    name: "what is detached",
    formula: `A, H, J: from z        E_linear: from x and z, but for w        thresholds: from all
C0, C1 hold r, w in E_cov; C2, C3, C4 leave out E_cov, E_linear, E_prior`,
    derivatives: "each is a name in `detached`, or a term in `terms`",
    edges: ["the curvature of an observed Hessian, or of a depth held, is always held"],
    checks: ["zeros of the table are exact zeros", "duals with any of them held or free"],
    sources: ["[LC2023] Sec 3.2, 3.3, 4.5, Table 4"],
    stage,
    specs: [gradientSpec],
  },
  {
    id: "LC-20",
    name: "units",
    formula: "L(λz, λt, λb) = L + log λ",
    derivatives: "by x and w unchanged; by z divided by λ",
    edges: ["not for representations that mix radians and lengths", "z_min is a length too"],
    checks: ["λ = 1024"],
    sources: ["[LC2023] Sec 3.3"],
    stage,
    specs: [lossSpec],
  },
  {
    id: "LC-21",
    name: "Gauss–Markov weights",
    formula: "tr QC is least over w at ωₖ = 1/rₖ², for every Q ⪰ 0; there C = C_prior",
    derivatives: "zero there",
    edges: ["a residual of zero asks for an infinite weight"],
    checks: ["no slope, E_cov = E_prior, and random weights are worse"],
    sources: ["[LC2023] Sec 3.3"],
    stage,
    specs: [lossSpec],
  },
  {
    id: "LC-22",
    name: "tamed variances",
    formula: "M = h(|e|; 3 mean|e|), the mean one an image axis, over valid points",
    derivatives: "2 min(|e|, δ) sign e; by δ if thresholds are not detached",
    edges: ["no valid points: δ and M are zero"],
    checks: ["r² while nothing stands out", "recorded variances and means"],
    sources: ["[LC2023] Sec 4.2", "[LC2023] published code"],
    ...both(robust, "residualThreshold", "residualVariance", "validMean"),
    stage,
    specs: [robustSpec, recorded],
  },
  {
    id: "LC-23",
    name: "shortened residuals",
    formula: "e = 32 r/(‖r‖ + 1e-6) where ‖r‖ + 1e-6 > 32 px",
    derivatives: "as if it were not there, or the true one",
    edges: ["r = 0: left as it is"],
    checks: ["never longer than 32", "duals against the true derivative", "recorded residuals"],
    sources: ["[LC2023] published code"],
    ...both(robust, "shortenedResidual", "shortenedResidualJacobian"),
    stage,
    specs: [robustSpec, recorded],
  },
  {
    id: "LC-24",
    name: "tamed weights",
    formula: "ω = h(w; δ),   δ² = 4 mean(w² M)/(M + 1e-6)",
    derivatives: "2 min(w, δ); through δ by w and e if thresholds are not detached",
    edges: ["M = 0 everywhere: every ω is zero, and H with them"],
    checks: ["w² while no point dominates", "recorded thresholds and weights"],
    sources: ["[LC2023] Sec 4.2", "[LC2023] published code"],
    ...both(robust, "weightThreshold", "limitedWeight"),
    stage,
    specs: [robustSpec, gradientSpec, recorded],
  },
  {
    id: "LC-25",
    name: "Hessians that fail",
    formula: "published: H := I if its Cholesky factorisation fails, which then has no derivative",
    derivatives: "by x and z as with any constant H; by w through JᵀW alone",
    edges: [
      "here it is a status by default, an error or the identity if asked for",
      "published code factors H unscaled: a rank-deficient one may pass by its rounding",
    ],
    checks: ["two points, points on a line, one image axis", "the recorded substitution"],
    sources: ["[LC2023] published code"],
    stage,
    specs: [statusSpec, recorded],
  },
];

import type { MirrorException } from "./rules.js";

/** Where definitions/ and kernels/ do not mirror each other, and why. */
export const exceptions: readonly MirrorException[] = [
  {
    file: "bpnp-force.ts",
    name: "*",
    only: "definitions",
    reason:
      "the kernels sum the force of a point without naming it, and take their form as two flags",
  },
  {
    file: "bpnp-hessian.ts",
    name: "*",
    only: "kernels",
    reason:
      "twin of the y block of constraintDerivative; the other forms' are reprojection-hessian.ts",
  },
  {
    file: "bpnp.ts",
    name: "constraintDerivative",
    only: "definitions",
    reason: "in doubles no block is formed: only products with it, constraintVjp and constraintJvp",
  },
  ...["poseDerivative", "poseVjp", "poseJvp"].map(
    (name): MirrorException => ({
      file: "bpnp.ts",
      name,
      only: "definitions",
      reason: "in doubles the stage solves with H, where a singular one is a status",
    }),
  ),
  {
    file: "linear-covariance-loss.ts",
    name: "linearCovarianceErrors",
    only: "kernels",
    reason: "the part that a GPU leaves to doubles, once it has summed over the points",
  },
  {
    file: "linear-covariance-gradient.ts",
    name: "linearCovarianceForms",
    only: "kernels",
    reason: "what a GPU takes back to the points; the definition has its gradient from duals",
  },
  {
    file: "pose-sample-cost.ts",
    name: "poseProjections",
    only: "kernels",
    reason: "K [R | t] of every pose, formed once for all points and for both passes",
  },
  {
    file: "clamped-sample-cost.ts",
    name: "*",
    only: "kernels",
    reason: "the loops of pose-sample-cost.ts with clamps, whose tests the open loops do without",
  },
  {
    file: "pose-jacobian.ts",
    name: "MOTION_SIZE",
    only: "kernels",
    reason: "the length of a flat array, where the definition returns an object",
  },
  {
    file: "pose-row.ts",
    name: "movedRowVjp",
    only: "kernels",
    reason:
      "the product with an upstream gradient, for which the definition has the whole Jacobian",
  },
  {
    file: "kd-tree.ts",
    name: "*",
    only: "kernels",
    reason: "how nearest-vertex.ts finds what its definition finds by trying every point",
  },
  ...["moved", "turned"].map(
    (name): MirrorException => ({
      file: "vertex-distance.ts",
      name,
      only: "definitions",
      reason: "in doubles no vertex is moved: only the difference of two motions is applied to it",
    }),
  ),
  {
    file: "vertex-distance.ts",
    name: "symmetricPose",
    only: "kernels",
    reason: "composedMotion of symmetry.ts for one row of a flat array of symmetries",
  },
  {
    file: "eigenvector.ts",
    name: "*",
    only: "definitions",
    reason: "in doubles linalg/ has them: singular-vectors.ts and svd3.ts",
  },
  {
    file: "epnp-workspace.ts",
    name: "*",
    only: "kernels",
    reason: "what the pose and its adjoint share, where the definition passes objects",
  },
  {
    file: "epnp-gradient.ts",
    name: "*",
    only: "kernels",
    reason: "the adjoint of epnp.ts, whose definition is differentiated by duals",
  },
  {
    file: "linear-covariance-workspace.ts",
    name: "*",
    only: "kernels",
    reason: "where a loss and its gradient share what the definition returns as an object",
  },
  {
    file: "exponential.ts",
    name: "*",
    only: "kernels",
    reason: "how a softmax over thousands of cells takes e^x, for which a definition has exp()",
  },
];

import { type Equation, place } from "./equation.js";

/** CONV-1 to CONV-8: frames, shapes, signs, weights, charts, units. */
export const conventions: readonly Equation[] = [
  {
    id: "CONV-1",
    name: "frames and camera",
    formula: `X = R z + t,  +Z forward, +X right, +Y down
u = (f_x X + s Y)/Z + c_x,  v = f_y Y/Z + c_y
K = [[f_x, s, c_x], [0, f_y, c_y], [0, 0, 1]]; any regular 3 x 3 matrix is accepted where stated`,
    derivatives: "see GEO-14 to GEO-17",
    edges: [
      "Z ≤ 0: projected like any other point unless clamps are asked for (GEO-18); results count such points",
      "pixel centres: coordinates are taken as given, no half pixel is added",
    ],
    checks: ["a point on the optical axis projects to (c_x, c_y)"],
    sources: ["[UAVA2021] Sec 3", "[EProPnP2022] Eq 1", "[LC2023] Eq 5"],
    definition: place("src/definitions/projection.ts", "rigidTransform", "projection"),
    stage: place("src/problem/camera.ts", "intrinsicMatrix", "cameraMatrix"),
    specs: ["spec/equations/projection.spec.ts"],
  },
  {
    id: "CONV-2",
    name: "shapes and ordering",
    formula: `x [N,2] px, z [N,3] m, w [N,2] ≥ 0; stacked vectors interleave: r1x, r1y, r2x, …
matrices row-major; a batch is a leading axis B; a shared z or K collects its gradient over the batch`,
    derivatives: "none",
    edges: ["N = 0 or B = 0: empty results and zero gradients, never NaN"],
    checks: ["permuting the points permutes the gradients and nothing else"],
    sources: ["[EProPnP2022] Sec 3", "[LC2023] Sec 3"],
    stage: place("src/problem/correspondences.ts", "correspondences"),
    specs: ["spec/problem/input.spec.ts"],
  },
  {
    id: "CONV-3",
    name: "sign of the residual",
    formula: "r = x − π(z, y); the other sign, f = w ∘ (π − x), is EPro-PnP's",
    derivatives: "∂r/∂x = I, ∂r/∂y = -∂π/∂y",
    edges: ["a squared cost does not tell the signs apart; a Gauss–Newton step and a residual do"],
    checks: [
      "the cost is the same under both signs, the gradient in x changes sign with the residual",
    ],
    sources: ["[BPnP2020]", "[EProPnP2022] Eq 1", "[LC2023] Eq 4"],
    definition: place("src/definitions/reprojection-residual.ts", "weightedResidual"),
    specs: ["spec/equations/reprojection-residual.spec.ts"],
  },
  {
    id: "CONV-4",
    name: "weights",
    formula:
      "w multiplies the residual, so a cost carries w²; ω = w² where weights are called inverse variances",
    derivatives: "d/dw = 2 w d/d(w²)",
    edges: [
      "w = 0: that axis of that point does not count; negative: RangeError",
      "all w = 0: every pose is optimal, reported by a status",
    ],
    checks: ["cost(λ w) = λ² cost(w)"],
    sources: ["[EProPnP2022] Eq 1", "[BackboneStudy] Eq 1 writes √w", "[LC2023] Eq 25"],
    definition: place("src/definitions/reprojection-residual.ts", "weightedResidual"),
    specs: ["spec/equations/reprojection-residual.spec.ts"],
  },
  {
    id: "CONV-5",
    name: "pose charts",
    formula: `LEFT  R ← Exp(φ) R             (φ, τ), rotation first, the default
AA    R = Exp(ω), global       (dω, dt), rotation first
RP    R ← R Exp(a)             (a, τ), rotation first
Q7    q ← normalise(q + T(q)δ) (τ, δ), translation first; φ ≈ −2δ
YAW   β ← β + dβ               (τ, dβ), translation first, about camera +Y`,
    derivatives: "conversions of tangents, gradients, Hessians and covariances: GEO-12",
    edges: [
      "a rotation vector wrapped by 2 π and -q are the same pose",
      "Hessians and covariances of different charts are comparable only after conversion",
    ],
    checks: ["one small motion written in every chart moves the pose alike to second order"],
    sources: ["[BPnP2020]", "[EProPnP2022] Sec 3.2", "[LC2023] Table 6"],
    definition: place("src/definitions/tangent.ts", "tangentTransform"),
    kernel: place("src/kernels/tangent.ts", "tangentTransform"),
    stage: place("src/conventions/chart.ts", "charts", "tangentSize"),
    specs: ["spec/equations/tangent.spec.ts", "spec/equations/pose-jacobian.spec.ts"],
  },
  {
    id: "CONV-6",
    name: "units",
    formula:
      "angles in rad, lengths in the unit of z (metres unless stated), image coordinates in px",
    derivatives: "none",
    edges: ["degrees and millimetres appear only where a quantity's name says so"],
    checks: ["scaling (z, t) leaves every cost unchanged"],
    sources: ["[UAVA2021] Sec 3.3", "[LC2023] Sec 4"],
    specs: ["spec/laws/equivariance.spec.ts"],
  },
  {
    id: "CONV-7",
    name: "stop-gradient",
    formula: "sg(u) has the value of u and derivative zero",
    derivatives: "zero",
    edges: [
      "a variant with sg is another function: a difference check must hold the detached input fixed",
    ],
    checks: [
      "the faster derivative equals a difference of the constraint with frozen coefficients",
    ],
    sources: ["[EProPnP2022] Sec 3.4", "[BPnP2020]"],
    definition: place("src/definitions/bpnp.ts", "constraintDerivative"),
    specs: ["spec/equations/bpnp.spec.ts"],
  },
  {
    id: "CONV-8",
    name: "precision",
    formula: "kernels in float64; truth in 64-digit decimal floats; a claim in the dtype it names",
    derivatives: "none",
    edges: ["what a claim's dtype loses is computed per problem and enters its budget"],
    checks: ["every kernel is compared with its definition at 64 digits (docs/accuracy.md)"],
    sources: ["[Parker1997]"],
    definition: place("src/scalar/big.ts", "big", "Big"),
    stage: place("src/scalar/rounding.ts", "unitRoundoff", "Rounding"),
    specs: ["spec/scalar/big.spec.ts", "spec/scalar/rounding.spec.ts"],
  },
];

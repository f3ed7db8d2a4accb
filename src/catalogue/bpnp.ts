import { type Equation, place } from "./equation.js";

const definition = "src/definitions/bpnp.ts";
const kernel = "src/kernels/bpnp.ts";
const stage = "src/differentiate/implicit.ts";

/** BPNP-1 to BPNP-9: the differentiable PnP layer and the variants published of it. */
export const bpnp: readonly Equation[] = [
  {
    id: "BPNP-1",
    name: "forward pass",
    formula: "y⋆ = argmin_y Σᵢ |x_i − π(z_i; y, K)|²",
    derivatives: "BPNP-2 and its variants",
    edges: [
      "a start that is not stationary is polished first; the derivative is taken where the gradient vanishes",
    ],
    checks: ["no random restart finds a lower cost", "the gradient is zero to rounding"],
    sources: ["[BPnP2020]", "[UAVA2021] Sec 2–3"],
    stage: place("src/solve/solve-pnp.ts", "solvePnP"),
    specs: ["spec/solve/solve-pnp.spec.ts"],
  },
  {
    id: "BPNP-2",
    name: "exact gradient",
    formula: `J_fy = 2 JᵀWJ − 2 Σ w² r ∂²π/∂y²        J_fx = −2 JᵀW
J_fz = 2 J_iᵀW_i P_i − 2 Σ w² r ∂²π/∂y∂z   J_fK = 2 JᵀW ∂π/∂K − 2 Σ w² r ∂²π/∂y∂K
J_fw = −4 w r J                              ∂y⋆/∂θ = −J_fy⁻¹ J_fθ`,
    derivatives: "with respect to x, z, K (nine free entries), w and δ; dense, VJP and JVP",
    edges: [
      "θ = 0 and θ = π: exact, the charts' own series take over",
      "J_fy singular or indefinite: a status",
    ],
    checks: [
      "differences of a 64-digit re-solve",
      "unrolled differentiation of the solver",
      "recorded true Jacobians",
    ],
    sources: ["[BPnP2020]", "[UAVA2021] Sec 2, 4.2", "[LC2023] Eq 32"],
    definition: place(definition, "poseDerivative", "poseVjp", "poseJvp"),
    kernel: place(kernel, "constraintVjp", "constraintJvp"),
    stage: place(stage, "poseJacobian", "poseVjp", "poseJvp"),
    specs: ["spec/equations/bpnp.spec.ts"],
  },
  {
    id: "BPNP-3",
    name: "faster gradient",
    formula:
      "c_ij = −2 ∂π_i/∂y_j held constant: J_fy = 2 JᵀWJ, J_fx = −2 JᵀW, J_fz = 2 JᵀW P, J_fK = 2 JᵀW ∂π/∂K; J_fw = −4 w r J",
    derivatives: "the same inputs, under the name `faster`",
    edges: ["zero residual: equals BPNP-2"],
    checks: [
      "differences of the constraint with frozen coefficients",
      "error proportional to the residual",
    ],
    sources: ["[UAVA2021] Sec 4.2, Tables 6–7", "[BPnP2020] published code"],
    definition: place(definition, "poseDerivative"),
    kernel: place(kernel, "constraintVjp", "constraintJvp"),
    stage: place(stage, "poseJacobian"),
    specs: ["spec/equations/bpnp.spec.ts"],
  },
  {
    id: "BPNP-4",
    name: "Gauss–Newton Hessian with exact mixed terms",
    formula: "∂y⋆/∂θ = −(2 JᵀWJ)⁻¹ J_fθ, with J_fθ of BPNP-2",
    derivatives: "the same inputs, under the name `gauss-newton`",
    edges: ["J rank-deficient: a status"],
    checks: ["equals BPNP-2 at zero residual", "equals the gradient through one Gauss–Newton step"],
    sources: ["[EProPnP2022] Sec 3.4"],
    definition: place(definition, "poseDerivative"),
    kernel: place(kernel, "constraintVjp", "constraintJvp"),
    stage: place(stage, "poseJacobian"),
    specs: ["spec/equations/bpnp.spec.ts"],
  },
  {
    id: "BPNP-5",
    name: "depth-weighted residual, as published code has it",
    formula: `f̃ = Σᵢ S_i <r_i, c_i>, S_i = depth of point i, in place of f
at zero residual ∂y/∂x = (JᵀSJ)⁻¹ JᵀS: a depth-weighted left inverse, not (JᵀJ)⁻¹ Jᵀ`,
    derivatives: "full and faster, under the name `depth-weighted`",
    edges: ["equal depths: BPNP-2", "points behind the camera: the sign of S flips"],
    checks: [
      "closed form at zero residual",
      "recorded gradients of three published backward passes",
    ],
    sources: ["[BPnP2020] published code"],
    definition: place(definition, "poseDerivative"),
    kernel: place(kernel, "constraintVjp", "constraintJvp"),
    stage: place(stage, "poseJacobian"),
    specs: ["spec/equations/bpnp.spec.ts"],
  },
  {
    id: "BPNP-6",
    name: "reverse mode and batches",
    formula:
      "grad_x[b] = v[b]ᵀ ∂y⋆[b]/∂x[b]; a shared z or K receives the Σ over b, a per-item one its own",
    derivatives: "VJP",
    edges: ["B = 0: zero gradients"],
    checks: ["a batch of one equals no batch", "additivity over batches"],
    sources: ["[UAVA2021] Sec 3.4", "[BPnP2020] published code"],
    definition: place(definition, "poseVjp"),
    stage: place("src/differentiate/batch.ts", "batchPoseVjp"),
    specs: ["spec/differentiate/implicit.spec.ts"],
  },
  {
    id: "BPNP-7",
    name: "reprojection of the solution",
    formula: "π(z | y⋆, K), d/dx = J ∂y⋆/∂x; at zero residual the projector J (JᵀWJ)⁻¹ JᵀW",
    derivatives: "first",
    edges: ["N = 3, exact data: the identity", "w = 0 rows are carried along freely"],
    checks: ["idempotent, rank 6, symmetric for unit weights"],
    sources: ["[UAVA2021] Sec 3"],
    definition: place(definition, "poseDerivative"),
    specs: ["spec/equations/bpnp.spec.ts"],
  },
  {
    id: "BPNP-8",
    name: "envelope identity",
    formula: "l(x) = min_y |x − π(y)|²  ⇒  dl/dx = 2 (x − π(y⋆)): the path through y⋆ vanishes",
    derivatives: "the identity itself",
    edges: [
      "fails where the solver stopped early or minimised something else: a cheap test of a backward pass",
    ],
    checks: ["differences of the minimum at 64 digits"],
    sources: ["[UAVA2021] Sec 3"],
    definition: place(definition, "poseDerivative"),
    specs: ["spec/equations/bpnp.spec.ts"],
  },
  {
    id: "BPNP-9",
    name: "fitting by the layer's own gradients",
    formula: `(i) keypoints and pose: loss mean |π − x*|² + mean |π − x|² falls below 1e-3
(ii) calibration: (f_x, f_y, c_x, c_y) through grad K    (iii) structure from motion: z through grad z of 12 views`,
    derivatives: "through x, K and z",
    edges: ["a start far behind or in front of the scene still converges"],
    checks: ["loss thresholds"],
    sources: ["[BPnP2020] published demonstrations", "[UAVA2021] Sec 2"],
    stage: place(stage, "poseVjp"),
    specs: ["spec/laws/descent.spec.ts"],
  },
];

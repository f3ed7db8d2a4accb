/**
 * The bank of explanations, as data: each is one change of a recipe, with a sentence and a remedy.
 * What a claim turns out to be is the fewest changes that reproduce it (diagnosis.ts).
 */
import { type Chart, charts, rotationOffset } from "../conventions/chart.js";
import { chartSlug, type DerivativeQuantity, type Recipe } from "./recipe.js";

/** What a deviation is called: another convention, a documented approximation, or a mistake. */
export type Kind = "convention" | "approximation" | "wrong";

/** The graver a kind, the later it is tried. */
export const gravity: Readonly<Record<Kind, number>> = {
  convention: 0,
  approximation: 1,
  wrong: 2,
};

export interface Explanation {
  readonly slug: string;
  readonly kind: Kind;
  /** What was computed instead, in a sentence without a full stop. */
  readonly sentence: string;
  readonly remedy: string;
  /** The recipe it makes of another, or null where it does not apply or changes nothing. */
  readonly change: (recipe: Recipe, quantity: DerivativeQuantity) => Recipe | null;
}

const formOf = (recipe: Recipe, form: Partial<Recipe["form"]>): Recipe => ({
  ...recipe,
  form: { ...recipe.form, ...form },
});

/** Deviations of the formula itself. */
const formulas: Explanation[] = [
  {
    slug: "depth-weighted-residual",
    kind: "wrong",
    sentence:
      "it differentiates Σ⟨depth · (x − π), ∂π/∂y⟩ = 0, which the forward pass does not solve: every residual is multiplied by its depth",
    remedy:
      "divide each residual by its depth before differentiating, so that the constraint is the gradient of the reprojection cost (BPNP-2 against BPNP-5)",
    change: (recipe) =>
      recipe.form.residual === "plain"
        ? { ...formOf(recipe, { residual: "depth-weighted" }), pose: "given" }
        : null,
  },
  {
    slug: "gauss-newton-hessian",
    kind: "approximation",
    sentence: "the Hessian is JᵀWJ, without the curvature of the projection",
    remedy: "add −Σ w² r ∂²π/∂y² to the Hessian, or declare the approximation (BPNP-4)",
    change: (recipe) =>
      recipe.form.hessian === "exact" && recipe.form.mixed === "exact"
        ? formOf(recipe, { hessian: "gauss-newton" })
        : null,
  },
  {
    slug: "dropped-coefficient-derivatives",
    kind: "approximation",
    sentence: "the coefficients ∂π/∂y are held constant, as in BPnP_faster",
    remedy:
      "differentiate ∂π/∂y too, in the Hessian and in the derivatives by points and camera, or declare the method as bpnp-faster (BPNP-3)",
    change: (recipe) =>
      recipe.form.hessian === "exact" && recipe.form.mixed === "exact"
        ? formOf(recipe, { hessian: "gauss-newton", mixed: "dropped" })
        : null,
  },
  {
    slug: "exact-derivative",
    kind: "approximation",
    sentence: "it is the exact derivative, not the one with coefficient derivatives dropped",
    remedy: "declare the method as bpnp",
    change: (recipe) =>
      recipe.form.mixed === "dropped" ? formOf(recipe, { hessian: "exact", mixed: "exact" }) : null,
  },
  {
    slug: "kept-mixed-derivatives",
    kind: "wrong",
    sentence:
      "∂π/∂y is held constant in the Hessian but differentiated in the derivatives by points and camera",
    remedy: "hold the coefficients constant in both places, or in neither (BPNP-3)",
    change: (recipe) =>
      recipe.form.mixed === "dropped" ? formOf(recipe, { mixed: "exact" }) : null,
  },
  {
    slug: "dropped-mixed-derivatives",
    kind: "wrong",
    sentence:
      "∂π/∂y is differentiated in the Hessian but held constant in the derivatives by points and camera",
    remedy: "add −Σ w² r ∂²π/∂y∂θ to the mixed derivatives (BPNP-2)",
    change: (recipe) =>
      recipe.form.hessian === "exact" && recipe.form.mixed === "exact"
        ? formOf(recipe, { mixed: "dropped" })
        : null,
  },
  {
    slug: "axis-epsilon",
    kind: "wrong",
    sentence:
      "the rotation axis is ω / (θ + 10⁻⁶), so that the matrix made of it is not quite a rotation",
    remedy: "use the series of sin θ / θ near zero instead of guarding a division (GEO-2)",
    change: (recipe) =>
      recipe.form.axisEpsilon === 0
        ? { ...formOf(recipe, { axisEpsilon: 1e-6 }), pose: "given" }
        : null,
  },
  {
    slug: "weights-taken-as-w2",
    kind: "wrong",
    sentence: "w itself is the weight of a squared residual, so that the cost carries w, not w²",
    remedy: "multiply residuals by w, or state the convention weights: w2 (CONV-4)",
    change: (recipe) =>
      recipe.form.weights === "w"
        ? { ...formOf(recipe, { weights: "sqrt" }), pose: "given" }
        : null,
  },
  {
    slug: "weights-squared-twice",
    kind: "wrong",
    sentence: "residuals are multiplied by w², so that the cost carries w⁴",
    remedy: "square the weights once (CONV-4)",
    change: (recipe) =>
      recipe.form.weights === "w" ? { ...formOf(recipe, { weights: "w2" }), pose: "given" } : null,
  },
  {
    slug: "weights-ignored",
    kind: "wrong",
    sentence: "the weights do not enter at all",
    remedy: "multiply each residual by its weight",
    change: (recipe) => (recipe.unweighted ? null : { ...recipe, unweighted: true, pose: "given" }),
  },
];

/** Deviations of where the formula is evaluated. */
const poses: Explanation[] = [
  {
    slug: "unconverged-pose",
    kind: "wrong",
    sentence: "the formula is right but the pose it is evaluated at is not stationary",
    remedy: "polish the pose with Newton until the gradient is rounding before differentiating",
    change: (recipe) => (recipe.pose === "exact" ? { ...recipe, pose: "given" } : null),
  },
  {
    slug: "other-minimum",
    kind: "wrong",
    sentence: "the derivative belongs to another local minimum of the same problem",
    remedy: "start the solver elsewhere, or give the pose the derivative was taken at",
    change: (recipe) => (recipe.pose === "exact" ? { ...recipe, pose: "other" } : null),
  },
];

/** Other ways to write the same derivative. */
const conventions: Explanation[] = [
  ...charts
    .filter((chart): chart is Exclude<Chart, "YAW"> => chart !== "YAW")
    .map(
      (chart): Explanation => ({
        slug: chartSlug(chart),
        kind: "convention",
        sentence: `pose rows are written in chart ${chart}`,
        remedy: `state the convention chart: ${chart}`,
        change: (recipe) =>
          recipe.chart === chart && !recipe.doubledAngle
            ? null
            : {
                ...recipe,
                chart,
                doubledAngle: false,
                rotationFirst:
                  rotationOffset(chart) === rotationOffset(recipe.chart)
                    ? recipe.rotationFirst
                    : !recipe.rotationFirst,
              },
      }),
    ),
  {
    slug: "doubled-tangent",
    kind: "convention",
    sentence: "rotation rows are with respect to 2δ, the full angle, instead of the half angle δ",
    remedy: "state the chart in which rows are written",
    change: (recipe) =>
      recipe.chart === "Q7" && !recipe.doubledAngle ? { ...recipe, doubledAngle: true } : null,
  },
  {
    slug: "row-order",
    kind: "convention",
    sentence: "translation and rotation rows are exchanged",
    remedy: "state the convention order",
    change: (recipe) => ({ ...recipe, rotationFirst: !recipe.rotationFirst }),
  },
  {
    slug: "degrees",
    kind: "convention",
    sentence: "rotations are in degrees",
    remedy: "state the convention angle: deg",
    change: (recipe) => (recipe.degrees ? null : { ...recipe, degrees: true }),
  },
  {
    slug: "normalised-coordinates",
    kind: "convention",
    sentence: "image points are normalised rays K⁻¹(x, 1) instead of pixels",
    remedy: "multiply by K⁻¹ to get the derivative by pixels",
    change: (recipe, { variable }) =>
      variable === "x2d" && recipe.image === "pixels" ? { ...recipe, image: "normalised" } : null,
  },
  {
    slug: "swapped-image-axes",
    kind: "convention",
    sentence: "image coordinates are in the order (v, u)",
    remedy: "exchange the two image axes",
    change: (recipe, { variable }) =>
      variable === "x2d" && recipe.image === "pixels" ? { ...recipe, image: "swapped" } : null,
  },
  {
    slug: "camera-frame-points",
    kind: "convention",
    sentence: "object points are moved along the camera's axes instead of the object's",
    remedy: "multiply by R to get the derivative by object coordinates",
    change: (recipe, { variable }) =>
      variable === "x3d" && recipe.points === "object" ? { ...recipe, points: "camera" } : null,
  },
  {
    slug: "derivative-by-w2",
    kind: "convention",
    sentence: "the derivative is with respect to w², the weight of a squared residual",
    remedy: "multiply by 2w, or state the convention weights: w2",
    change: (recipe, { variable }) =>
      variable === "w2d" && recipe.weightVariable === "w"
        ? { ...recipe, weightVariable: "w2" }
        : null,
  },
  ...(["triangular", "pinhole"] as const).map(
    (camera): Explanation => ({
      slug: `${camera}-camera`,
      kind: "convention",
      sentence:
        camera === "pinhole"
          ? "of K only focal lengths and centre are free"
          : "of K only the upper triangle is free, and K₃₃ is not",
      remedy: "nothing, if K is meant to be parametrised so",
      change: (recipe, { variable }) =>
        variable === "K" && recipe.camera === "free" ? { ...recipe, camera } : null,
    }),
  ),
];

/** Other matrices that go by the name of a pose covariance. */
const covariances: Explanation[] = [
  ...(
    [
      [
        "residual-variance",
        "convention",
        "the covariance is multiplied by the residual variance Σ‖w ∘ r‖² / (2N − 6)",
        "divide by it, where weights are already one over standard deviations",
      ],
      [
        "regularised",
        "wrong",
        "10⁻⁵ was added to the diagonal of the matrix that was inverted",
        "invert the Hessian itself; report where it is singular (PNP-12)",
      ],
      ["information-matrix", "wrong", "it is the Hessian, not its inverse", "invert it"],
    ] as const
  ).map(
    ([slug, kind, sentence, remedy]): Explanation => ({
      ...{ slug, kind, sentence, remedy },
      change: (recipe, quantity) =>
        quantity.kind === "covariance" && recipe.covariance === "plain"
          ? { ...recipe, covariance: slug === "information-matrix" ? "information" : slug }
          : null,
    }),
  ),
  {
    slug: "threshold-ignored",
    kind: "wrong",
    sentence: "the Huber threshold does not enter",
    remedy: "apply the robust kernel, its second derivative included (ROB-1)",
    change: (recipe, { kind }) =>
      kind === "covariance" && !recipe.unlimited ? { ...recipe, unlimited: true } : null,
  },
];

/** Every explanation of a derivative, the order of a composed name. */
export const bank: readonly Explanation[] = [
  ...formulas,
  ...poses,
  ...conventions,
  ...covariances,
  {
    slug: "summed-over-batch",
    kind: "wrong",
    sentence: "every problem's gradient holds the sum over the whole batch",
    remedy: "keep each problem's own gradient; sum only where an input is shared",
    change: (recipe, { kind }) =>
      kind === "gradient" && recipe.batch === "item" ? { ...recipe, batch: "sum" } : null,
  },
];

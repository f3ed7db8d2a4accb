/**
 * Which derivative: the exact one, or one of those published under the same name.
 *
 * | variant                 | constraint | Hessian      | derivatives of ∂π/∂y        | EQUATIONS |
 * |-------------------------|------------|--------------|-----------------------------|-----------|
 * | exact                   | ∂nll/∂y    | exact        | kept                        | BPNP-2    |
 * | faster                  | ∂nll/∂y    | Gauss–Newton | dropped                     | BPNP-3    |
 * | gauss-newton            | ∂nll/∂y    | Gauss–Newton | kept by x, z, K, w and δ    | BPNP-4    |
 * | depth-weighted          | f̃          | exact        | kept                        | BPNP-5    |
 * | depth-weighted-faster   | f̃          | Gauss–Newton | dropped                     | BPNP-5    |
 *
 * f̃ multiplies every residual by its depth, as published code does. It does not vanish at the pose
 * that the forward pass finds, so its full derivative depends on the chart that the coefficients are
 * differentiated in: "depth-weighted" is what chart AA gives, whatever chart the result is written in.
 * The other four are the same motion in every chart.
 */
export const variants = {
  exact: { deep: false, exact: true, keep: true },
  faster: { deep: false, exact: false, keep: false },
  "gauss-newton": { deep: false, exact: false, keep: true },
  "depth-weighted": { deep: true, exact: true, keep: true },
  "depth-weighted-faster": { deep: true, exact: false, keep: false },
} as const;

export type Variant = keyof typeof variants;

/** Every variant, the exact one first. */
export const variantNames = Object.keys(variants) as readonly Variant[];

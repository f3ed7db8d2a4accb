/**
 * Pose charts: the tangent in which a derivative or a covariance with respect to a pose is written
 * (EQUATIONS CONV-5). A pose is always { R, t } with camera point X = R z + t; a chart says how six
 * (or four) numbers move it.
 *
 * | chart | coordinates / update                         | order of the tangent     |
 * |-------|----------------------------------------------|--------------------------|
 * | LEFT  | R ← Exp(φ) R, t ← t + τ (the default)        | φ, τ (rotation first)    |
 * | AA    | global coordinates (ω, t), R = Exp(ω)         | dω, dt (rotation first)  |
 * | RP    | R ← R Exp(a), t ← t + τ                       | a, τ (rotation first)    |
 * | Q7    | q ← normalise(q + T(q) δ), i.e. φ ≈ −2δ       | τ, δ (translation first) |
 * | YAW   | t ← t + τ, β ← β + dβ about camera +Y         | τ, dβ (translation first)|
 */
export type Chart = "LEFT" | "AA" | "RP" | "Q7" | "YAW";

/** Every chart, the default first. */
export const charts: readonly Chart[] = ["LEFT", "AA", "RP", "Q7", "YAW"];

/** Degrees of freedom of a chart's tangent. */
export function tangentSize(chart: Chart): 4 | 6 {
  return chart === "YAW" ? 4 : 6;
}

/** Offset of the rotation block inside a tangent vector: 0 if rotation comes first, else 3. */
export function rotationOffset(chart: Chart): 0 | 3 {
  return chart === "Q7" || chart === "YAW" ? 3 : 0;
}

/** Offset of the translation block inside a tangent vector. */
export function translationOffset(chart: Chart): 0 | 3 {
  return chart === "Q7" || chart === "YAW" ? 0 : 3;
}

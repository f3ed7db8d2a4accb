/**
 * How far the mean of random answers may lie from what they estimate.
 *
 * For answers x₁ … x_R to one question, independent of each other, with mean x̄ and covariance S,
 *
 *     R ‖x̄ − μ‖² / tr S  ~  F(ν, (R − 1) ν),   ν = (tr S)² / tr S²
 *
 * where x is normal: Student's t squared for one number, and for arrays, whose covariance R answers cannot
 * tell, the F with the first two moments of the true distribution. Where x is skewed, Student's t is, too,
 * against it; the quantile is widened by the first term of Cornish and Fisher's expansion,
 *
 *     √F + γ (2F + 1) / (6 √R),   γ² = Σ_rs ⟨x_r − x̄, x_s − x̄⟩³ / (R² (tr S)³)
 *
 * with γ the skewness of one number, and the size of the tensor of third moments of an array.
 * Sources: [Dempster1958] for the statistic, [Box1954] for its degrees of freedom, [Hall1992] for the widening.
 */
import { type Blocks, distance } from "./blocks.js";
import { fQuantile } from "./f-quantile.js";

/** The share of right claims that chance alone may make look wrong: one claim in so many. */
export const oneIn = 10_000;

/** Answers below which nothing is said: Student's t with one or two degrees of freedom knows no scale. */
export const leastAnswers = 4;

/**
 * The distance of the mean from what it estimates, per block, that chance exceeds with probability `tail`.
 *
 * @param deviations the answers less their mean, R of them
 */
export function chanceOf(
  deviations: readonly Float64Array[],
  blocks: Blocks,
  tail: number,
): number[] {
  const R = deviations.length;
  return blocks.map((block) => {
    const variance =
      deviations.reduce((sum, d) => sum + distance(d, null, block) ** 2, 0) / (R - 1);
    if (!(variance > 0)) return variance === 0 ? 0 : Number.POSITIVE_INFINITY;
    if (R < leastAnswers) return Number.POSITIVE_INFINITY;
    const { freedom, skewness } = shape(deviations, block, variance);
    const F = fQuantile(tail, freedom, (R - 1) * freedom);
    const widened = Math.sqrt(F) + (skewness * (2 * F + 1)) / (6 * Math.sqrt(R));
    return widened * Math.sqrt(variance / R);
  });
}

/** ν and γ, from the inner products of the answers. */
function shape(
  deviations: readonly Float64Array[],
  [from, to]: readonly [number, number],
  variance: number,
): { freedom: number; skewness: number } {
  const R = deviations.length;
  const root = Math.sqrt(variance);
  const scaled = deviations.map((d) => d.subarray(from, to).map((v) => v / root));
  let [squares, cubes] = [0, 0];
  for (let r = 0; r < R; r++)
    for (let s = 0; s <= r; s++) {
      let product = 0;
      for (let k = 0; k < to - from; k++) product += scaled[r][k] * scaled[s][k];
      const times = s < r ? 2 : 1;
      squares += times * product ** 2;
      cubes += times * product ** 3;
    }
  return { freedom: (R - 1) ** 2 / squares, skewness: Math.sqrt(Math.max(0, cubes)) / R };
}

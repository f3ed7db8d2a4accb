/**
 * The scalar functions of a rotation vector: even functions of the angle θ, written in s = θ².
 *
 *     A = sin θ / θ     B = (1 − cos θ) / θ²     C = (θ − sin θ) / θ³
 *     D = (1 − (θ/2) cot(θ/2)) / θ²
 *
 * and their derivatives with respect to s. A, B and C are the Stumpff functions c₁, c₂, c₃ of s,
 *
 *     c_k(s) = Σⱼ (−s)ʲ / (k + 2j)!     c_k = 1/k! − s c_{k+2}     c_k′ = (k c_{k+2} − c_{k+1}) / 2,
 *
 * so all of them are entire, and D = (c₃ − 2c₄) / (2c₂) has poles only at θ = 2πk, k ≥ 1. In s
 * rather than θ nothing has a kink or a 0/0 at the identity, also not to a dual number.
 * Source: EQUATIONS GEO-2, GEO-4; [Stumpff1959] Himmelsmechanik I.
 */
import type { Real } from "../scalar/real.js";

// The first term left out is below s³⁰ / 61!, 1e-84 of the sum.
const terms = 30;

/** c_k(s) [1] by its power series, for s < 1, where a closed form would cancel. */
function stumpff<S extends Real<S>>(k: number, s: S): S {
  // Nested, c_k = (1 − s/((k+1)(k+2)) (1 − s/((k+3)(k+4)) (1 − …))) / k!, every divisor an integer.
  let sum = s.of(1);
  for (let j = terms; j >= 1; j--)
    sum = s
      .times(sum)
      .over((k + 2 * j - 1) * (k + 2 * j))
      .negated()
      .plus(1);
  for (let j = 2; j <= k; j++) sum = sum.over(j);
  return sum;
}

/** A(s) = sin θ / θ [1], s = θ² ≥ 0 in rad². */
export function seriesA<S extends Real<S>>(s: S): S {
  if (s.lessThan(1)) return stumpff(1, s);
  const theta = s.sqrt();
  return theta.sin().over(theta);
}

/** B(s) = (1 − cos θ) / θ² [1/rad²]. */
export function seriesB<S extends Real<S>>(s: S): S {
  if (s.lessThan(1)) return stumpff(2, s);
  return s.sqrt().cos().negated().plus(1).over(s);
}

/** C(s) = (θ − sin θ) / θ³ [1/rad³]. */
export function seriesC<S extends Real<S>>(s: S): S {
  if (s.lessThan(1)) return stumpff(3, s);
  const theta = s.sqrt();
  return theta.minus(theta.sin()).over(s.times(theta));
}

/** D(s) = (1 − (θ/2) cot(θ/2)) / θ² [1/rad²]; infinite at θ = 2πk, k ≥ 1. */
export function seriesD<S extends Real<S>>(s: S): S {
  if (s.lessThan(1)) {
    const fall = stumpff(3, s).minus(stumpff(4, s).times(2));
    return fall.over(stumpff(2, s).times(2));
  }
  const half = s.sqrt().over(2);
  return half.times(half.cos()).over(half.sin()).negated().plus(1).over(s);
}

/** dA/ds = (C − B) / 2. */
export function seriesASlope<S extends Real<S>>(s: S): S {
  return seriesC(s).minus(seriesB(s)).over(2);
}

/** dB/ds = (A − 2B) / (2s) = (2c₄ − c₃) / 2. */
export function seriesBSlope<S extends Real<S>>(s: S): S {
  if (s.lessThan(1)) return stumpff(4, s).times(2).minus(stumpff(3, s)).over(2);
  return seriesA(s).minus(seriesB(s).times(2)).over(s.times(2));
}

/** dC/ds = (B − 3C) / (2s) = (3c₅ − c₄) / 2. */
export function seriesCSlope<S extends Real<S>>(s: S): S {
  if (s.lessThan(1)) return stumpff(5, s).times(3).minus(stumpff(4, s)).over(2);
  return seriesB(s).minus(seriesC(s).times(3)).over(s.times(2));
}

/** dD/ds, from D = −B′/B with B″ = 2c₆ − (5c₅ − c₄)/4; infinite where D is. */
export function seriesDSlope<S extends Real<S>>(s: S): S {
  if (s.lessThan(1)) {
    const B = stumpff(2, s);
    const bend = stumpff(6, s).times(8).minus(stumpff(5, s).times(5)).plus(stumpff(4, s)).over(4);
    const slope = seriesBSlope(s);
    return slope.times(slope).minus(bend.times(B)).over(B.times(B));
  }
  // d/ds of (θ/2) cot(θ/2) is (cot(θ/2) − (θ/2) / sin²(θ/2)) / (4θ).
  const theta = s.sqrt();
  const half = theta.over(2);
  const [sine, cosine] = [half.sin(), half.cos()];
  const fall = half.over(sine.times(sine)).minus(cosine.over(sine)).over(theta.times(4));
  return fall.minus(seriesD(s)).over(s);
}

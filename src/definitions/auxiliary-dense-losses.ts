/**
 * The detector's auxiliary losses on dense grids over each object.
 *
 *     Δ = e · max(Z, Z₀) / (0.2 · mean d · f)
 *     L_proj = −ln Σ_m exp(−½ Σ_a (ι_ma Δ_ma)² + ln π_m − Σ_a ln σ_ma)     ι = min(1/σ, ι₀)
 *     ῑ = Σ_m π_m Σ_a ι_ma / max(2 Σ_m π_m, π₀)
 *     L_coord = Σ_i a_i ℓ(‖z_i − z*_i‖ / D; β) / max(Σ_i a_i, a₀)
 *
 * (a) The reprojection error e [px] of the coordinates at a pixel, at the true pose, is counted in
 * units of a fifth of the object's mean dimension as seen from its distance Z; the components m are
 * the heads, and where objects overlap theirs too, in shares π. (b) ℓ is smooth L1 (ROB-5), D the
 * greatest dimension and a_i the attention to a pixel that has a LiDAR point z*. Parameters are ln σ
 * and ln π, as the head predicts them. With r_m the responsibilities e^{…}/Σ,
 *
 *     ∂L_proj: r ι² Δ for Δ,  r (1 − ι² Δ²) for ln σ, r where the cap ι₀ holds,  −r for ln π.
 *
 * The cap bounds the square alone, not ln σ: beyond it a smaller σ lowers the loss for nothing. ῑ,
 * the mean inverse deviation over a batch's pixels, feeds the running mean (loss-weights.ts) by which
 * L_proj is divided; it is a constant to every derivative.
 *
 * Constants as published: Z₀ = 0.1, ι₀ = 1e4, π₀ = 1e-4, β = 0.05, a₀ = 1e-4. Source: EQUATIONS EPRO-40; [EProPnP2022]
 * Sec 4.2, 5.4 and published code.
 */
import { type Matrix, norm, scale, subtract, sum, type Vector } from "../scalar/matrix.js";
import { max, min, type Real, square } from "../scalar/real.js";
import { smoothL1, smoothL1Gradient } from "./smooth-l1.js";

/** Δ [2], a number: error [2] px at distance Z, dimensions d [3] in the unit of Z, focal length px. */
export function relativeReprojectionError<S extends Real<S>>(
  error: Vector<S>,
  distance: S,
  dimensions: Vector<S>,
  focal: S,
  leastDistance: S,
): S[] {
  const size = sum(dimensions, focal).over(3).times(focal).over(5);
  return scale(error, max(distance, leastDistance).over(size));
}

/** ι = min(1/σ, ι₀). */
function inverseDeviation<S extends Real<S>>(logDeviation: S, cap: S): S {
  return min(logDeviation.negated().exp(), cap);
}

/** The exponents of the components [M]. @throws RangeError if M = 0. */
function exponents<S extends Real<S>>(
  delta: Matrix<S>,
  logDeviation: Matrix<S>,
  logShare: Vector<S>,
  cap: S,
): S[] {
  if (delta.length === 0) throw new RangeError("mixtureLoss: expected M >= 1 components, got 0");
  return delta.map((row, m) => {
    const squares = row.map((x, a) => square(inverseDeviation(logDeviation[m][a], cap).times(x)));
    return logShare[m]
      .minus(squares[0].plus(squares[1]).over(2))
      .minus(sum(logDeviation[m], row[0]));
  });
}

/** L_proj at one pixel: Δ [M,2], ln σ [M,2], ln π [M] and the cap ι₀. @throws RangeError if M = 0. */
export function mixtureLoss<S extends Real<S>>(
  delta: Matrix<S>,
  logDeviation: Matrix<S>,
  logShare: Vector<S>,
  cap: S,
): S {
  const terms = exponents(delta, logDeviation, logShare, cap).map((x) => x.exp());
  return sum(terms, logShare[0]).log().negated();
}

/** ∂L_proj/∂Δ [M,2], /∂ln σ [M,2] and /∂ln π [M]. @throws RangeError if M = 0. */
export function mixtureLossGradient<S extends Real<S>>(
  delta: Matrix<S>,
  logDeviation: Matrix<S>,
  logShare: Vector<S>,
  cap: S,
): { error: S[][]; logDeviation: S[][]; logShare: S[] } {
  const terms = exponents(delta, logDeviation, logShare, cap).map((x) => x.exp());
  const total = sum(terms, logShare[0]);
  const responsibility = terms.map((x) => x.over(total));
  const inverse = logDeviation.map((row) => row.map((x) => inverseDeviation(x, cap)));
  const error = delta.map((row, m) =>
    row.map((x, a) => square(inverse[m][a]).times(x).times(responsibility[m])),
  );
  return {
    error,
    logDeviation: delta.map((row, m) =>
      row.map((x, a) => {
        const capped = cap.lessThan(logDeviation[m][a].negated().exp());
        return capped ? responsibility[m] : responsibility[m].minus(error[m][a].times(x));
      }),
    ),
    logShare: responsibility.map((r) => r.negated()),
  };
}

/** ῑ of all components of all pixels: ln σ [M,2], ln π [M], cap ι₀ and floor π₀; 0 if M = 0. */
export function meanInverseDeviation<S extends Real<S>>(
  logDeviation: Matrix<S>,
  logShare: Vector<S>,
  cap: S,
  floor: S,
): S {
  const shares = logShare.map((x) => x.exp());
  const terms = logDeviation.map((row, m) =>
    sum(
      row.map((x) => inverseDeviation(x, cap)),
      cap,
    ).times(shares[m]),
  );
  return sum(terms, cap).over(max(sum(shares, cap).times(2), floor));
}

/** L_coord of z, z* [N,3], attention [N], greatest dimension D, threshold β and floor a₀; 0 if N = 0. */
export function coordinateRegression<S extends Real<S>>(
  z: Matrix<S>,
  target: Matrix<S>,
  attention: Vector<S>,
  D: S,
  beta: S,
  floor: S,
): S {
  const terms = z.map((point, i) => {
    const v = scale(subtract(point, target[i]), D.of(1).over(D));
    // The norm of a zero vector has no slope; smooth L1 of it has: zero.
    const near = v.every((x) => x.atMost(0) && !x.lessThan(0));
    return near ? D.of(0) : smoothL1(norm(v), beta).times(attention[i]);
  });
  return sum(terms, D).over(max(sum(attention, D), floor));
}

/** ∂L_coord/∂z [N,3] and ∂L_coord/∂a [N]. */
export function coordinateRegressionGradient<S extends Real<S>>(
  z: Matrix<S>,
  target: Matrix<S>,
  attention: Vector<S>,
  D: S,
  beta: S,
  floor: S,
): { points: S[][]; attention: S[] } {
  const total = sum(attention, D);
  const divisor = max(total, floor);
  const offsets = z.map((point, i) => scale(subtract(point, target[i]), D.of(1).over(D)));
  const mean = total.lessThan(floor)
    ? D.of(0)
    : coordinateRegression(z, target, attention, D, beta, floor);
  return {
    points: offsets.map((v, i) =>
      scale(smoothL1Gradient(v, beta), attention[i].over(divisor).over(D)),
    ),
    attention: offsets.map((v) => smoothL1(norm(v), beta).minus(mean).over(divisor)),
  };
}

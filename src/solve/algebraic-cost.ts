/**
 * The algebraic cost: a quadratic form in the entries of R that stands in for the reprojection cost.
 *
 * Multiplying each residual by its depth K₃·X makes it linear in the pose:
 *
 *     K₃·X (x − π) = (x K₃ − K₁)·X,   X = R z + t,
 *
 * so Σ wₓ²(…)² + w_y²(…)² is a quadratic form in (R, t); minimising over t leaves f(R) = rᵀ Ω r with
 * r = vec(R) row by row. One pass over the points makes Ω; every later step of a search over rotations
 * costs the same for six points as for six thousand.
 *
 * The weight of a point grows with its squared depth, so the minimum of f is a start for the
 * minimum of PNP-1, never a substitute (compare PNP-4).
 * Source: the elimination of t is that of [SQPnP2020] Terzakis, Lourakis, "A Consistently Fast and
 * Globally Optimal Solution to the Perspective-n-Point Problem", doi:10.1007/978-3-030-58452-8_28.
 */

/** What one pass over the points leaves behind. */
export interface AlgebraicCost {
  /** Ω [9, 9]: f(R) = rᵀ Ω r [px²], points centred at `centroid` and divided by `size`. */
  readonly form: Float64Array;
  /** [3, 9]: the minimising translation is −(translationMap r), in the same units. */
  readonly translationMap: Float64Array;
  /** Centroid of the points of positive weight [3]. */
  readonly centroid: Float64Array;
  /** Scatter of those points about their centroid, Σ (z − c)(z − c)ᵀ / n, divided by size² [3, 3]. */
  readonly scatter: Float64Array;
  /** Root mean square distance from the centroid; 1 when all points coincide. */
  size: number;
  /** Points with a positive weight on at least one axis. */
  support: number;
  /** Σ of squared weights over all axes. */
  weight: number;
}

/** An empty record, to be filled by {@link accumulateAlgebraicCost}. */
export function algebraicCost(): AlgebraicCost {
  return {
    form: new Float64Array(81),
    translationMap: new Float64Array(27),
    centroid: new Float64Array(3),
    scatter: new Float64Array(9),
    size: 1,
    support: 0,
    weight: 0,
  };
}

/** Moments of z̃ = (z, 1), ten a row, weighted by p, q, p x, q y and p x² + q y², p = wₓ², q = w_y². */
const moments = new Float64Array(50);
/** Σ G z̃ⱼ z̃ₖ for each of the six entries of the symmetric 3×3 G, in the order 00 01 02 11 12 22. */
const blocks = new Float64Array(60);
const inverse = new Float64Array(9);
const coupling = new Float64Array(27);
const packed = [0, 1, 2, 1, 3, 4, 2, 4, 5];
/** Row of z̃ⱼ z̃ₖ among the ten products 00 01 02 11 12 22 03 13 23 33. */
const product = [0, 1, 2, 6, 1, 3, 4, 7, 2, 4, 5, 8, 6, 7, 8, 9];

/**
 * Fills `out` for n points. K may be any regular 3×3 matrix.
 *
 * @returns false when no point has weight or the translation is not determined; `out` then holds
 * only centroid, size, support and weight.
 */
export function accumulateAlgebraicCost(
  n: number,
  x2d: Float64Array,
  x3d: Float64Array,
  w2d: Float64Array,
  K: Float64Array,
  out: AlgebraicCost,
): boolean {
  const [mx, my] = centre(n, x2d, x3d, w2d, out);
  if (out.support === 0) return false;
  accumulateMoments(n, x2d, x3d, w2d, mx, my, out);
  // Pixels are counted from their mean: K is moved with them, which changes no residual.
  const k0 = K[0] - mx * K[6];
  const k1 = K[1] - mx * K[7];
  const k2 = K[2] - mx * K[8];
  const k3 = K[3] - my * K[6];
  const k4 = K[4] - my * K[7];
  const k5 = K[5] - my * K[8];
  const a = [k0, k1, k2];
  const b = [k3, k4, k5];
  const c = [K[6], K[7], K[8]];
  for (let i = 0, row = 0; i < 3; i++)
    for (let j = i; j < 3; j++, row++) {
      const aa = a[i] * a[j];
      const bb = b[i] * b[j];
      const ac = -(a[i] * c[j] + c[i] * a[j]);
      const bc = -(b[i] * c[j] + c[i] * b[j]);
      const cc = c[i] * c[j];
      for (let m = 0; m < 10; m++)
        blocks[row * 10 + m] =
          aa * moments[m] +
          bb * moments[10 + m] +
          ac * moments[20 + m] +
          bc * moments[30 + m] +
          cc * moments[40 + m];
    }
  return eliminateTranslation(out);
}

/** Centroid, size and scatter of the weighted points; returns the mean pixel. */
function centre(
  n: number,
  x2d: Float64Array,
  x3d: Float64Array,
  w2d: Float64Array,
  out: AlgebraicCost,
): [number, number] {
  let support = 0;
  let weight = 0;
  let mx = 0;
  let my = 0;
  let c0 = 0;
  let c1 = 0;
  let c2 = 0;
  for (let i = 0; i < n; i++) {
    const p = w2d[2 * i];
    const q = w2d[2 * i + 1];
    const both = p * p + q * q;
    if (both === 0) continue;
    weight += both;
    support++;
    mx += x2d[2 * i];
    my += x2d[2 * i + 1];
    c0 += x3d[3 * i];
    c1 += x3d[3 * i + 1];
    c2 += x3d[3 * i + 2];
  }
  const share = support > 0 ? 1 / support : 0;
  out.support = support;
  out.weight = weight;
  out.centroid[0] = c0 *= share;
  out.centroid[1] = c1 *= share;
  out.centroid[2] = c2 *= share;
  return [mx * share, my * share];
}

function accumulateMoments(
  n: number,
  x2d: Float64Array,
  x3d: Float64Array,
  w2d: Float64Array,
  mx: number,
  my: number,
  out: AlgebraicCost,
): void {
  const c0 = out.centroid[0];
  const c1 = out.centroid[1];
  const c2 = out.centroid[2];
  const M = moments.fill(0);
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s11 = 0;
  let s12 = 0;
  let s22 = 0;
  for (let i = 0; i < n; i++) {
    const wx = w2d[2 * i];
    const wy = w2d[2 * i + 1];
    const p = wx * wx;
    const q = wy * wy;
    if (p + q === 0) continue;
    const x = x2d[2 * i] - mx;
    const y = x2d[2 * i + 1] - my;
    const z0 = x3d[3 * i] - c0;
    const z1 = x3d[3 * i + 1] - c1;
    const z2 = x3d[3 * i + 2] - c2;
    const z00 = z0 * z0;
    const z01 = z0 * z1;
    const z02 = z0 * z2;
    const z11 = z1 * z1;
    const z12 = z1 * z2;
    const z22 = z2 * z2;
    s00 += z00;
    s01 += z01;
    s02 += z02;
    s11 += z11;
    s12 += z12;
    s22 += z22;
    const px = p * x;
    const qy = q * y;
    let weight = p;
    for (let row = 0; row < 50; row += 10) {
      M[row] += weight * z00;
      M[row + 1] += weight * z01;
      M[row + 2] += weight * z02;
      M[row + 3] += weight * z11;
      M[row + 4] += weight * z12;
      M[row + 5] += weight * z22;
      M[row + 6] += weight * z0;
      M[row + 7] += weight * z1;
      M[row + 8] += weight * z2;
      M[row + 9] += weight;
      weight = row === 0 ? q : row === 10 ? px : row === 20 ? qy : px * x + qy * y;
    }
  }
  const variance = (s00 + s11 + s22) / out.support;
  const size = variance > 0 ? Math.sqrt(variance) : 1;
  out.size = size;
  const scale = 1 / (out.support * size * size);
  const S = out.scatter;
  S[0] = s00 * scale;
  S[1] = S[3] = s01 * scale;
  S[2] = S[6] = s02 * scale;
  S[4] = s11 * scale;
  S[5] = S[7] = s12 * scale;
  S[8] = s22 * scale;
  const one = 1 / size;
  const two = one * one;
  for (let row = 0; row < 50; row += 10) {
    for (let m = 0; m < 6; m++) M[row + m] *= two;
    for (let m = 6; m < 9; m++) M[row + m] *= one;
  }
}

/** Ω = A_rr − A_rt A_tt⁻¹ A_tr and the map A_tt⁻¹ A_tr. */
function eliminateTranslation(out: AlgebraicCost): boolean {
  const a = blocks[9];
  const b = blocks[19];
  const c = blocks[29];
  const d = blocks[39];
  const e = blocks[49];
  const f = blocks[59];
  const i00 = d * f - e * e;
  const i01 = c * e - b * f;
  const i02 = b * e - c * d;
  const determinant = a * i00 + b * i01 + c * i02;
  // det A_tt against the product of its diagonal: below rounding, depth is not determined.
  if (!(determinant > 16 * Number.EPSILON * a * d * f)) return false;
  const s = 1 / determinant;
  inverse[0] = i00 * s;
  inverse[1] = inverse[3] = i01 * s;
  inverse[2] = inverse[6] = i02 * s;
  inverse[4] = (a * f - c * c) * s;
  inverse[5] = inverse[7] = (b * c - a * e) * s;
  inverse[8] = (a * d - b * b) * s;
  const { form, translationMap } = out;
  for (let i = 0; i < 3; i++)
    for (let k = 0; k < 3; k++)
      for (let j = 0; j < 3; j++)
        coupling[i * 9 + k * 3 + j] = blocks[packed[i * 3 + k] * 10 + 6 + j];
  for (let i = 0; i < 3; i++)
    for (let m = 0; m < 9; m++)
      translationMap[i * 9 + m] =
        inverse[i * 3] * coupling[m] +
        inverse[i * 3 + 1] * coupling[9 + m] +
        inverse[i * 3 + 2] * coupling[18 + m];
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++) {
      const row = i * 3 + j;
      for (let k = 0; k < 3; k++)
        for (let l = 0; l < 3; l++) {
          const column = k * 3 + l;
          if (column < row) continue;
          const value =
            blocks[packed[i * 3 + k] * 10 + product[j * 4 + l]] -
            coupling[row] * translationMap[column] -
            coupling[9 + row] * translationMap[9 + column] -
            coupling[18 + row] * translationMap[18 + column];
          form[row * 9 + column] = value;
          form[column * 9 + row] = value;
        }
    }
  return true;
}

/**
 * Writes the translation [3] that minimises the algebraic cost at rotation R [3, 3], for the points
 * as given (neither centred nor scaled).
 */
export function algebraicTranslation(cost: AlgebraicCost, R: Float64Array, t: Float64Array): void {
  const { translationMap: T, centroid: c, size } = cost;
  for (let i = 0; i < 3; i++) {
    let centred = 0;
    for (let m = 0; m < 9; m++) centred -= T[i * 9 + m] * R[m];
    t[i] = centred * size - (R[3 * i] * c[0] + R[3 * i + 1] * c[1] + R[3 * i + 2] * c[2]);
  }
}

/**
 * Moments of correspondences, all that linear pose estimates need of them.
 *
 * A point on the ray (u, v, 1) satisfies p₁·z̃ − u p₃·z̃ = 0 and p₂·z̃ − v p₃·z̃ = 0 with z̃ = (1, z)
 * and p_k the rows of [t | R]. Their weighted squares add up to
 *
 *     p₁ᵀA p₁ + p₂ᵀB p₂ − 2 p₁ᵀC p₃ − 2 p₂ᵀD p₃ + p₃ᵀE p₃,
 *     A = Σ a z̃z̃ᵀ,  B = Σ b z̃z̃ᵀ,  C = Σ a u z̃z̃ᵀ,  D = Σ b v z̃z̃ᵀ,  E = Σ (a u² + b v²) z̃z̃ᵀ
 *
 * with a = w_u², b = w_v²: one pass over the points, and no 2N-row matrix. Object points are taken
 * from their mean, rays from the ray through the mean pixel if asked (X′ = X − u₀Z is a shear that
 * leaves the estimate alone and the digits intact).
 */

import { inverseCamera } from "../problem/camera.js";

/** Offsets of A, B, C, D, E in `sums`, each ten monomials 1 x y z xx xy xz yy yz zz. */
export const A = 0;
export const B = 10;
export const C = 20;
export const D = 30;
export const E = 40;
/** Row-major [4, 4] place of each pair of z̃ entries among the ten monomials. */
const PLACE = Int32Array.of(0, 1, 2, 3, 1, 4, 5, 6, 2, 5, 7, 8, 3, 6, 8, 9);

/** Where one problem's moments are kept: make one per solver, not per call. */
export class ImageMoments {
  /** A, B, C, D, E [50]. */
  readonly sums = new Float64Array(50);
  /** Mean object point [3], the origin of z. */
  readonly centre = new Float64Array(3);
  /** Ray (u₀, v₀) [2], the origin of u and v. */
  readonly ray = new Float64Array(2);
}

const inverse = new Float64Array(9);

/**
 * Fills `moments` from n correspondences; w2d is null for unit weights; `centred` says whether rays
 * are taken from the mean pixel's. K is any regular matrix.
 *
 * Weights multiply pixels, and one pixel is 1/f_x or 1/f_y of a ray: they enter as w over K⁻¹'s
 * diagonal, so that unequal focal lengths do not tilt the balance.
 */
export function imageMoments(
  n: number,
  x2d: Float64Array,
  x3d: Float64Array,
  w2d: Float64Array | null,
  K: Float64Array,
  centred: boolean,
  moments: ImageMoments,
): void {
  const { sums, centre, ray } = moments;
  inverseCamera(K, inverse);
  const affine = inverse[6] === 0 && inverse[7] === 0;
  means(n, x2d, x3d, centred, moments);
  const cx = centre[0];
  const cy = centre[1];
  const cz = centre[2];
  const u0 = ray[0];
  const v0 = ray[1];
  const i0 = inverse[0];
  const i1 = inverse[1];
  const i2 = inverse[2];
  const i3 = inverse[3];
  const i4 = inverse[4];
  const i5 = inverse[5];
  const scaleA = 1 / (i0 * i0);
  const scaleB = 1 / (i4 * i4);
  sums.fill(0);
  for (let i = 0; i < n; i++) {
    const px = x2d[2 * i];
    const py = x2d[2 * i + 1];
    const third = affine ? inverse[8] : inverse[6] * px + inverse[7] * py + inverse[8];
    const u = (i0 * px + i1 * py + i2) / third - u0;
    const v = (i3 * px + i4 * py + i5) / third - v0;
    const a = w2d === null ? scaleA : scaleA * w2d[2 * i] * w2d[2 * i];
    const b = w2d === null ? scaleB : scaleB * w2d[2 * i + 1] * w2d[2 * i + 1];
    const x = x3d[3 * i] - cx;
    const y = x3d[3 * i + 1] - cy;
    const z = x3d[3 * i + 2] - cz;
    addMonomials(sums, A, a, x, y, z);
    addMonomials(sums, B, b, x, y, z);
    addMonomials(sums, C, a * u, x, y, z);
    addMonomials(sums, D, b * v, x, y, z);
    addMonomials(sums, E, a * u * u + b * v * v, x, y, z);
  }
}

/** Mean object point, and the ray of the mean pixel or zero. */
function means(
  n: number,
  x2d: Float64Array,
  x3d: Float64Array,
  centred: boolean,
  { centre, ray }: ImageMoments,
): void {
  centre.fill(0);
  let px = 0;
  let py = 0;
  for (let i = 0; i < n; i++) {
    px += x2d[2 * i];
    py += x2d[2 * i + 1];
    centre[0] += x3d[3 * i];
    centre[1] += x3d[3 * i + 1];
    centre[2] += x3d[3 * i + 2];
  }
  for (let k = 0; k < 3; k++) centre[k] /= n;
  px /= n;
  py /= n;
  const third = inverse[6] * px + inverse[7] * py + inverse[8];
  ray[0] = centred ? (inverse[0] * px + inverse[1] * py + inverse[2]) / third : 0;
  ray[1] = centred ? (inverse[3] * px + inverse[4] * py + inverse[5]) / third : 0;
}

function addMonomials(
  sums: Float64Array,
  at: number,
  weight: number,
  x: number,
  y: number,
  z: number,
): void {
  const wx = weight * x;
  const wy = weight * y;
  const wz = weight * z;
  sums[at] += weight;
  sums[at + 1] += wx;
  sums[at + 2] += wy;
  sums[at + 3] += wz;
  sums[at + 4] += wx * x;
  sums[at + 5] += wx * y;
  sums[at + 6] += wx * z;
  sums[at + 7] += wy * y;
  sums[at + 8] += wy * z;
  sums[at + 9] += wz * z;
}

/** Writes the moment at offset `at` as Gᵀ S G [k, k], with G [4, k] a change of the variable z̃. */
export function changedMoment(
  { sums }: ImageMoments,
  at: number,
  k: number,
  G: Float64Array,
  out: Float64Array,
): void {
  for (let r = 0; r < k; r++)
    for (let c = r; c < k; c++) {
      let total = 0;
      for (let i = 0; i < 4; i++) {
        const g = G[i * k + r];
        if (g === 0) continue;
        let inner = 0;
        for (let j = 0; j < 4; j++) inner += sums[at + PLACE[4 * i + j]] * G[j * k + c];
        total += g * inner;
      }
      out[r * k + c] = total;
      out[c * k + r] = total;
    }
}

/** Writes the covariance [9] of the object points, weighted as the u axis is. */
export function pointCovariance({ sums }: ImageMoments, out: Float64Array): void {
  const total = sums[A];
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++)
      out[3 * i + j] =
        sums[A + PLACE[4 * i + j + 5]] / total -
        (sums[A + 1 + i] / total) * (sums[A + 1 + j] / total);
}

/**
 * Writes the t [3] that minimises the squares above for a given R [9], object points counted from
 * the origin of the caller's frame. Returns false if the points do not determine it.
 */
export function linearTranslation(
  moments: ImageMoments,
  R: Float64Array,
  t: Float64Array,
): boolean {
  const { sums, centre, ray } = moments;
  // In the sheared frame the rows of R are r₁ − u₀r₃ and r₂ − v₀r₃.
  const c = sums[C];
  const d = sums[D];
  let b0 = 0;
  let b1 = 0;
  let b2 = 0;
  for (let k = 0; k < 3; k++) {
    const r3 = R[6 + k];
    const r1 = R[k] - ray[0] * r3;
    const r2 = R[3 + k] - ray[1] * r3;
    b0 += sums[C + 1 + k] * r3 - sums[A + 1 + k] * r1;
    b1 += sums[D + 1 + k] * r3 - sums[B + 1 + k] * r2;
    b2 += sums[C + 1 + k] * r1 + sums[D + 1 + k] * r2 - sums[E + 1 + k] * r3;
  }
  // [A 0 −c; 0 B −d; −c −d E] t = b, with the first two unknowns eliminated by hand.
  const pivot = sums[E] - (c * c) / sums[A] - (d * d) / sums[B];
  if (!(pivot > 16 * Number.EPSILON * sums[E])) return false;
  const t3 = (b2 + (c * b0) / sums[A] + (d * b1) / sums[B]) / pivot;
  const t1 = (b0 + c * t3) / sums[A];
  const t2 = (b1 + d * t3) / sums[B];
  t[0] = t1 + ray[0] * t3;
  t[1] = t2 + ray[1] * t3;
  t[2] = t3;
  for (let k = 0; k < 3; k++)
    t[k] -= R[3 * k] * centre[0] + R[3 * k + 1] * centre[1] + R[3 * k + 2] * centre[2];
  return true;
}

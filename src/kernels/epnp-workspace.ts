/** What epnp.ts and epnp-gradient.ts share: the rows of M, the lists of monomials, and all that a candidate was made of. */

/** Distances between control points: "spread", "deviations" or "unit", as in the definition. */
export type ControlSteps = "spread" | "deviations" | "unit";

/** Monomials β_kβ_l of each candidate, as pairs of indices; none for the raw eigenvector. */
export const MONOMIALS: readonly (readonly number[])[] = [
  [],
  [0, 0, 0, 1, 0, 2, 0, 3],
  [0, 0, 0, 1, 1, 1],
  [0, 0, 0, 1, 1, 1, 0, 2, 1, 2],
];
/** Pairs of control points. */
export const PAIRS: readonly number[] = [0, 1, 0, 2, 0, 3, 1, 2, 1, 3, 2, 3];

/** Room for one problem: make one per solver, not per call. */
export class EpnpWorkspace {
  /** Σω. */
  weight = 0;
  /** Weighted mean [3] and covariance [9] of the object points. */
  readonly centre = new Float64Array(3);
  readonly covariance = new Float64Array(9);
  /** s [3]. */
  readonly steps = new Float64Array(3);
  /** R of M = QR [144]; overwritten by controlVectors. */
  readonly triangle = new Float64Array(144);
  /** σ [12], ascending, and v as rows [12, 12], each as [coordinate][control point]. */
  readonly values = new Float64Array(12);
  readonly vectors = new Float64Array(144);
  /** Of the latest candidate: its index, and L [6, m] of its monomials [m], L factored, the residual [6]. */
  candidate = -1;
  readonly system = new Float64Array(30);
  readonly factor = new Float64Array(30);
  readonly tau = new Float64Array(5);
  readonly pivots = new Int32Array(5);
  readonly monomials = new Float64Array(5);
  readonly residual = new Float64Array(6);
  /** Sign of the first monomial, and β [4]. */
  sign = 1;
  readonly beta = new Float64Array(4);
  /** ±Σβv [12], and the sign that puts it in front of the camera. */
  readonly control = new Float64Array(12);
  facing = 1;
  /** ∂X/∂z [9], B = ∂X/∂z Cov [9], and s. */
  readonly linear = new Float64Array(9);
  readonly moment = new Float64Array(9);
  scale = 0;
  /** Whether control points came out as a mirror image: R is then the rotation nearest to it. */
  mirrored = false;
  readonly row = new Float64Array(12);
  readonly right = new Float64Array(6);
}

/** ω of point i. */
export function pointWeight(i: number, w2d: Float64Array): number {
  return 0.5 * (w2d[2 * i] * w2d[2 * i] + w2d[2 * i + 1] * w2d[2 * i + 1]);
}

/** Writes the row [12] of M of one pixel coordinate, as [coordinate][control point]. */
export function controlRow(
  i: number,
  axis: number,
  x2d: Float64Array,
  x3d: Float64Array,
  w2d: Float64Array,
  K: Float64Array,
  { centre, steps }: EpnpWorkspace,
  row: Float64Array,
): void {
  const w = w2d[2 * i + axis];
  const x = x2d[2 * i + axis];
  const a1 = (x3d[3 * i] - centre[0]) / steps[0];
  const a2 = (x3d[3 * i + 1] - centre[1]) / steps[1];
  const a3 = (x3d[3 * i + 2] - centre[2]) / steps[2];
  const a0 = 1 - a1 - a2 - a3;
  for (let c = 0; c < 3; c++) {
    const ray = w * (K[3 * axis + c] - x * K[6 + c]);
    row[4 * c] = ray * a0;
    row[4 * c + 1] = ray * a1;
    row[4 * c + 2] = ray * a2;
    row[4 * c + 3] = ray * a3;
  }
}

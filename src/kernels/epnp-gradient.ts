/**
 * The adjoint of epnp.ts: vᵀ ∂(R, t)/∂(x, z, w, K) of one candidate, LEFT chart.
 *
 * Every step of epnpPose is run backwards, each by a closed form. With bars for derivatives of vᵀy,
 *
 *     rotation      p = (tr(H) I − H)⁻¹ φ̄,  H = B Rᵀ,     B̄ = [p]× R + s̄ R/tr Cov
 *     least squares g = (LᵀL)⁻¹ m̄,  r = d − L m:           L̄ = r gᵀ − L g mᵀ,  d̄ = L g
 *     eigenvectors  S = Σ_k Σ_{j≠k} (v_jᵀ v̄_k)/(λ_k − λ_j) (v_j v_kᵀ + v_k v_jᵀ),   M̄ = M S
 *
 * λ = σ² enters as (σ_k − σ_j)(σ_k + σ_j), and the rows of M are formed again rather than kept. A gap that
 * is zero makes the result infinite: whoever calls looks at the gaps first.
 * Source: EQUATIONS PNP-9; [Magnus1985] for eigenvectors.
 */

import { luFactor, luSolve } from "../linalg/lu.js";
import { qrNormalSolve } from "../linalg/qr.js";
import {
  type ControlSteps,
  controlRow,
  type EpnpWorkspace,
  MONOMIALS,
  PAIRS,
  pointWeight,
} from "./epnp-workspace.js";

const turn = new Float64Array(3);
const turnMatrix = new Float64Array(9);
const turnPivots = new Int32Array(3);
const byMoment = new Float64Array(9);
const byLinear = new Float64Array(9);
const byCovariance = new Float64Array(9);
const byCentre = new Float64Array(3);
const bySteps = new Float64Array(3);
const byControl = new Float64Array(12);
const byBeta = new Float64Array(4);
const byVectors = new Float64Array(48);
const byMonomials = new Float64Array(5);
const normal = new Float64Array(5);
const coupling = new Float64Array(144);
const row = new Float64Array(12);
const byRow = new Float64Array(12);

/**
 * Writes the gradient by x [2n], z [3n], w [2n] and the nine entries of K of anything whose gradient by the
 * pose R [9] of the workspace's latest candidate is v [6].
 */
export function epnpVjp(
  n: number,
  x2d: Float64Array,
  x3d: Float64Array,
  w2d: Float64Array,
  K: Float64Array,
  kind: ControlSteps,
  work: EpnpWorkspace,
  R: Float64Array,
  v: Float64Array,
  byX2d: Float64Array,
  byX3d: Float64Array,
  byW2d: Float64Array,
  byK: Float64Array,
): void {
  alignmentAdjoint(work, R, v);
  coefficientAdjoint(work);
  eigenvectorAdjoint(work);
  byX3d.fill(0, 0, 3 * n);
  byK.fill(0, 0, 9);
  for (let i = 0; i < n; i++)
    for (let axis = 0; axis < 2; axis++)
      rowAdjoint(i, axis, x2d, x3d, w2d, K, work, byX2d, byX3d, byW2d, byK);
  momentAdjoint(n, x3d, w2d, kind, work, byX3d, byW2d);
}

/** From the pose to control points, steps, covariance and centre. */
function alignmentAdjoint(work: EpnpWorkspace, R: Float64Array, v: Float64Array): void {
  const { centre, covariance, steps, control, linear, moment, scale, facing } = work;
  const trace = covariance[0] + covariance[4] + covariance[8];
  let byScale = 0;
  for (let i = 0; i < 3; i++) {
    turn[i] = R[3 * i] * centre[0] + R[3 * i + 1] * centre[1] + R[3 * i + 2] * centre[2];
    byScale -= (v[3 + i] * facing * control[4 * i]) / (scale * scale);
    byCentre[i] = -(R[i] * v[3] + R[3 + i] * v[4] + R[6 + i] * v[5]);
  }
  // φ̄ = v_φ − (R c) × v_t
  const a = turn[0];
  const b = turn[1];
  const c = turn[2];
  turn[0] = v[0] - (b * v[5] - c * v[4]);
  turn[1] = v[1] - (c * v[3] - a * v[5]);
  turn[2] = v[2] - (a * v[4] - b * v[3]);
  rotationAdjoint(moment, R);
  for (let m = 0; m < 9; m++) byMoment[m] += (byScale * R[m]) / trace;
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++) {
      let left = 0;
      let right = 0;
      for (let k = 0; k < 3; k++) {
        left += byMoment[3 * i + k] * covariance[3 * k + j];
        right += linear[3 * k + i] * byMoment[3 * k + j];
      }
      byLinear[3 * i + j] = left;
      byCovariance[3 * i + j] = right - (i === j ? (byScale * scale) / trace : 0);
    }
  bySteps.fill(0);
  for (let i = 0; i < 3; i++) {
    byControl[4 * i] = (facing * v[3 + i]) / scale;
    for (let k = 0; k < 3; k++) {
      const part = (facing * byLinear[3 * i + k]) / steps[k];
      byControl[4 * i + 1 + k] = part;
      byControl[4 * i] -= part;
      bySteps[k] -= (byLinear[3 * i + k] * linear[3 * i + k]) / steps[k];
    }
  }
}

/** Writes [p]× R, p = (tr(H) I − H)⁻¹ φ̄, H = B Rᵀ, to byMoment; φ̄ is in `turn`. */
function rotationAdjoint(B: Float64Array, R: Float64Array): void {
  let trace = 0;
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++) {
      let entry = 0;
      for (let k = 0; k < 3; k++) entry += B[3 * i + k] * R[3 * j + k];
      turnMatrix[3 * i + j] = -entry;
      if (i === j) trace += entry;
    }
  for (let i = 0; i < 3; i++) turnMatrix[4 * i] += trace;
  luFactor(3, turnMatrix, turnPivots);
  luSolve(3, turnMatrix, turnPivots, turn);
  for (let j = 0; j < 3; j++) {
    byMoment[j] = turn[1] * R[6 + j] - turn[2] * R[3 + j];
    byMoment[3 + j] = turn[2] * R[j] - turn[0] * R[6 + j];
    byMoment[6 + j] = turn[0] * R[3 + j] - turn[1] * R[j];
  }
}

/** From control points to null vectors and, through β and its least squares, to the steps. */
function coefficientAdjoint(work: EpnpWorkspace): void {
  const { vectors, beta, monomials, sign, steps, system, residual, candidate } = work;
  for (let l = 0; l < 4; l++) {
    byBeta[l] = 0;
    for (let m = 0; m < 12; m++) {
      byBeta[l] += byControl[m] * vectors[12 * l + m];
      byVectors[12 * l + m] = beta[l] * byControl[m];
    }
  }
  const pairs = MONOMIALS[candidate];
  const unknowns = pairs.length / 2;
  if (unknowns === 0) return;
  let byLength = byBeta[0];
  const rooted = candidate > 1;
  for (let m = 1; m < unknowns; m++) {
    const l = pairs[2 * m + 1];
    byMonomials[m] = 0;
    if (pairs[2 * m] > 0) {
      // β₂ = ±√(σβ₂²), and constant where that is negative; β₂β₃ enters nothing.
      if (l === 1 && beta[1] !== 0) byMonomials[m] = (sign * byBeta[1]) / (2 * beta[1]);
    } else if (!(rooted && l === 1)) {
      byMonomials[m] = (sign * byBeta[l]) / beta[0];
      byLength -= (byBeta[l] * beta[l]) / beta[0];
    }
  }
  byMonomials[0] = (sign * byLength) / (2 * beta[0]);
  qrNormalSolve(unknowns, work.factor, work.pivots, byMonomials, normal);
  for (let e = 0; e < 6; e++) {
    let q = 0;
    for (let m = 0; m < unknowns; m++) q += system[e * unknowns + m] * normal[m];
    const i = PAIRS[2 * e];
    const j = PAIRS[2 * e + 1];
    bySteps[j - 1] += 2 * steps[j - 1] * q;
    if (i > 0) bySteps[i - 1] += 2 * steps[i - 1] * q;
    for (let m = 0; m < unknowns; m++) {
      const k = pairs[2 * m];
      const l = pairs[2 * m + 1];
      const byEntry = (k === l ? 1 : 2) * (residual[e] * normal[m] - q * monomials[m]);
      for (let c = 0; c < 12; c += 4) {
        const first = byEntry * (vectors[12 * k + c + i] - vectors[12 * k + c + j]);
        const second = byEntry * (vectors[12 * l + c + i] - vectors[12 * l + c + j]);
        byVectors[12 * k + c + i] += second;
        byVectors[12 * k + c + j] -= second;
        byVectors[12 * l + c + i] += first;
        byVectors[12 * l + c + j] -= first;
      }
    }
  }
}

/** Writes S [12, 12] to `coupling`. */
function eigenvectorAdjoint({ values, vectors, beta, candidate }: EpnpWorkspace): void {
  coupling.fill(0);
  const pairs = MONOMIALS[candidate];
  let used = 1;
  for (let m = 0; m < pairs.length; m++) used = Math.max(used, pairs[m] + 1);
  for (let k = 0; k < Math.min(used, beta.length); k++)
    for (let j = 0; j < 12; j++) {
      if (j === k) continue;
      let share = 0;
      for (let m = 0; m < 12; m++) share += vectors[12 * j + m] * byVectors[12 * k + m];
      share /= (values[k] - values[j]) * (values[k] + values[j]);
      for (let a = 0; a < 12; a++)
        for (let b = 0; b < 12; b++)
          coupling[12 * a + b] +=
            share *
            (vectors[12 * j + a] * vectors[12 * k + b] + vectors[12 * k + a] * vectors[12 * j + b]);
    }
}

/** From a row of M to its pixel, weight, camera and point, and to centre and steps. */
function rowAdjoint(
  i: number,
  axis: number,
  x2d: Float64Array,
  x3d: Float64Array,
  w2d: Float64Array,
  K: Float64Array,
  work: EpnpWorkspace,
  byX2d: Float64Array,
  byX3d: Float64Array,
  byW2d: Float64Array,
  byK: Float64Array,
): void {
  const { centre, steps } = work;
  const w = w2d[2 * i + axis];
  const x = x2d[2 * i + axis];
  controlRow(i, axis, x2d, x3d, w2d, K, work, row);
  for (let a = 0; a < 12; a++) {
    byRow[a] = 0;
    for (let b = 0; b < 12; b++) byRow[a] += coupling[12 * a + b] * row[b];
  }
  let byX = 0;
  let byW = 0;
  let byAlpha0 = 0;
  let alpha0 = 1;
  for (let k = 0; k < 3; k++) alpha0 -= (x3d[3 * i + k] - centre[k]) / steps[k];
  for (let c = 0; c < 3; c++) {
    const ray = K[3 * axis + c] - x * K[6 + c];
    let along = byRow[4 * c] * alpha0;
    for (let k = 0; k < 3; k++)
      along += (byRow[4 * c + 1 + k] * (x3d[3 * i + k] - centre[k])) / steps[k];
    byW += ray * along;
    byX -= w * along * K[6 + c];
    byK[3 * axis + c] += w * along;
    byK[6 + c] -= x * w * along;
    byAlpha0 += w * ray * byRow[4 * c];
  }
  byX2d[2 * i + axis] = byX;
  byW2d[2 * i + axis] = byW;
  for (let k = 0; k < 3; k++) {
    let part = -byAlpha0;
    for (let c = 0; c < 3; c++) part += w * (K[3 * axis + c] - x * K[6 + c]) * byRow[4 * c + 1 + k];
    part /= steps[k];
    byX3d[3 * i + k] += part;
    byCentre[k] -= part;
    bySteps[k] -= (part * (x3d[3 * i + k] - centre[k])) / steps[k];
  }
}

/** From steps, covariance and centre to points and weights. */
function momentAdjoint(
  n: number,
  x3d: Float64Array,
  w2d: Float64Array,
  kind: ControlSteps,
  { weight, centre, covariance, steps }: EpnpWorkspace,
  byX3d: Float64Array,
  byW2d: Float64Array,
): void {
  const total = bySteps[0] + bySteps[1] + bySteps[2];
  let mean = 0;
  for (let k = 0; k < 3; k++) {
    if (kind === "spread") byCovariance[4 * k] += total / (6 * steps[k]);
    if (kind === "deviations") byCovariance[4 * k] += bySteps[k] / (2 * steps[k]);
  }
  for (let m = 0; m < 9; m++) mean += byCovariance[m] * covariance[m];
  for (let i = 0; i < n; i++) {
    const share = pointWeight(i, w2d) / weight;
    let byWeight = -mean;
    for (let j = 0; j < 3; j++) {
      const d = x3d[3 * i + j] - centre[j];
      let slope = byCentre[j];
      byWeight += byCentre[j] * d;
      for (let k = 0; k < 3; k++) {
        const e = x3d[3 * i + k] - centre[k];
        slope += (byCovariance[3 * j + k] + byCovariance[3 * k + j]) * e;
        byWeight += byCovariance[3 * j + k] * d * e;
      }
      byX3d[3 * i + j] += share * slope;
    }
    byW2d[2 * i] += (w2d[2 * i] * byWeight) / weight;
    byW2d[2 * i + 1] += (w2d[2 * i + 1] * byWeight) / weight;
  }
}

/**
 * Attention of points to each other in doubles, on flat arrays; see definitions/point-attention.ts.
 * Exponentials are of differences to a row's greatest logit, and slopes of the softmax are formed from
 * differences to the row's mean slope before they are scaled.
 */

/**
 * Writes A [N·M] for queries [N·D] and keys [M·D].
 *
 * @throws RangeError if a logit is not finite, or M is not positive.
 */
export function pointAttention(
  queryCount: number,
  keyCount: number,
  depth: number,
  Q: Float64Array,
  K: Float64Array,
  A: Float64Array,
): void {
  if (!(keyCount > 0))
    throw new RangeError(`pointAttention: expected M >= 1 keys, got ${keyCount}`);
  const root = Math.sqrt(depth);
  for (let n = 0; n < queryCount; n++) {
    const row = n * keyCount;
    let largest = Number.NEGATIVE_INFINITY;
    for (let m = 0; m < keyCount; m++) {
      let logit = 0;
      for (let d = 0; d < depth; d++) logit += Q[n * depth + d] * K[m * depth + d];
      if (!Number.isFinite(logit))
        throw new RangeError(`pointAttention: expected finite logits, got ${logit}`);
      A[row + m] = logit / root;
      largest = Math.max(largest, A[row + m]);
    }
    let total = 0;
    for (let m = row; m < row + keyCount; m++) {
      A[m] = Math.exp(A[m] - largest);
      total += A[m];
    }
    for (let m = row; m < row + keyCount; m++) A[m] /= total;
  }
}

/**
 * Writes ∂L/∂Q [N·D] to queries and ∂L/∂K [M·D] to keys, of U = ∂L/∂A [N·M] and the attention A that
 * pointAttention wrote.
 */
export function pointAttentionVjp(
  queryCount: number,
  keyCount: number,
  depth: number,
  Q: Float64Array,
  K: Float64Array,
  A: Float64Array,
  U: Float64Array,
  queries: Float64Array,
  keys: Float64Array,
): void {
  const root = Math.sqrt(depth);
  queries.fill(0, 0, queryCount * depth);
  keys.fill(0, 0, keyCount * depth);
  for (let n = 0; n < queryCount; n++) {
    const row = n * keyCount;
    let mean = 0;
    for (let m = row; m < row + keyCount; m++) mean += A[m] * U[m];
    for (let m = 0; m < keyCount; m++) {
      const b = (A[row + m] * (U[row + m] - mean)) / root;
      for (let d = 0; d < depth; d++) {
        queries[n * depth + d] += b * K[m * depth + d];
        keys[m * depth + d] += b * Q[n * depth + d];
      }
    }
  }
}

/** Writes Y [N·D] of A [N·M] and values [M·D]. */
export function attendedPoints(
  queryCount: number,
  keyCount: number,
  depth: number,
  A: Float64Array,
  V: Float64Array,
  Y: Float64Array,
): void {
  Y.fill(0, 0, queryCount * depth);
  for (let n = 0; n < queryCount; n++)
    for (let m = 0; m < keyCount; m++) {
      const a = A[n * keyCount + m];
      for (let d = 0; d < depth; d++) Y[n * depth + d] += a * V[m * depth + d];
    }
}

/** Writes ∂L/∂A [N·M] to attention and ∂L/∂V [M·D] to values, of v = ∂L/∂Y [N·D]. */
export function attendedPointsVjp(
  queryCount: number,
  keyCount: number,
  depth: number,
  A: Float64Array,
  V: Float64Array,
  v: Float64Array,
  attention: Float64Array,
  values: Float64Array,
): void {
  values.fill(0, 0, keyCount * depth);
  for (let n = 0; n < queryCount; n++)
    for (let m = 0; m < keyCount; m++) {
      const a = A[n * keyCount + m];
      let seen = 0;
      for (let d = 0; d < depth; d++) {
        const up = v[n * depth + d];
        seen += up * V[m * depth + d];
        values[m * depth + d] += a * up;
      }
      attention[n * keyCount + m] = seen;
    }
}

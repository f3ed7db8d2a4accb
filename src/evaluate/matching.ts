/**
 * Which estimate answers which instance, where an image shows an object more than once.
 *
 * The rule of the BOP challenge: of a target of k instances the k estimates of best score count. In that
 * order, each takes the instance nearest to it that none took yet, if it is nearer than the threshold.
 * Who takes what so depends on the threshold. But as the threshold grows, every estimate only gains
 * choices, at the end of its list; then the number of takers never falls. So k numbers say it for all
 * thresholds at once: the j-th is the error that a threshold has to exceed for j takers.
 * Source: EQUATIONS BOP-M2; [BopChallenge2020] Sec 2.
 */

/**
 * Writes to `out` [k from `at`] the ascending errors of which, at any threshold τ, as many are < τ as
 * estimates take an instance; Infinity where none does. `errors` [m, n] are those of m ≤ k estimates, the
 * best score first, against n instances.
 */
export function recalledErrors(
  m: number,
  n: number,
  errors: Float64Array,
  k: number,
  out: Float64Array,
  at: number,
): void {
  out.fill(Infinity, at, at + k);
  if (m === 1 && n === 1) {
    if (k > 0) out[at] = Number.isNaN(errors[0]) ? Infinity : errors[0];
    return;
  }
  const steps = errors
    .subarray(0, m * n)
    .filter((e) => e < Infinity)
    .sort();
  let found = 0;
  for (let i = 0; i < steps.length && found < Math.min(k, m, n); i++) {
    if (steps[i + 1] === steps[i]) continue;
    const takers = takenInstances(m, n, errors, steps[i]).filter((taken) => taken >= 0).length;
    for (; found < Math.min(takers, k); found++) out[at + found] = steps[i];
  }
}

/**
 * The instance that each of m estimates takes [m], −1 for none: in order, the nearest of those left, the
 * first of equals, if it is at most `limit` away.
 */
export function takenInstances(
  m: number,
  n: number,
  errors: Float64Array,
  limit = Infinity,
): Int32Array {
  const taken = new Uint8Array(n);
  const instances = new Int32Array(m).fill(-1);
  for (let i = 0; i < m; i++) {
    let nearest = -1;
    for (let j = 0; j < n; j++) {
      const error = errors[i * n + j];
      if (taken[j] || !(error <= limit)) continue;
      if (nearest < 0 || error < errors[i * n + nearest]) nearest = j;
    }
    if (nearest < 0) continue;
    taken[nearest] = 1;
    instances[i] = nearest;
  }
  return instances;
}

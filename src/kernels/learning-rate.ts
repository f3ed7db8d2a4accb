/**
 * Factors on a learning rate: kernels of ../definitions/learning-rate.ts. Beside the end of the run the
 * cosine is taken as a squared sine of what is left, which does not cancel there. Nothing is checked.
 */

/** The factor of step k of a linear warm-up. */
export function warmUp(k: number, steps: number, factor: number): number {
  return k < steps ? (k * (1 - factor)) / steps + factor : 1;
}

/** The factor of step k of `total`: warmed up, flat, annealed to 0. */
export function flatAndAnneal(
  k: number,
  total: number,
  warmUpSteps: number,
  warmUpFactor: number,
  flatShare: number,
): number {
  if (k < warmUpSteps) return warmUp(k, warmUpSteps, warmUpFactor);
  const start = total * flatShare;
  if (k <= start) return 1;
  if (k >= total) return 0;
  const root = Math.sin(((Math.PI / 2) * (total - k)) / (total - start));
  return root * root;
}

/** The factor of an epoch. */
export function stepDecay(epoch: number, milestones: ArrayLike<number>, gamma: number): number {
  let factor = 1;
  for (let i = 0; i < milestones.length; i++) if (epoch >= milestones[i]) factor *= gamma;
  return factor;
}

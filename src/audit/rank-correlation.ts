/**
 * Spearman's rank correlation of two quantities over several groups, and whether chance could have made it.
 *
 *     z = Σ (n − 3) artanh ρ / √(1.06 Σ (n − 3))        p ≤ √(2/π) e^{−z²/2} / |z|
 *
 * Ranks are taken inside each group, because entries of one problem share what is peculiar to it. Each
 * group's ρ is spread by Fisher's transform, of variance 1.06/(n − 3) for ranks (Fieller, Hartley and Pearson 1957), and held to
 * |ρ| ≤ 1 − 1/n: small groups in perfect order are no proof. The bound on p is that of Mills' ratio.
 */

/** What a rank correlation over groups comes to. */
export interface RankCorrelation {
  /** Mean ρ over the groups, each counting n − 1. */
  readonly strength: number;
  /** The same evidence in standard deviations of chance. */
  readonly z: number;
  /** An upper bound on the probability that chance alone gives so much, two-sided. */
  readonly chance: number;
  /** Pairs in the groups that count. */
  readonly units: number;
}

/** Pairs [x, y] of one group. */
export type Pairs = readonly (readonly [number, number])[];

/** The rank correlation over groups of four pairs and more; null if there is none to speak of. */
export function rankCorrelation(groups: readonly Pairs[]): RankCorrelation | null {
  let [weight, spread, rhoSum, degrees, units] = [0, 0, 0, 0, 0];
  for (const pairs of groups) {
    const n = pairs.length;
    if (n < 4) continue;
    const rho = correlation(ranks(pairs.map(([x]) => x)), ranks(pairs.map(([, y]) => y)));
    if (Number.isNaN(rho)) continue;
    const held = Math.min(1 - 1 / n, Math.max(1 / n - 1, rho));
    weight += n - 3;
    spread += (n - 3) * Math.atanh(held);
    rhoSum += (n - 1) * rho;
    degrees += n - 1;
    units += n;
  }
  if (units === 0) return null;
  const z = spread / Math.sqrt(1.06 * weight);
  return { strength: rhoSum / degrees, z, chance: tail(z), units };
}

/** Ranks from 1, equal values sharing the mean of theirs. */
export function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a] - values[b]);
  const out = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let k = from; k < to; k++) out[order[k]] = (from + 1 + to) / 2;
    from = to;
  }
  return out;
}

/** Pearson's correlation; NaN if one side does not vary. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (a.length + 1) / 2;
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += (a[i] - mean) * (b[i] - mean);
    aa += (a[i] - mean) ** 2;
    bb += (b[i] - mean) ** 2;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : Number.NaN;
}

/** Both tails of the normal distribution beyond z, from above. */
function tail(z: number): number {
  const size = Math.abs(z);
  return Math.min(1, (Math.sqrt(2 / Math.PI) * Math.exp((-size * size) / 2)) / size);
}

/**
 * The Monte Carlo pose loss of given samples (epropnp-mc), written for this trial.
 *
 *     L = c(y_gt) + log Σₛ exp(−c(yₛ) − log qₛ)     c = ½ Σ ρ(‖w ∘ (x − π)‖²)
 *
 * Costs are jets of one point's x, z and w; the loss weighs their slopes.
 */
import { type Depth, halfHuber, moved, seen } from "./geometry.js";
import { asDouble, constant, type Jet, type Space, type Store, variable } from "./jet.js";
import { type Posed, rowMatrix } from "./posed.js";

/** A problem with its samples [S][7 or 4] and the logarithms of their densities [S]. */
export interface Sampled extends Posed {
  readonly samples: readonly Float64Array[];
  readonly logProposal: Float64Array;
}

export interface SampledSwitches {
  readonly weight: (w: Jet) => Jet;
  /** ½ρ(s) with its slope. */
  readonly cost: (s: Jet, delta: number) => Jet;
  /** What multiplies a whole cost of n points. */
  readonly share: (n: number) => number;
  readonly clamp: Depth["clamp"];
  /** Whether points with clamped depth have a slope by x3d at all. */
  readonly clippedSlopes: boolean;
  /** Multiplies log q in a log-weight: −1 as it should. */
  readonly proposal: -1 | 0 | 1;
  /** Log-weights of the samples, as slopes see them: what each sample's share is. */
  readonly shares: (
    own: readonly number[],
    costs: readonly number[],
    all: readonly (readonly number[])[],
  ) => number[];
  /** log Σ v of log-weights. */
  readonly evidence: (own: readonly number[]) => number;
  /** Factors of target and prediction, in the loss and in its slopes. */
  readonly terms: readonly [number, number];
  readonly slopeTerms: readonly [number, number] | null;
  /** Whether the threshold moves: with the weights' mean, and with the points' spread. */
  readonly attached: "nothing" | "weights" | "weights and points";
  readonly store: Store;
}

export const logSum = (own: readonly number[]): number => {
  const top = Math.max(...own);
  return top + Math.log(own.reduce((sum, v) => sum + Math.exp(v - top), 0));
};
export const softmax = (own: readonly number[]): number[] => {
  const all = logSum(own);
  return own.map((v) => Math.exp(v - all));
};

export const soundSampled: SampledSwitches = {
  weight: (w) => w,
  cost: halfHuber,
  share: () => 1,
  clamp: "held",
  clippedSlopes: true,
  proposal: -1,
  shares: softmax,
  evidence: logSum,
  terms: [1, 1],
  slopeTerms: null,
  attached: "nothing",
  store: asDouble,
};

/** A cost with its slopes by x, z and w, and by the threshold. */
interface Sloped {
  readonly cost: number;
  readonly x2d: number[];
  readonly x3d: number[];
  readonly w2d: number[];
  readonly delta: number;
}

function slopedCost(of: Posed, y: Float64Array, zMin: number, is: SampledSwitches): Sloped {
  // Variables of one point: x 0 1, z 2 3 4, w 5 6.
  const space: Space = { n: 7, second: false, store: is.store };
  const R = rowMatrix(Array.from(y, (v) => constant(space, v)));
  const t = [0, 1, 2].map((k) => constant(space, y[k]));
  const K = [0, 1, 2].map((a) => [0, 1, 2].map((b) => constant(space, of.K[3 * a + b])));
  const share = is.share(of.n);
  const out = { cost: 0, x2d: [] as number[], x3d: [] as number[], w2d: [] as number[], delta: 0 };
  for (let i = 0; i < of.n; i++) {
    const x = [0, 1].map((k) => variable(space, of.x2d[2 * i + k], k));
    const z = [0, 1, 2].map((k) => variable(space, of.x3d[3 * i + k], 2 + k));
    const w = [0, 1].map((k) => is.weight(variable(space, of.w2d[2 * i + k], 5 + k)));
    const { pixel, clamped } = seen(moved(R, z, t), K, { zMin, clamp: is.clamp });
    const e = pixel.map((p, k) => p.minus(x[k]).times(w[k]));
    const s = e[0].times(e[0]).plus(e[1].times(e[1]));
    const cost = is.cost(s, of.delta).times(share);
    const zero = clamped && !is.clippedSlopes;
    out.cost = is.store(out.cost + cost.v);
    out.x2d.push(cost.g[0], cost.g[1]);
    out.x3d.push(...[2, 3, 4].map((k) => (zero ? 0 : cost.g[k])));
    out.w2d.push(cost.g[5], cost.g[6]);
    out.delta += share * Math.max(0, Math.sqrt(s.v) - of.delta);
  }
  return out;
}

/** Everything that may be claimed of a batch, a problem each. */
export function sampledLosses(
  batch: readonly Sampled[],
  zMin: number,
  faults: Partial<SampledSwitches> = {},
) {
  const is = { ...soundSampled, ...faults };
  const made = batch.map((of) => ({
    target: slopedCost(of, of.y, zMin, is),
    samples: of.samples.map((y) => slopedCost(of, y, zMin, is)),
  }));
  const logWeights = made.map(({ samples }, b) =>
    samples.map(({ cost }, s) => is.store(is.proposal * batch[b].logProposal[s] - cost)),
  );
  return made.map(({ target, samples }, b) => {
    const costs = samples.map(({ cost }) => cost);
    const shares = is.shares(logWeights[b], costs, logWeights).map(is.store);
    const [ofTarget, ofPrediction] = is.slopeTerms ?? is.terms;
    const pulled = (of: (one: Sloped) => number): number =>
      is.store(
        ofTarget * of(target) -
          ofPrediction * samples.reduce((sum, one, s) => sum + shares[s] * of(one), 0),
      );
    const byDelta = pulled(({ delta }) => delta);
    const slopes = (name: "x2d" | "x3d" | "w2d") =>
      target[name].map((_, k) => {
        const own = pulled((one) => one[name][k]);
        return own + byDelta * thresholdSlope(batch[b], name, k, is.attached);
      });
    return {
      target: target.cost,
      samples: costs,
      logWeights: logWeights[b],
      loss: is.store(is.terms[0] * target.cost + is.terms[1] * is.evidence(logWeights[b])),
      x2d: slopes("x2d"),
      x3d: slopes("x3d"),
      w2d: slopes("w2d"),
    };
  });
}

/** ∂δ by one entry, of a threshold δ ∝ mean(w) · the spread of the points. */
function thresholdSlope(
  { x2d, w2d, delta }: Posed,
  name: "x2d" | "x3d" | "w2d",
  k: number,
  attached: SampledSwitches["attached"],
): number {
  if (name === "x3d" || attached === "nothing") return 0;
  if (name === "w2d") return delta / w2d.reduce((a, b) => a + b);
  if (attached === "weights") return 0;
  const n = x2d.length / 2;
  const mean = [0, 1].map((a) => x2d.reduce((sum, v, i) => (i % 2 === a ? sum + v / n : sum), 0));
  const spread = x2d.reduce((sum, v, i) => sum + (v - mean[i % 2]) ** 2, 0);
  return (delta * (x2d[k] - mean[k % 2])) / spread;
}

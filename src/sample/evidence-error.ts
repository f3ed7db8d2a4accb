/**
 * How far an adaptive estimate of the evidence may be off.
 *
 *     Z̃ = (1/T) Σ_t (1/K') Σ_{j drawn from q_t} uⱼ,   uⱼ = exp(−cⱼ)/q_t(yⱼ)          E Z̃ = Z, at any budget
 *     error of log Z = √(max(se, s̃e)² + (log Z̃ − log Z)²) · t(ν)/t(∞)
 *     ν = (Σ d²)²/Σ d⁴,   d the weights less their mean
 *
 * Given all earlier draws, each inner mean has expectation Z, hence so has Z̃. The mixture that
 * adaptive multiple importance sampling divides by has less spread but is biased: later proposals are
 * fitted to the very samples they then discount. log Z̃ − log Z measures that bias on the same
 * samples; the error counts it beside the larger of the standard errors se of log Z, whose weights are
 * evened out by the same fit, and s̃e of log Z̃. All three are known no better than the squares of a few
 * heavy weights tell: with ν of them at work, the smaller number of both sets of weights, the error grows
 * as Student's quantile t(ν) does, so that ± 1.96 errors is a 95 % interval still. docs/posterior.md has
 * the share of seeds it holds for.
 * Source: EQUATIONS EPRO-7, EPRO-8; unbiasedness of sequential importance sampling as in [Cornuet2012],
 * quantile [AbramowitzStegun1964] 26.7.5.
 */
import type { PosteriorSample } from "./amis.js";

export interface EvidenceError {
  /** log Z̃, Z̃ unbiased; −Infinity if no sample has a weight. */
  readonly unbiasedLogEvidence: number;
  /** Standard error of log Z̃, by the delta method. */
  readonly unbiasedStandardError: number;
  /** ν ≥ 1: by how many weights' squares the errors are known, Infinity if all are alike; 0 without any. */
  readonly freedom: number;
  /** Error to report with log Z: ± 1.96 of it is meant to hold Z in 95 of 100 cases. */
  readonly error: number;
}

/** What the error is made from: K samples in equal shares from T proposals, in the order drawn. */
export interface WeighedSample
  extends Pick<PosteriorSample, "count" | "costs" | "logDensities" | "logEvidence" | "weights"> {
  readonly standardError: number;
  readonly proposals: { readonly length: number };
}

/** The error of a sample's log-evidence. Where that is −Infinity, so is log Z̃, and errors are Infinity. */
export function evidenceError(sample: WeighedSample): EvidenceError {
  const { count, costs, logDensities, logEvidence, standardError, proposals, weights } = sample;
  const T = proposals.length;
  if (!(logEvidence > Number.NEGATIVE_INFINITY))
    return {
      unbiasedLogEvidence: Number.NEGATIVE_INFINITY,
      unbiasedStandardError: Number.POSITIVE_INFINITY,
      freedom: 0,
      error: Number.POSITIVE_INFINITY,
    };
  const share = count / T;
  const own = new Float64Array(count);
  let total = 0;
  let squares = 0;
  let quartics = 0;
  for (let t = 0; t < T; t++) {
    let sum = 0;
    for (let j = t * share; j < (t + 1) * share; j++) {
      // In units of the estimate: the ratio of two densities, neither of which need be a double.
      const weight = Math.exp(-costs[j] - logDensities[t * count + j] - logEvidence);
      own[j] = weight >= 0 ? weight : 0;
      sum += own[j];
    }
    const mean = sum / share;
    total += mean / T;
    for (let j = t * share; j < (t + 1) * share; j++) {
      const square = (own[j] - mean) * (own[j] - mean);
      squares += square;
      quartics += square * square;
    }
  }
  const variance = share > 1 ? squares / (share * (share - 1) * T * T) : Number.POSITIVE_INFINITY;
  const gap = Math.log(total);
  const error = Math.sqrt(variance) / total;
  const freedom = Math.min(degrees(squares, quartics), mixtureDegrees(weights));
  return {
    unbiasedLogEvidence: logEvidence + gap,
    unbiasedStandardError: error,
    freedom,
    error: (Math.hypot(Math.max(standardError, error), gap) * quantile(freedom)) / NORMAL,
  };
}

function mixtureDegrees(weights: Float64Array): number {
  let squares = 0;
  let quartics = 0;
  for (let j = 0; j < weights.length; j++) {
    const square = (weights[j] - 1 / weights.length) ** 2;
    squares += square;
    quartics += square * square;
  }
  return degrees(squares, quartics);
}

/** (Σ d²)²/Σ d⁴, and what it tends to where all weights are alike. */
const degrees = (squares: number, quartics: number): number =>
  quartics > 0 ? (squares * squares) / quartics : Number.POSITIVE_INFINITY;

/** The 97.5 % quantile of a normal deviate, and of Student's t with ν ≥ 1 degrees of freedom. */
const NORMAL = 1.959963984540054;

function quantile(freedom: number): number {
  const z = NORMAL;
  const ν = Math.max(freedom, 1);
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + (first + (second + third / ν) / ν) / ν;
}

/**
 * What a keypoint pipeline is trained on: a weighted sum of named losses.
 *
 * | term             | value                                     | reduction                                   |
 * |------------------|-------------------------------------------|---------------------------------------------|
 * | heatMap          | l_h: maps against their targets           | mean over maps                              |
 * | projection       | l_proj = Σ ‖π(z, y⋆) − x⋆‖²               | sum over keypoints, mean over the batch     |
 * | regularisation   | l_reg = Σ ‖x − π(z, y⋆)‖²                 | likewise                                    |
 * | monteCarlo       | the loss of EPro-PnP at the true pose     | mean over the batch                         |
 * | linearCovariance | the LC loss at the true pose              | mean over the batch                         |
 *
 *     l_h = heatMap     l_m = heatMap + β projection     l_p = regularisation + projection
 *
 * Source: EQUATIONS REPRO-L1 … L6, AMB-2, AMB-21, PVC-4; [UAVA2021] Sec 3, 3.3, Table 5; [BPnP2020].
 */
export const termNames = [
  "heatMap",
  "projection",
  "regularisation",
  "monteCarlo",
  "linearCovariance",
] as const;
export type TermName = (typeof termNames)[number];

/** Weights ≥ 0 of the terms; a term left out, or of weight 0, is not computed. */
export type PipelineTerms = { readonly [name in TermName]?: number };

/** l_h. */
export const heatMapTerms: PipelineTerms = { heatMap: 1 };
/** l_p. */
export const poseTerms: PipelineTerms = { projection: 1, regularisation: 1 };
/** EPro-PnP's loss alone. */
export const monteCarloTerms: PipelineTerms = { monteCarlo: 1 };
/** The Linear-Covariance loss alone. */
export const linearCovarianceTerms: PipelineTerms = { linearCovariance: 1 };

/**
 * l_m; [UAVA2021] found β = 1e-5 on its data, and [BPnP2020] used 2e-4 on its own.
 *
 * @throws RangeError unless β is finite and ≥ 0.
 */
export function mixedTerms(beta = 1e-5): PipelineTerms {
  if (!(beta >= 0 && beta < Number.POSITIVE_INFINITY))
    throw new RangeError(`mixedTerms: expected beta >= 0, got ${beta}`);
  return { heatMap: 1, projection: beta };
}

/**
 * Every term with its weight, 0 where it is left out.
 *
 * @throws RangeError if a name is unknown, a weight is negative or not finite, or no weight is positive.
 */
export function checkedTerms(caller: string, terms: PipelineTerms): Record<TermName, number> {
  for (const [name, weight] of Object.entries(terms)) {
    if (!(termNames as readonly string[]).includes(name))
      throw new RangeError(`${caller}: expected terms of ${termNames.join(", ")}, got ${name}`);
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY))
      throw new RangeError(`${caller}: expected a weight >= 0 of ${name}, got ${weight}`);
  }
  const all = Object.fromEntries(termNames.map((name) => [name, terms[name] ?? 0]));
  if (!Object.values(all).some((weight) => weight > 0))
    throw new RangeError(`${caller}: expected a term of positive weight, got none`);
  return all as Record<TermName, number>;
}

/** Epochs that are trained on the same terms. */
export interface TrainingPhase {
  readonly epochs: number;
  readonly terms: PipelineTerms;
}

/** The 44 epochs of [UAVA2021] on one loss. */
export const uavaSchedule = (terms: PipelineTerms): readonly TrainingPhase[] => [
  { epochs: 44, terms },
];
/** Its comparison of PnP solvers: 30 epochs of l_h, then 14 of l_m. */
export const solverComparisonSchedule: readonly TrainingPhase[] = [
  { epochs: 30, terms: heatMapTerms },
  { epochs: 14, terms: mixedTerms() },
];

/**
 * The terms of an epoch, counted from 0 over all phases: a run that resumes asks for its epoch and goes on.
 *
 * @throws RangeError if the epoch is not of the schedule, or a phase has no whole number of epochs.
 */
export function termsAt(schedule: readonly TrainingPhase[], epoch: number): PipelineTerms {
  let total = 0;
  for (const { epochs } of schedule) {
    if (!(Number.isSafeInteger(epochs) && epochs >= 0))
      throw new RangeError(`termsAt: expected a whole number of epochs, got ${epochs}`);
    total += epochs;
  }
  if (!(Number.isSafeInteger(epoch) && epoch >= 0 && epoch < total))
    throw new RangeError(`termsAt: expected a whole epoch of 0 … ${total - 1}, got ${epoch}`);
  let first = 0;
  for (const { epochs, terms } of schedule) {
    first += epochs;
    if (epoch < first) return terms;
  }
  return {};
}

/**
 * The epoch whose model is tested: that of the least validation error [epochs], the first of equals; NaN is
 * passed over.
 *
 * @throws RangeError if there is none.
 */
export function bestEpoch(validation: ArrayLike<number>): number {
  let best = -1;
  for (let i = 0; i < validation.length; i++)
    if (!Number.isNaN(validation[i]) && (best < 0 || validation[i] < validation[best])) best = i;
  if (best < 0) throw new RangeError("bestEpoch: expected an error that is a number, got none");
  return best;
}

/** The problems of an epropnp-mc file, one by one, in the project's own conventions. */
import type { Claims } from "../formats/claims.js";
import type { Real } from "../scalar/real.js";
import type { Lift } from "./explicit-method.js";
import { ContractError, type Sizes } from "./methods.js";
import type { MonteCarloData } from "./monte-carlo.js";
import { lifted, type PosedProblem, posedProblems, poseRow } from "./posed-problem.js";

/** One problem: y is the target, beside it the samples with their log-densities. */
export interface SampledProblem extends PosedProblem {
  readonly samples: readonly Float64Array[];
  readonly logProposal: Float64Array;
  /** All problems of the file. */
  readonly batch: readonly SampledProblem[];
}

/** Every problem of a claims file. */
export function sampledProblems(claims: Claims, sizes: Sizes): SampledProblem[] {
  const { input, convention, dtype } = claims;
  const { B, S } = sizes;
  if (S === 0)
    throw new ContractError("input/pose_samples: expected at least one sample, got none");
  const width = input.pose_gt.shape.at(-1)!;
  if (input.pose_samples.shape[2] !== width)
    throw new ContractError(
      `input/pose_samples: expected poses of ${width} numbers like pose_gt, got ${input.pose_samples.shape[2]}`,
    );
  const batch: SampledProblem[] = [];
  for (const problem of posedProblems(claims, sizes, "pose_gt")) {
    const place = (s: number) => s * B + problem.index;
    batch.push({
      ...problem,
      samples: Array.from({ length: S }, (_, s) => {
        const row = input.pose_samples.data.subarray(place(s) * width, (place(s) + 1) * width);
        return poseRow(row, convention, dtype, `input/pose_samples[${s}][${problem.index}]`);
      }),
      logProposal: Float64Array.from({ length: S }, (_, s) => input.log_proposal.data[place(s)]),
      batch,
    });
  }
  return batch;
}

/** A problem in the scalars that `lift` makes of doubles. */
export function liftedSamples<S extends Real<S>>(
  problem: SampledProblem,
  lift: Lift<S>,
): MonteCarloData<S> {
  const { y: target, ...data } = lifted(problem, lift);
  return {
    ...data,
    target,
    samples: problem.samples.map((row) => Array.from(row, lift)),
    logProposal: Array.from(problem.logProposal, lift),
  };
}

import { ulpError } from "../../src/scalar/index.js";
import {
  type CertifyCase,
  type CertifySample,
  generic,
  secondDerivativeTarget,
  ulpTarget,
} from "./case.js";

/** What was measured for one kernel over the samples of one label. */
export interface Row {
  readonly id: string;
  readonly name: string;
  readonly order: 0 | 1 | 2;
  readonly label: string;
  readonly samples: number;
  /** Over the samples: the worst and the median of the worst entry's error, in `unit`. */
  readonly worst: number;
  readonly median: number;
  readonly target: number;
  /** Units in the last place for values and first derivatives, relative for second derivatives. */
  readonly unit: "ulp" | "relative";
}

/** True if the row keeps its target. */
export const passes = (row: Row): boolean => row.worst <= row.target;

/**
 * Worst error of the entries of one sample: in ulps of its scale, or relative to its scale.
 *
 * The scale is the sample's own if it gives one, else the largest entry of the truth: an entry that
 * cancels to nearly zero has no correct digit to ask for, but is held to the digits of the others.
 */
export function sampleError(sample: CertifySample, unit: Row["unit"]): number {
  const { values, truth } = sample;
  if (values.length !== truth.length || truth.length === 0)
    throw new RangeError(
      `sampleError: expected as many values as truths and at least one, got ${values.length} and ${truth.length}`,
    );
  const exact = truth.map((entry) => entry.toNumber());
  const scale = sample.scale ?? Math.max(...exact.map(Math.abs));
  if (!(scale >= 0 && Number.isFinite(scale)))
    throw new RangeError(`sampleError: expected a finite scale >= 0, got ${scale}`);
  let worst = 0;
  for (let i = 0; i < truth.length; i++) {
    if (unit === "ulp") worst = Math.max(worst, ulpError(values[i], truth[i], scale));
    else if (!Number.isFinite(values[i])) worst = Number.POSITIVE_INFINITY;
    else {
      const error = Math.abs(truth[i].minus(values[i]).toNumber());
      if (error > 0) worst = Math.max(worst, error / scale);
    }
  }
  return worst;
}

/** One row per label of a case, generic first and the seams in their order of appearance. */
export function measure(subject: CertifyCase, perLabel = Number.POSITIVE_INFINITY): Row[] {
  const unit = subject.order === 2 ? "relative" : "ulp";
  const errors = new Map<string, number[]>();
  const wanted = Number.isFinite(perLabel) ? perLabel : undefined;
  for (const sample of subject.samples(wanted)) {
    const sofar = errors.get(sample.label) ?? [];
    errors.set(sample.label, sofar);
    if (sofar.length < perLabel) sofar.push(sampleError(sample, unit));
  }
  if (!errors.has(generic))
    throw new RangeError(`measure: expected generic samples of ${subject.id} ${subject.name}`);
  const labels = [generic, ...[...errors.keys()].filter((label) => label !== generic)];
  return labels.map((label) => {
    const sorted = (errors.get(label) ?? []).sort((a, b) => a - b);
    const target = label === generic ? ulpTarget.generic : ulpTarget.seam;
    return {
      id: subject.id,
      name: subject.name,
      order: subject.order,
      label,
      samples: sorted.length,
      worst: sorted[sorted.length - 1],
      median: sorted[Math.floor((sorted.length - 1) / 2)],
      target: unit === "ulp" ? target : secondDerivativeTarget,
      unit,
    };
  });
}

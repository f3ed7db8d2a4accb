/** `pnp-oracle posterior FILE`: problems in, weighted poses, evidence and pictures of marginals out. */
import { parseProblems, readFileBytes, type Writable, writeNpz } from "../formats/index.js";
import { posteriorHtml } from "../report/posterior-page.js";
import { type Posterior, posterior } from "../sample/posterior.js";
import { CommandError } from "./failure.js";
import { entry, problemsOf, written } from "./problems.js";
import { progressOn } from "./progress.js";
import { jsonText, lists } from "./solutions.js";

export interface PosteriorCommandOptions {
  /** Where to write, .json or .npz [default: JSON on standard output]. */
  readonly out?: string;
  /** Where to write the page with pictures [default: nowhere]. */
  readonly html?: string;
  /** Turns about camera +Y only. */
  readonly yaw?: boolean;
  /** Poses to draw for each problem, and proposals [default: 512 and 4]. */
  readonly samples?: string;
  readonly iterations?: string;
  /** Name of the random stream [default: amis]. */
  readonly seed?: string;
}

/** Runs the command; resolves to 0 if every posterior was sampled, else 1. */
export async function posteriorCommand(
  file: string,
  options: PosteriorCommandOptions,
  { stdout, stderr }: Pick<NodeJS.Process, "stdout" | "stderr"> = process,
): Promise<number> {
  const { out, seed = "amis" } = options;
  if (out !== undefined && !/\.(json|npz)$/i.test(out))
    throw new CommandError(`--out: expected a name that ends in .json or .npz, got ${out}`);
  const samples = wholeNumber("--samples", options.samples, 512);
  const iterations = wholeNumber("--iterations", options.iterations, 4);
  if (samples % iterations !== 0)
    throw new CommandError(`--samples: expected a multiple of ${iterations}, got ${samples}`);
  const chart = options.yaw ? "YAW" : "Q7";
  const batches = parseProblems(await readFileBytes(file), file);
  const progress = await progressOn(stderr);
  const found: Posterior[] = [];
  try {
    for (const claims of batches) {
      const problems = problemsOf(claims, file);
      problems.forEach((problem, b) => {
        progress.update(b, problems.length, file);
        const delta = entry(claims.input.delta, b);
        // A stream a problem: what one draws does not depend on how many there are.
        const settings = { chart, samples, iterations, seed: `${seed}/${found.length}` } as const;
        found.push(posterior(problem, { ...settings, ...(delta !== undefined && { delta }) }));
      });
    }
  } finally {
    progress.stop();
  }
  if (options.html !== undefined) await written(options.html, posteriorHtml(file, found));
  const good = found.filter(({ status }) => status === "ok").length;
  if (out === undefined) stdout.write(posteriorsJson(found));
  else {
    await written(out, /\.npz$/i.test(out) ? posteriorsNpz(found) : posteriorsJson(found));
    stdout.write(`${good} of ${found.length} posteriors sampled: ${out}\n`);
  }
  return good === found.length ? 0 : 1;
}

function wholeNumber(option: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!(Number.isSafeInteger(value) && value >= 1))
    throw new CommandError(`${option}: expected a whole number >= 1, got ${text}`);
  return value;
}

/** JSON text of posteriors, one object a problem; numbers JSON cannot say are strings. */
export function posteriorsJson(found: readonly Posterior[]): string {
  const posteriors = found.map(({ sample, accuracy, pose, covariance, ...rest }) => ({
    status: rest.status,
    sentence: rest.sentence,
    chart: rest.chart,
    log_evidence: sample?.logEvidence ?? null,
    log_evidence_error: accuracy?.error ?? null,
    log_evidence_unbiased: accuracy?.unbiasedLogEvidence ?? null,
    log_evidence_laplace: rest.laplace,
    effective_sample_size: sample?.effectiveSampleSize ?? null,
    far_cost: sample?.farCost ?? null,
    start: pose && lists([pose.length], pose),
    start_cov:
      covariance && lists([Math.sqrt(covariance.length), Math.sqrt(covariance.length)], covariance),
    poses: sample && lists([sample.count, sample.width], sample.poses),
    weights: sample && lists([sample.weights.length], sample.weights),
    costs: sample && lists([sample.count], sample.costs),
  }));
  return `${jsonText({ schema: "pnp-oracle/posteriors@1", posteriors })}\n`;
}

/** The same as arrays with a leading axis of problems; NaN where there is no answer. */
export function posteriorsNpz(found: readonly Posterior[]): Uint8Array {
  const B = found.length;
  const count = found.find(({ sample }) => sample)?.sample?.count ?? 0;
  const width = found[0]?.chart === "YAW" ? 4 : 7;
  const stacked = (
    shape: readonly number[],
    of: (posterior: Posterior) => ArrayLike<number> | null | undefined,
  ): Writable => {
    const size = shape.reduce((product, length) => product * length, 1);
    const data = new Float64Array(B * size).fill(Number.NaN);
    found.forEach((posterior, b) => {
      const values = of(posterior);
      if (values) data.set(values, b * size);
    });
    return { shape: [B, ...shape], data };
  };
  const number = (of: (posterior: Posterior) => number | null | undefined) =>
    stacked([], (posterior) => [of(posterior) ?? Number.NaN]);
  const d = width === 7 ? 6 : 4;
  const arrays: [string, Writable][] = [
    ["status", { shape: [B], data: found.map(({ status }) => status) }],
    ["log_evidence", number(({ sample }) => sample?.logEvidence)],
    ["log_evidence_error", number(({ accuracy }) => accuracy?.error)],
    ["log_evidence_unbiased", number(({ accuracy }) => accuracy?.unbiasedLogEvidence)],
    ["log_evidence_laplace", number(({ laplace }) => laplace)],
    ["effective_sample_size", number(({ sample }) => sample?.effectiveSampleSize)],
    ["far_cost", number(({ sample }) => sample?.farCost)],
    ["start", stacked([width], ({ pose }) => pose)],
    ["start_cov", stacked([d, d], ({ covariance }) => covariance)],
    ["poses", stacked([count, width], ({ sample }) => sample?.poses)],
    ["weights", stacked([count], ({ sample }) => sample?.weights)],
    ["costs", stacked([count], ({ sample }) => sample?.costs)],
  ];
  return writeNpz(arrays, { compressed: true });
}

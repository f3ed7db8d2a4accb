/** Posteriors as one self-contained page: numbers, and the marginals of position and orientation. */
import { version } from "../conventions/version.js";
import type { Posterior } from "../sample/posterior.js";
import { seriesVariable } from "./drawing.js";
import { figure } from "./file-section.js";
import {
  type DensityCurve,
  densityPicture,
  normalCurve,
  weightedHistogram,
  weightedSpread,
} from "./marginals.js";
import { html, Markup } from "./markup.js";
import { stylesheet } from "./stylesheet.js";
import { count } from "./wording.js";

const BINS = 40;

/** One coordinate of a pose, as it is drawn. */
interface Coordinate {
  readonly name: string;
  readonly values: Float64Array;
  /** Laplace's mean and variance of it; null where there is none. */
  readonly laplace: readonly [number, number] | null;
  /** Range to draw; by default four deviations about the mean. */
  readonly range?: readonly [number, number];
}

/** HTML of the posteriors of a file's problems. */
export function posteriorHtml(file: string, posteriors: readonly Posterior[]): string {
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>pnp-oracle posterior of ${file}</title><style>${new Markup(stylesheet)}</style></head><body>
<header><h1>${count(posteriors.length, "posterior")}</h1><p class="soft">${file}</p>
<p class="small"><span class="swatch" style="background:var(${seriesVariable(0)})"></span>weighted samples
<span class="swatch" style="background:var(${seriesVariable(1)})"></span>Laplace's approximation at the best pose</p></header>
<main>${posteriors.map(section)}</main>
<footer class="soft small"><p>Written by pnp-oracle ${version}.</p></footer></body></html>
`;
  return page.text;
}

function section(of: Posterior, index: number): Markup {
  const { sample, accuracy, laplace, status } = of;
  const heading = html`<h2>Problem ${index}: ${status}</h2><p class="soft">${of.sentence}</p>`;
  if (!sample || !accuracy || sample.effectiveSampleSize === 0) return heading;
  const numbers: [string, string][] = [
    [`${sample.logEvidence.toFixed(3)} ± ${accuracy.error.toFixed(3)}`, "log evidence"],
    [accuracy.unbiasedLogEvidence.toFixed(3), "log of the unbiased estimate"],
    [laplace === null ? "none" : laplace.toFixed(3), "Laplace"],
    [sample.effectiveSampleSize.toFixed(0), `effective of ${sample.count} samples`],
  ];
  const figures = coordinates(of).map((coordinate) =>
    figure(picture(coordinate, sample.weights), coordinate.name, ""),
  );
  return html`${heading}<div class="measure">${numbers.map(([value, what]) => html`<span><b>${value}</b><span class="soft small">${what}</span></span>`)}</div>
<div class="figures">${figures}</div>`;
}

/** Position, then the yaw or the rotation vector from the start to the pose in the camera frame. */
function coordinates({ chart, pose, sample, covariance, laplace }: Posterior): Coordinate[] {
  if (!pose || !sample) return [];
  const { poses, width, count: size } = sample;
  const column = (k: number) => Float64Array.from({ length: size }, (_, j) => poses[width * j + k]);
  const d = chart === "YAW" ? 4 : 6;
  const normal = (mean: number, k: number, factor: number): [number, number] | null =>
    laplace === null || !covariance ? null : [mean, covariance[(d + 1) * k] * factor];
  const position = ["x", "y", "z"].map(
    (axis, k): Coordinate => ({
      name: `position ${axis}`,
      values: column(k),
      laplace: normal(pose[k], k, 1),
    }),
  );
  if (chart === "YAW") {
    const yaws = column(3).map((b) => Math.atan2(Math.sin(b), Math.cos(b)));
    const yaw = { name: "yaw [rad]", values: yaws, range: [-Math.PI, Math.PI] as const };
    return [...position, { ...yaw, laplace: normal(pose[3], 3, 1) }];
  }
  const turns = turnVectors(poses, size, pose);
  const turn = ["x", "y", "z"].map(
    (axis, k): Coordinate => ({
      name: `turn about camera ${axis} [rad]`,
      values: turns[k],
      // A turn is twice the half-angle tangent of Q7.
      laplace: normal(0, 3 + k, 4),
    }),
  );
  return [...position, ...turn];
}

/** Log (R R₀ᵀ) [3][S] in radians of poses [S, 7] against the pose [7]. */
function turnVectors(poses: Float64Array, size: number, pose: Float64Array): Float64Array[] {
  const turns = [0, 1, 2].map(() => new Float64Array(size));
  const [w0, x0, y0, z0] = pose.subarray(3);
  for (let j = 0; j < size; j++) {
    const [w1, x1, y1, z1] = poses.subarray(7 * j + 3, 7 * j + 7);
    const v = [
      x1 * w0 - w1 * x0 - y1 * z0 + z1 * y0,
      y1 * w0 - w1 * y0 - z1 * x0 + x1 * z0,
      z1 * w0 - w1 * z0 - x1 * y0 + y1 * x0,
    ];
    const w = w1 * w0 + x1 * x0 + y1 * y0 + z1 * z0;
    const sine = Math.hypot(v[0], v[1], v[2]);
    // q and −q are one rotation: the shorter turn is meant.
    const angle = 2 * Math.atan2(sine, Math.abs(w)) * (w < 0 ? -1 : 1);
    for (let k = 0; k < 3; k++) turns[k][j] = sine > 0 ? (v[k] / sine) * angle : 0;
  }
  return turns;
}

function picture(of: Coordinate, weights: Float64Array): string {
  const { name, values, laplace } = of;
  const { mean, deviation } = weightedSpread(values, weights);
  const half = deviation > 0 ? 4 * deviation : Math.max(Math.abs(mean), 1) * 1e-6;
  const [low, high] = of.range ?? [mean - half, mean + half];
  const curves: DensityCurve[] = [
    { points: weightedHistogram(values, weights, low, high, BINS), series: 0, steps: true },
  ];
  if (laplace)
    curves.push({ points: normalCurve(laplace[0], Math.sqrt(laplace[1]), low, high), series: 1 });
  return densityPicture(name, curves, `Posterior density of ${name}`);
}

/**
 * `npx tsx spec/certify/amis-bias.ts`: how far the sampled evidence is from quadrature, by budget, and the
 * pictures of docs/posterior.md. Rewrites the table there and docs/posterior-*.svg.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { yawRotation } from "../../src/kernels/yaw.js";
import { densityPicture, normalCurve, weightedHistogram } from "../../src/report/marginals.js";
import { amis } from "../../src/sample/amis.js";
import { laplaceEvidence } from "../../src/sample/evidence.js";
import { evidenceError } from "../../src/sample/evidence-error.js";
import { yawPosterior } from "../sample/quadrature.js";
import { car, mirrored, slender, type YawProblem } from "../sample/yaw-problems.js";

const seeds = 400;
const budgets: readonly [number, number][] = [
  [64, 4],
  [128, 4],
  [256, 4],
  [512, 4],
  [1024, 4],
  [2048, 4],
  [512, 1],
];
const page = new URL("../../docs/posterior.md", import.meta.url);
const picture = (name: string) => new URL(`../../docs/posterior-${name}.svg`, import.meta.url);
const problems: readonly (YawProblem & { readonly slug: string })[] = [
  { ...car(0), slug: "planar" },
  { ...mirrored(), slug: "mirrored" },
  { ...slender(), slug: "slender" },
  { ...car(1.8), slug: "car" },
];

function started(of: YawProblem) {
  const R = new Float64Array(9);
  yawRotation(of.yaw, R);
  const laplace = laplaceEvidence(of.correspondences, R, of.t, { chart: "YAW" });
  const { covariance, logEvidence } = laplace;
  if (!covariance || logEvidence === null)
    throw new Error(`amis-bias: expected a minimum at the true pose of ${of.name}`);
  return { covariance, logEvidence, pose: Float64Array.of(...of.t, of.yaw) };
}

/** One line of the table. */
function row(of: YawProblem, samples: number, iterations: number): string {
  const { logEvidence: truth } = yawPosterior(of.correspondences, of);
  const { covariance, pose } = started(of);
  let [bias, square, ratio, effective, bare, held] = [0, 0, 0, 0, 0, 0];
  for (let k = 0; k < seeds; k++) {
    const seed = `spec/certify/amis-bias/${k}`;
    const sample = amis(of.correspondences, pose, covariance, { samples, iterations, seed });
    const gap = sample.logEvidence - truth;
    bias += gap / seeds;
    square += (gap * gap) / seeds;
    ratio += Math.exp(gap) / seeds;
    effective += sample.effectiveSampleSize / seeds;
    if (Math.abs(gap) <= 1.96 * sample.standardError) bare++;
    if (Math.abs(gap) <= 1.96 * evidenceError(sample).error) held++;
  }
  const share = (count: number) => `${Math.round((100 * count) / seeds)} %`;
  const cells = [
    of.name,
    `${iterations} × ${samples / iterations}`,
    bias.toFixed(3),
    Math.sqrt(square - bias * bias).toFixed(3),
    ratio.toFixed(3),
    effective.toFixed(0),
    share(bare),
    share(held),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** Colours of a picture that stands alone, on white. */
const colours: Record<string, string> = {
  "--ink": "#1c2024",
  "--soft": "#5b6470",
  "--grid": "#d5d9de",
  "--series-0": "#1f77b4",
  "--series-1": "#e08214",
  "--series-2": "#2a9d5c",
};

function standalone(svg: string): string {
  return svg
    .replace(/var\((--[\w-]+)\)/g, (_, name: string) => colours[name])
    .replace(/(<svg [^>]*>)/, '$1<rect width="100%" height="100%" fill="#ffffff"/>');
}

/** Yaw by quadrature (green), by 4 × 128 samples (blue steps) and by Laplace (orange). */
function draw(of: YawProblem): string {
  const { covariance, pose } = started(of);
  const exact = yawPosterior(of.correspondences, of);
  const cell = (2 * Math.PI) / exact.yaws.length;
  const { poses, weights } = amis(of.correspondences, pose, covariance, {
    seed: "spec/certify/amis-bias/picture",
  });
  const yaws = weights.map((_, j) =>
    Math.atan2(Math.sin(poses[4 * j + 3]), Math.cos(poses[4 * j + 3])),
  );
  const [low, high] = [-Math.PI, Math.PI];
  return standalone(
    densityPicture(
      "yaw [rad]",
      [
        { points: weightedHistogram(yaws, weights, low, high, 48), series: 0, steps: true },
        { points: normalCurve(of.yaw, Math.sqrt(covariance[15]), low, high, 401), series: 1 },
        { points: Array.from(exact.yaws, (yaw, k) => [yaw, exact.yawMass[k] / cell]), series: 2 },
      ],
      `Density of the yaw of a ${of.name}: quadrature, samples and Laplace's approximation`,
      { width: 520, height: 260 },
    ),
  );
}

const evidences = problems.map((of) => {
  const { logEvidence } = yawPosterior(of.correspondences, of);
  const laplace = started(of).logEvidence;
  return `| ${of.name} | ${logEvidence.toFixed(3)} | ${laplace.toFixed(3)} | ${(laplace - logEvidence).toFixed(3)} |`;
});
const tables: Record<string, string> = {
  evidence: `| problem | log Z | Laplace | off by |\n|---|---|---|---|\n${evidences.join("\n")}`,
  bias: `| problem | T × K' | bias of log Z | deviation | E Ẑ / Z | ESS | ± 1.96 se holds | ± 1.96 errors holds |\n|---|---|---|---|---|---|---|---|\n${problems
    .flatMap((of) => budgets.map(([samples, iterations]) => row(of, samples, iterations)))
    .join("\n")}`,
};
let text = readFileSync(page, "utf8");
for (const [name, table] of Object.entries(tables)) {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`amis-bias: expected ${begin} and ${end} in the page`);
  text = `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`;
}
writeFileSync(page, text);
for (const of of problems.slice(0, 3)) writeFileSync(picture(of.slug), `${draw(of)}\n`);

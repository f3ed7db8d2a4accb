/**
 * `npx tsx spec/certify/amis-bias.ts`: how far the sampled evidence is from quadrature, by budget, and the
 * pictures of docs/posterior.md. Rewrites the tables there and docs/posterior-*.svg.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { yawRotation } from "../../src/kernels/yaw.js";
import { type Correspondences, scene } from "../../src/problem/index.js";
import { densityPicture, normalCurve, weightedHistogram } from "../../src/report/marginals.js";
import { amis } from "../../src/sample/amis.js";
import { laplaceEvidence } from "../../src/sample/evidence.js";
import { evidenceError } from "../../src/sample/evidence-error.js";
import { posterior } from "../../src/sample/posterior.js";
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

const weighted = (of: Correspondences, factor: number): Correspondences => ({
  ...of,
  w2d: of.w2d.map((w) => factor * w),
});

/** Kinds of problem that the error was not designed on, each drawn for a seed. */
const kinds: Readonly<Record<string, (seed: number) => YawProblem>> = {
  "planar car, 1 px noise": (seed) => car(0, seed, 1),
  "planar car, weights × 4": (seed) => stronger(car(0, seed, 1), 4),
  "planar car, weights / 2": (seed) => stronger(car(0, seed, 1), 0.5),
  "car of a fifth of its depth": (seed) => car(0.4, seed, 1),
  "car, weights / 2": (seed) => stronger(car(1.8, seed, 1), 0.5),
  "mirrored plate": mirrored,
  "mirrored plate, weights × 3": (seed) => stronger(mirrored(seed), 3),
  "slender post": slender,
};
const stronger = (of: YawProblem, factor: number): YawProblem => ({
  ...of,
  correspondences: weighted(of.correspondences, factor),
});
/** The same of all rotations: scene, points, noise [px] and weight [1/px]. */
const anyRotation = [
  ["generic", 8, 2, 0.5],
  ["generic", 64, 2, 0.5],
  ["generic", 16, 2, 0.1],
  ["planar", 16, 1, 0.5],
  ["planar", 8, 2, 0.3],
  ["planar", 16, 1, 0.1],
] as const;

/** Cells of a table: shares of seeds, over problems, that ± 1.96 errors and ± 1.96 se hold. */
function coverageRow(
  name: string,
  chart: "Q7" | "YAW",
  cases: readonly (readonly [Correspondences, number])[],
): string {
  const cells = [64, 128, 512].map((samples) => {
    let [held, bare, count] = [0, 0, 0];
    cases.forEach(([of, truth], index) => {
      const { pose, covariance } = posterior(of, { chart, seed: `${name}/${index}` });
      if (!pose || !covariance) throw new Error(`amis-bias: expected a pose of ${name}, got none`);
      for (let k = 0; k < seeds / 2; k++) {
        const seed = `spec/certify/coverage/${name}/${index}/${k}`;
        const sample = amis(of, pose, covariance, { samples, seed });
        const gap = Math.abs(sample.logEvidence - truth) / 1.96;
        if (gap <= evidenceError(sample).error) held++;
        if (gap <= sample.standardError) bare++;
        count++;
      }
    });
    const share = (part: number) => `${Math.round((100 * part) / count)} %`;
    return `${share(held)} | ${share(bare)}`;
  });
  return `| ${name} | ${chart === "Q7" ? 6 : 4} | ${cells.join(" | ")} |`;
}

/** log Z by many samples without bias, for want of a quadrature over six dimensions. */
function longTruth(of: Correspondences): number {
  const start = posterior(of, { seed: "long" });
  if (!start.pose || !start.covariance) throw new Error("amis-bias: expected a pose, got none");
  const { pose, covariance } = start;
  const runs = Array.from({ length: 8 }, (_, k) => {
    const sample = amis(of, pose, covariance, { samples: 102_400, seed: `long/${k}` });
    return evidenceError(sample).unbiasedLogEvidence;
  });
  return Math.log(runs.reduce((sum, x) => sum + Math.exp(x) / runs.length, 0));
}

const coverages = () => [
  ...Object.entries(kinds).map(([name, drawn]) =>
    coverageRow(
      name,
      "YAW",
      [31, 32, 33].map((seed) => {
        const { correspondences, near, far } = drawn(seed);
        const range = { near, far, yawCells: 1024, depthCells: 512 };
        return [correspondences, yawPosterior(correspondences, range).logEvidence];
      }),
    ),
  ),
  ...anyRotation.map(([kind, n, noise, weight]) =>
    coverageRow(
      `${kind}, ${n} points, weight ${weight}`,
      "Q7",
      [31, 32, 33].map((seed) => {
        const { correspondences } = scene(kind, { n, noise, seed });
        const of = { ...correspondences, w2d: correspondences.w2d.map(() => weight) };
        return [of, longTruth(of)];
      }),
    ),
  ),
];

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
  coverage: `| problem | DoF | 64 samples: errors | se | 128: errors | se | 512: errors | se |\n|---|---|---|---|---|---|---|---|\n${coverages().join("\n")}`,
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

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterAll, expect, it } from "vitest";
import { CommandError } from "../../src/cli/failure.js";
import { type PosteriorCommandOptions, posteriorCommand } from "../../src/cli/posterior-command.js";
import { readNpz } from "../../src/formats/index.js";
import type { Correspondences } from "../../src/problem/index.js";
import {
  densityPicture,
  normalCurve,
  weightedHistogram,
  weightedSpread,
} from "../../src/report/marginals.js";
import { posterior } from "../../src/sample/posterior.js";
import { car, slender } from "../sample/yaw-problems.js";
import { problemFile, rows } from "./claims-file.js";

const folder = mkdtempSync(join(tmpdir(), "pnp-oracle-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

function fileOf({ x2d, x3d, w2d, K }: Correspondences): string {
  const input = { x2d: [rows(x2d, 2)], x3d: [rows(x3d, 3)], w2d: [rows(w2d, 2)], K: [rows(K, 3)] };
  return JSON.stringify({ schema: "pnp-oracle/claims@1", method: "pnp", input });
}

const flat = car(0).correspondences;
writeFileSync(at("flat.json"), fileOf(flat));
writeFileSync(at("two.json"), problemFile());
writeFileSync(at("none.json"), fileOf({ ...flat, w2d: new Float64Array(flat.w2d.length) }));

async function run(file: string, options: PosteriorCommandOptions) {
  let text = "";
  const sink = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  }) as unknown as typeof process.stdout & typeof process.stderr;
  const code = await posteriorCommand(at(file), options, { stdout: sink, stderr: sink });
  return { code, text };
}

it("pnp-oracle posterior FILE --yaw prints what posterior(problem) returns, number by number", async () => {
  const { code, text } = await run("flat.json", { yaw: true, samples: "64", seed: "spec" });
  expect(code).toBe(0);
  const { schema, posteriors } = JSON.parse(text);
  expect(schema).toBe("pnp-oracle/posteriors@1");
  const { sample, accuracy, laplace } = posterior(flat, {
    chart: "YAW",
    samples: 64,
    seed: "spec/0",
  });
  expect(posteriors).toHaveLength(1);
  expect(posteriors[0]).toMatchObject({
    status: "ok",
    chart: "YAW",
    log_evidence: sample?.logEvidence,
    log_evidence_error: accuracy?.error,
    log_evidence_unbiased: accuracy?.unbiasedLogEvidence,
    log_evidence_laplace: laplace,
    effective_sample_size: sample?.effectiveSampleSize,
    weights: [...(sample?.weights ?? [])],
    poses: rows(sample?.poses ?? [], 4),
  });
});

it("pnp-oracle posterior FILE --out FILE.npz writes arrays with an axis of problems, and --html a page", async () => {
  const options = { out: at("two.npz"), html: at("two.html"), samples: "128", iterations: "2" };
  const { code, text } = await run("two.json", options);
  expect([code, text]).toEqual([0, `2 of 2 posteriors sampled: ${options.out}\n`]);
  const arrays = readNpz(readFileSync(options.out), "two.npz");
  const shape = (name: string) => arrays.get(name)?.shape;
  expect(shape("poses")).toEqual([2, 128, 7]);
  expect(shape("weights")).toEqual([2, 128]);
  expect(shape("start_cov")).toEqual([2, 6, 6]);
  expect(shape("log_evidence_error")).toEqual([2]);
  const page = readFileSync(options.html, "utf8");
  // Three of position and three of orientation for each of two problems.
  expect(page.match(/<svg /g)).toHaveLength(12);
  expect(page).toContain("turn about camera y");
  expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
});

it("pnp-oracle posterior of a problem without weight exits 1 and says why, with nulls for numbers", async () => {
  const { code, text } = await run("none.json", { html: at("none.html") });
  expect(code).toBe(1);
  expect(JSON.parse(text).posteriors[0]).toMatchObject({
    status: "zero-weights",
    sentence: "All weights are zero: every pose fits.",
    log_evidence: null,
    poses: null,
  });
  expect(readFileSync(at("none.html"), "utf8")).toContain("every pose fits");
});

it("pnp-oracle posterior refuses options that make no sense before it reads anything", async () => {
  const refused = (options: PosteriorCommandOptions) => run("missing.json", options);
  await expect(refused({ out: "x.txt" })).rejects.toThrow(CommandError);
  await expect(refused({ samples: "many" })).rejects.toThrow(
    "--samples: expected a whole number >= 1, got many",
  );
  await expect(refused({ samples: "10", iterations: "4" })).rejects.toThrow(
    "--samples: expected a multiple of 4, got 10",
  );
});

it("weightedHistogram(values, weights, …) integrates to the share inside, and counts both ends", () => {
  const points = weightedHistogram([0, 0.5, 1, 7], [1, 2, 3, 4], 0, 1, 4);
  expect(points.map(([x]) => x)).toEqual([0.125, 0.375, 0.625, 0.875]);
  expect(points.map(([, density]) => density / 4)).toEqual([0.1, 0, 0.2, 0.3]);
});

it("weightedSpread(values, weights) is the weighted mean and deviation, whatever the weights' sum", () => {
  const { mean, deviation } = weightedSpread([1, 2, 9], [2, 6, 0]);
  expect(mean).toBe(1.75);
  // (1/4)(3/4)² + (3/4)(1/4)² = 3/16; two roundings.
  expect(Math.abs(deviation - Math.sqrt(3) / 4)).toBeLessThan(2 * Number.EPSILON);
});

it("normalCurve(mean, deviation, …) holds its mass, and densityPicture draws it with a text alternative", () => {
  const curve = normalCurve(2, 0.5, -2, 6, 401);
  const mass = curve.reduce((sum, [, density]) => sum + density * 0.02, 0);
  // Cut at eight deviations, where e^(−32) is left.
  expect(Math.abs(mass - 1)).toBeLessThan(401 * Number.EPSILON + Math.exp(-32));
  const svg = densityPicture("yaw", [{ points: curve, series: 1 }], "A <bell>");
  expect(svg).toContain('aria-label="A &#60;bell&#62;"');
  expect(svg).toContain("var(--series-1)");
});

it("posterior over a slender object shows a yaw that Laplace's bell does not", async () => {
  writeFileSync(at("slender.json"), fileOf(slender().correspondences));
  const { code } = await run("slender.json", { yaw: true, out: at("s.json"), html: at("s.html") });
  expect(code).toBe(0);
  expect(readFileSync(at("s.html"), "utf8").match(/<svg /g)).toHaveLength(4);
});

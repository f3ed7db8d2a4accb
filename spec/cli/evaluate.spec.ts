import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { type EvaluateCommandOptions, evaluateCommand } from "../../src/cli/evaluate-command.js";

const mini = fileURLToPath(new URL("../../fixtures/mini-dataset", import.meta.url));
const results = join(mini, "perturbed_mini-dataset-test.csv");
const rows = readFileSync(results, "utf8").trimEnd().split("\n");
const folder = mkdtempSync(join(tmpdir(), "pnp-oracle-evaluate-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(options: Partial<EvaluateCommandOptions> = {}) {
  const texts = { stdout: "", stderr: "" };
  const sink = (name: keyof typeof texts) =>
    new Writable({
      write(chunk, _, done) {
        texts[name] += chunk;
        done();
      },
    }) as unknown as typeof process.stdout & typeof process.stderr;
  const code = await evaluateCommand(
    { dataset: mini, results, resamples: "0", ...options },
    { stdout: sink("stdout"), stderr: sink("stderr") },
  );
  return { code, ...texts };
}

/** A results file with some rows written otherwise. */
function rewritten(name: string, change: (cells: string[], row: number) => string[]): string {
  const path = join(folder, name);
  const [head, ...others] = rows;
  const lines = others.map((row, i) => change(row.split(","), i).join(","));
  writeFileSync(path, `${[head, ...lines].join("\n")}\n`);
  return path;
}
const scaled = (cell: string, by: number) =>
  cell
    .split(" ")
    .map((x) => Number(x) * by)
    .join(" ");

/** The data set with one file changed or taken away. */
function altered(name: string, file: string, change: (text: string) => string | null): string {
  const copy = join(folder, name);
  cpSync(mini, copy, { recursive: true });
  const path = join(copy, file);
  const text = change(readFileSync(path, "utf8"));
  if (text === null) rmSync(path);
  else writeFileSync(path, text);
  return copy;
}

it("pnp-oracle evaluate prints the table as papers do, and what every number is", async () => {
  const { code, stdout, stderr } = await run({ resamples: "50" });
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^1 +24\/28 +35\.71 +60\.71 +78\.57 +58\.33 +64\.29 +75\.00$/m);
  expect(stdout).toMatch(/^mean over objects +35\/40 +30\.36/m);
  expect(stdout).toMatch(/^95 % interval +\d+\.\d–\d+\.\d/m);
  for (const words of [
    "40 targets of 2 objects in 20 images; 35 of them have an estimate, the 5 others are misses.",
    "share of targets with ADD(-S) < 0.02 d; mm, in the camera frame",
    "819 vertices, d = 124.191 mm (given), ADD-S for ADD(-S), 315 symmetric poses",
    '50 resamples of whole images, seed "evaluate"',
    "AR VSD needs rendered depth and is not computed",
  ])
    expect(stdout.replace(/\s+/g, " ")).toContain(words);
});

it("pnp-oracle evaluate writes JSON, CSV and a page that hold the same numbers", async () => {
  const [json, csv, html] = ["r.json", "r.csv", "r.html"].map((name) => join(folder, name));
  const { stdout } = await run({ json, csv, html, quiet: true, resamples: "20" });
  expect(stdout).toBe(`Written: ${json}, ${csv}, ${html}\n`);
  const report = JSON.parse(readFileSync(json, "utf8"));
  expect(report).toMatchObject({
    ...{ schema: "pnp-oracle/evaluation@1", format: "BOP", unit: "mm", imageWidth: 640 },
    counts: { instances: 40, estimates: { rows: 36, kept: 35, surplus: 1, unasked: 0 } },
    objects: [
      { object: 1, missing: 4, symmetric: false },
      { object: 2, missing: 1, symmetric: true, symmetryCount: 315 },
    ],
  });
  const at = report.columns.indexOf("ADD(-S) 0.1d");
  const mean = report.mean[at];
  expect(mean).toMatchObject({
    ...{ denominator: { count: 2, of: "objects" }, unit: "1", errorUnit: "mm", frame: "camera" },
    ...{ missing: 5, symmetries: ["1: ADD", "2: ADD-S"], objects: ["1", "2"], compatibility: [] },
  });
  expect(mean.interval).toMatchObject({ level: 0.95, resamples: 20, seed: "evaluate" });
  const line = readFileSync(csv, "utf8")
    .split("\n")
    .find((text) => text.startsWith("mean,ADD(-S) 0.1d,"));
  expect(line?.split(",").slice(2, 4)).toEqual([`${mean.value}`, "1"]);
  expect(line).toContain("1: ADD; 2: ADD-S");
  const page = readFileSync(html, "utf8");
  expect(page).toMatch(/^<!doctype html>[\s\S]*<svg /);
  expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
  expect(page).toContain((100 * mean.value).toFixed(2));
  const printed = await run({ json: true });
  expect(JSON.parse(printed.stdout).mean[at].value).toBe(mean.value);
  // The curve of ADD(-S) passes through the table's number at half of its axis.
  const curve = report.curves.find(({ metric }: { metric: string }) => metric === "addOrAddS");
  expect(curve.thresholds[50]).toBe(0.1);
  expect(curve.mean[50]).toBeCloseTo(mean.value, 12);
});

it("pnp-oracle evaluate warns of metres and of inverse poses, says on how many rows, and exits 1", async () => {
  const metres = rewritten("metres.csv", (c) => [...c.slice(0, 5), scaled(c[5], 1e-3), c[6]]);
  const unit = await run({ results: metres });
  expect(unit.code).toBe(1);
  expect(unit.stdout.replace(/\s+/g, " ")).toContain(
    "Warning: Translations times 1000 fit: they seem to be in metres, and the data set in millimetres (35 of 35 rows fit",
  );
  const inverse = rewritten("inverse.csv", (c) => {
    const [R, t] = [c[4], c[5]].map((cell) => cell.split(" ").map(Number));
    const transposed = [0, 1, 2].flatMap((i) => [R[i], R[3 + i], R[6 + i]]);
    const back = [0, 1, 2].map((i) => -(R[i] * t[0] + R[3 + i] * t[1] + R[6 + i] * t[2]));
    return [...c.slice(0, 4), transposed.join(" "), back.join(" "), c[6]];
  });
  const { code, stdout } = await run({ results: inverse, quiet: true });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^Warning: The inverse poses fit[^\n]+35 of 35 rows[^\n]+\n/);
});

it("pnp-oracle evaluate reports matrices that are no rotations by their defect, and exits 0", async () => {
  const bent = rewritten("bent.csv", (c, i) => {
    if (i !== 4) return c;
    const R = c[4].split(" ").map(Number);
    return [...c.slice(0, 4), R.map((x) => 1.01 * x).join(" "), ...c.slice(5)];
  });
  const { code, stdout } = await run({ results: bent });
  expect(code).toBe(0);
  // Row 6 of the file, and |1.01³ − 1|.
  expect(stdout.replace(/\s+/g, " ")).toContain(
    "Warning: 1 row holds a matrix that departs from a rotation by more than 0.001 (worst: 0.030 in row 6); taken as given",
  );
});

it("pnp-oracle evaluate counts rows that no target asks for, and warns if no row answers any", async () => {
  const one = rewritten("unasked.csv", (c, i) => (i === 0 ? [c[0], "99", ...c.slice(2)] : c));
  const some = await run({ results: one });
  expect(some.code).toBe(0);
  expect(some.stdout.replace(/\s+/g, " ")).toContain(
    "Of 36 rows, 1 answers no target and is left out",
  );
  const all = await run({ results: rewritten("none.csv", (c) => ["7", ...c.slice(1)]) });
  expect(all.code).toBe(1);
  expect(all.stdout).toContain("No row answers any of the 40 targets");
  expect(all.stdout).toMatch(/^mean over objects +0\/40 +0\.00/m);
});

it.each<[string, () => Partial<EvaluateCommandOptions>, RegExp]>([
  [
    "a malformed row",
    () => ({ results: rewritten("cells.csv", (c, i) => (i === 2 ? c.slice(0, 5) : c)) }),
    /cells\.csv: row 4: expected 7 cells, got 5/,
  ],
  [
    "a number that is none",
    () => ({
      results: rewritten("nan.csv", (c, i) => (i ? c : [...c.slice(0, 5), "1 NaN 3", c[6]])),
    }),
    /row 2, t\[1\]: expected a finite number, got "NaN"/,
  ],
  [
    "an unknown object",
    () => ({
      results: rewritten("object.csv", (c, i) => (i ? c : [c[0], c[1], "9", ...c.slice(3)])),
    }),
    /row 2, obj_id: expected an object of the data set \(1, 2\), got 9/,
  ],
  [
    "an empty file",
    () => {
      const path = join(folder, "empty.csv");
      writeFileSync(path, "");
      return { results: path };
    },
    /empty\.csv: file: expected an estimate a row, got no estimate/,
  ],
  [
    "a missing model",
    () => ({ dataset: altered("no-model", "models/obj_000002.ply", () => null) }),
    /obj_000002\.ply: file: expected the model of object 2, got no such file/,
  ],
  [
    "a target twice",
    () => ({
      dataset: altered("twice", "test_targets_bop19.json", (text) => {
        const targets = JSON.parse(text);
        return JSON.stringify([...targets, targets[3]]);
      }),
    }),
    /test_targets_bop19\.json: .*expected/,
  ],
  [
    "a target of an image that is not there",
    () => ({
      dataset: altered("image", "test_targets_bop19.json", (text) => {
        const [first, ...others] = JSON.parse(text);
        return JSON.stringify([{ ...first, im_id: 77 }, ...others]);
      }),
    }),
    /expected this image, got none/,
  ],
  [
    "a target of an object without a model",
    () => ({
      dataset: altered("unknown", "test_targets_bop19.json", (text) => {
        const [first, ...others] = JSON.parse(text);
        return JSON.stringify([{ ...first, obj_id: 8 }, ...others]);
      }),
    }),
    /expected an object of models_info\.json \(1, 2\), got another/,
  ],
  ["no data set", () => ({ dataset: join(mini, "models") }), /expected a data set .*BOP/],
  ["no results", () => ({ results: join(folder, "nothing.csv") }), /expected a file of results/],
  [
    "JSON for a data set in BOP layout",
    () => ({ results: join(mini, "test_targets_bop19.json") }),
    /expected results .*got JSON/,
  ],
  [
    "an unknown layout",
    () => ({ layout: "lmm" }),
    /--layout: there is no "lmm"; did you mean lm\?/,
  ],
  ["an unknown switch", () => ({ compatibility: "toolbox" }), /--compatibility: .*toolbox-area/],
  [
    "two rules of areas",
    () => ({ compatibility: "toolbox-area,simpson-area" }),
    /expected one rule of areas/,
  ],
  ["one resample", () => ({ resamples: "1" }), /--resamples: expected 0, or/],
  ["symmetric nonsense", () => ({ symmetric: "some" }), /--symmetric: expected tables, models/],
  ["a symmetric object that is not there", () => ({ symmetric: "1,7" }), /\(1, 2\), got 7/],
  ["tables of an unknown set", () => ({ symmetric: "tables" }), /expected a data set that tables/],
])("pnp-oracle evaluate refuses %s", async (_, options, message) => {
  await expect(run(options())).rejects.toThrow(message);
});

it("pnp-oracle evaluate --compatibility changes only what it names, and says so in every number", async () => {
  const value = async (options: Partial<EvaluateCommandOptions>, column: string) => {
    const report = JSON.parse((await run({ ...options, json: true })).stdout);
    const mean = report.mean[report.columns.indexOf(column)];
    return mean as { value: number; compatibility: string[]; diameters?: number[] };
  };
  const exact = await value({ layout: "ycbv" }, "AUC ADD-S");
  const toolbox = await value({ layout: "ycbv", compatibility: "toolbox-area" }, "AUC ADD-S");
  expect(exact.compatibility).toEqual([]);
  expect(toolbox.value).toBeGreaterThan(exact.value);
  expect(toolbox.compatibility.join()).toContain("right end of every step");
  const ten = await value({ layout: "ycbv", compatibility: "ten-threshold-area" }, "AUC ADD-S");
  expect(ten.value).toBeGreaterThan(exact.value);
  const own = await value({}, "ADD(-S) 0.1d");
  const coded = await value({ compatibility: "hard-coded-linemod-diameters" }, "ADD(-S) 0.1d");
  expect(coded.diameters?.map((d) => d.toFixed(8))).toEqual(["102.09865663", "247.50624233"]);
  expect(own.diameters?.[0]).toBeCloseTo(150, 4);
  expect((await value({ compatibility: "area-as-mean" }, "ADD(-S) area")).value).toBeGreaterThan(0);
  // ADD-S of every object is at least as forgiving as ADD.
  const every = await value({ symmetric: "1,2" }, "ADD(-S) 0.02d");
  expect(every.value).toBeGreaterThan((await value({}, "ADD(-S) 0.02d")).value);
});

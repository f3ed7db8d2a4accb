import { expect, it } from "vitest";
import { standaloneSvg, studyFigure } from "../../src/report/study-figure.js";
import { digits, studyJson, studyTable, withError } from "../../src/report/study-numbers.js";
import { studyHtml } from "../../src/report/study-page.js";
import type { Figure, Study, StudyRun, Summary } from "../../src/study/index.js";

const of = (mean: number, error = 0.1): Summary => ({ mean, error, count: 3, missing: 0 });

const figure: Figure = {
  ...{ name: "growth", caption: "How <it> grows.", x: "size", y: "value", at: [1, 10, 100] },
  logarithmic: true,
  series: [
    { name: "one", cells: ["a", "b", "c"], measure: "value" },
    { name: "listed", cells: ["a"], measure: "curve" },
  ],
};
const study: Study = {
  ...{ name: "sample", sentence: "Does it <grow>?", revision: 2, remarks: ["It does & will."] },
  full: { repetitions: 3 },
  quick: { repetitions: 3 },
  cells: () => [],
  measure: () => ({}),
  printed: [{ cell: "b", measure: "value", value: 0.593, source: "[LC2023] Table 3" }],
  figures: () => [figure],
};
const run: StudyRun = {
  ...{ study: "sample", version: "0.0.0", revision: 2, seed: "s", settings: study.full },
  ...{ complete: true, reused: 1, others: 0 },
  cells: ["a", "b", "c"].map((id, i) => ({
    ...{ id, factors: {} },
    measures: { value: [of(i + 1)], curve: [of(3), of(Number.NaN, Number.NaN), of(1)] },
  })),
};

it("studyTable(study, run) puts what a document prints beside the number it belongs to", () => {
  const lines = studyTable(study, run).split("\n");
  const row = lines.find((line) => line.startsWith("b "));
  expect(row).toMatch(/^b +value +2\.000 ± 0\.100 +0\.593 +\[LC2023\] Table 3$/);
  expect(lines.find((line) => line.startsWith("a "))).not.toContain("0.593");
  expect(lines.join("\n")).not.toContain("curve");
  expect(lines).toContain("· It does & will.");
  expect(lines.at(-2)).toContain("1 taken up from an earlier run");
});

it("studyHtml(study, run) escapes what it is given and holds every number and figure", () => {
  const page = studyHtml(study, run);
  expect(page).toContain("Does it &#60;grow&#62;?");
  expect(page).toContain("It does &#38; will.");
  for (const text of ["2.000 ± 0.100", "0.593", "[LC2023] Table 3"]) expect(page).toContain(text);
  expect(page.match(/<svg /g)).toHaveLength(1);
});

it("studyJson(study, run) writes what is no number as a string", () => {
  const { cells, printed } = JSON.parse(studyJson(study, run));
  expect(cells[0].measures.curve[1].mean).toBe("NaN");
  expect(printed).toEqual(study.printed);
});

it("studyFigure(run, figure) draws a bar of one error at every point that was measured", () => {
  const svg = studyFigure(run, figure);
  const paths = (colour: number) =>
    [...svg.matchAll(/<path d="([^"]+)"[^>]*stroke="var\(--series-(\d)\)"/g)].filter(
      ([, , series]) => series === `${colour}`,
    );
  // Three bars of the first series, two of the second: each is a move and a line, straight up.
  for (const [series, count] of [
    [0, 3],
    [1, 2],
  ]) {
    const bars = paths(series).flatMap(([, d]) =>
      [...d.matchAll(/M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)/g)].filter(([, x0, , x1]) => x0 === x1),
    );
    expect(bars).toHaveLength(count);
    // Means 1 apart, and bars from 0.1 below to 0.1 above; coordinates are rounded to half a pixel.
    const [[low, high], [nextLow, nextHigh]] = bars.map(([, , y0, , y1]) => [+y0, +y1]);
    const apart = Math.abs(low + high - nextLow - nextHigh) / 2;
    expect(Math.abs((low - high) * (series === 0 ? 5 : 10) - apart)).toBeLessThan(10);
  }
  expect(svg).toContain("listed");
  const small = { ...figure, at: [0.003, 0.03, 0.3] };
  expect(studyFigure(run, small)).toContain(">0.003</text>");
  const file = standaloneSvg(svg);
  expect(file).not.toContain("var(");
  // The light colour of the first series, not the dark one.
  expect(file).toContain("#1f77b4");
  expect(file).not.toContain("#58a6e0");
});

it("withError and digits keep what is small apart from zero", () => {
  expect(withError(of(0.5387, 0.0112))).toBe("0.539 ± 0.011");
  expect(withError(of(0.5, Number.NaN))).toBe("0.500");
  expect(withError(of(Number.NaN))).toBe("–");
  expect([0, 2e-5, 12345].map(digits)).toEqual(["0.000", "2.00e-5", "1.23e+4"]);
});

/** The pictures of a report: what each shows, and what it is drawn from. */
import type { ClaimReport, FileReport, ProblemFinding } from "../audit/report.js";
import { axis, drawing, grid, ink, seriesColour, soft } from "./drawing.js";

/** Relative errors below this are drawn on it: log axes have no zero. */
const floor = 1e-17;
/** Relative errors above this, and those that are not numbers, are drawn on it. */
const ceiling = 1e3;

export const plot = { left: 62, right: 16, top: 14, bottom: 46 };
export const labels = { color: soft, fontSize: 11, hideOverlap: true };
export const power = { formatter: (value: number) => powerOfTen(value) };

/** "10⁻¹⁵" for a decade, nothing between decades. */
function powerOfTen(value: number): string {
  const digits = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  const decade = Math.round(Math.log10(value));
  if (decade === 0) return "1";
  const raised = [...`${Math.abs(decade)}`].map((digit) => digits[Number(digit)]).join("");
  return `10${decade < 0 ? "⁻" : ""}${raised}`;
}

export function drawable(error: number): number {
  return Number.isNaN(error) ? ceiling : Math.min(ceiling, Math.max(floor, error));
}

/** Decades that hold every value, with room to see them. */
export function decades(values: readonly number[], least: number): { min: number; max: number } {
  const logs = values.map((value) => Math.log10(value));
  const low = Math.floor(Math.min(...logs) + 1e-9);
  const high = Math.ceil(Math.max(...logs) - 1e-9);
  const spare = Math.max(0, least - (high - low));
  return { min: 10 ** (low - Math.ceil(spare / 2)), max: 10 ** (high + Math.floor(spare / 2)) };
}

/** A log axis of relative errors over these values, a label every few decades. */
export function errorAxis(errors: readonly number[]): Record<string, unknown> {
  const { min, max } = decades(errors, 3);
  const [low, high] = [Math.round(Math.log10(min)), Math.round(Math.log10(max))];
  const step = high - low > 8 ? 4 : 1;
  const marks = Array.from(
    { length: Math.floor((high - low) / step) + 1 },
    (_, i) => 10 ** (high - i * step),
  );
  return axis("relative error", {
    type: "log",
    min,
    max,
    nameGap: 44,
    axisLine: { onZero: false, lineStyle: { color: grid } },
    axisTick: { customValues: marks, lineStyle: { color: grid } },
    axisLabel: { ...labels, ...power, customValues: marks },
  });
}

const filled = (color: string) => ({ symbol: "circle", itemStyle: { color, opacity: 0.85 } });
const hollow = (color: string) => ({
  symbol: "circle",
  itemStyle: { color: "transparent", borderColor: color, borderWidth: 1.2 },
});

/** Problems drawn in one colour. */
export interface Series {
  readonly problems: readonly ProblemFinding[];
  readonly colour: string;
}

/** One series a claim, in the colours of the file's table. */
export function fileSeries(file: FileReport): Series[] {
  return file.claims.map(({ perProblem }, i) => ({
    problems: perProblem,
    colour: seriesColour(i),
  }));
}

/** Relative error of each problem: against truth a dot, against the explanation a ring, budget a dash. */
export function errorPerProblem(file: FileReport): string {
  const claims = fileSeries(file).filter(({ problems }) => problems.length > 0);
  if (claims.length === 0) return "";
  const step = 0.7 / claims.length;
  const drawn = claims.flatMap(({ problems, colour }, i) => {
    const at = (p: number) => p + (i - (claims.length - 1) / 2) * step;
    const dots = problems.map((f, p) => [at(p), drawable(f.relativeError)]);
    const rings = problems.flatMap((f, p) =>
      f.explanationError === null ? [] : [[at(p), drawable(f.explanationError)]],
    );
    const dashes = problems.map((f, p) => [at(p), drawable(f.budget)]);
    return [
      { type: "scatter", symbolSize: 6, data: dots, ...filled(colour) },
      { type: "scatter", symbolSize: 6, data: rings, ...hollow(colour) },
      {
        type: "scatter",
        symbolSize: [9, 2],
        symbol: "rect",
        itemStyle: { color: ink },
        data: dashes,
      },
    ];
  });
  const errors = drawn.flatMap(({ data }) => data.map(([, error]) => error));
  const last = Math.max(...claims.map(({ problems }) => problems.length)) - 1;
  const whole = { formatter: (value: number) => (Number.isInteger(value) ? `${value}` : "") };
  return drawing(
    {
      grid: plot,
      xAxis: axis("problem", {
        type: "value",
        min: -0.5,
        max: last + 0.5,
        splitLine: { show: false },
        axisTick: { show: false },
        axisLabel: { ...labels, ...whole, customValues: everyFew(last) },
      }),
      yAxis: errorAxis(errors),
      series: drawn,
    },
    { width: 520, height: 280 },
    `Relative error of each problem of ${file.file}, on a logarithmic scale with its budget`,
  );
}

/** Up to about fourteen whole numbers from 0 to last. */
function everyFew(last: number): number[] {
  const step = Math.max(1, Math.ceil((last + 1) / 14));
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, i) => i * step);
}

/** Relative error against depth spread: what a wrong weighting by depth leaves as a rising line. */
export function errorAgainstDepth(all: readonly Series[]): string {
  const spread = ({ depthRatio }: ProblemFinding) => depthRatio - 1;
  const shown = all.map(({ problems, colour }) => ({
    colour,
    problems: problems.filter((f) => spread(f) > 0 && Number.isFinite(spread(f))),
  }));
  const spreads = shown.flatMap(({ problems }) => problems.map(spread));
  if (spreads.length === 0) return "";
  const dot = (f: ProblemFinding) => [spread(f), drawable(f.relativeError)];
  const ring = (f: ProblemFinding) =>
    f.explanationError === null ? [] : [[spread(f), drawable(f.explanationError)]];
  const drawn = shown.flatMap(({ colour, problems }) => [
    { type: "scatter", symbolSize: 6, data: problems.map(dot), ...filled(colour) },
    { type: "scatter", symbolSize: 6, data: problems.flatMap(ring), ...hollow(colour) },
  ]);
  return drawing(
    {
      grid: plot,
      xAxis: axis("depth spread: greatest over least depth, minus 1", {
        type: "log",
        ...decades(spreads, 1),
        axisLabel: { ...labels, ...power },
      }),
      yAxis: errorAxis(drawn.flatMap(({ data }) => data.map(([, error]) => error))),
      series: drawn,
    },
    { width: 520, height: 280 },
    "Relative error of each problem against the depth spread of its points",
  );
}

/** Entries drawn at most: more would hide each other and weigh the page down. */
const most = 160;

/** Each entry claimed against its truth: right ones lie on the diagonal, explained ones in a ring. */
export function claimAgainstTruth(claim: ClaimReport, colour: string): string {
  const stride = Math.max(1, Math.ceil(claim.entries.length / most));
  const entries = claim.entries.filter(
    ([truth, claimed], i) => i % stride === 0 && Number.isFinite(truth) && Number.isFinite(claimed),
  );
  if (entries.length === 0) return "";
  // A signed root opens up the small entries, which a few large ones would press into the origin.
  const root = (value: number) => Math.sign(value) * Math.sqrt(Math.abs(value));
  const values = entries.flatMap((entry) => entry.filter(Number.isFinite).map(Math.abs));
  const largest = Math.max(...values, Number.MIN_VALUE);
  const at = (value: number) => root(value / largest);
  const explained = entries.filter(([, , explanation]) => Number.isFinite(explanation));
  const marks = [-1, -0.5, -0.1, 0, 0.1, 0.5, 1];
  const scale = (name: string, gap: number) =>
    axis(name, {
      type: "value",
      min: -1.05,
      max: 1.05,
      nameGap: gap,
      splitLine: { show: false },
      axisTick: { customValues: marks.map(root), lineStyle: { color: grid } },
      axisLabel: {
        ...labels,
        customValues: marks.map(root),
        formatter: (value: number) => `${Number((value * Math.abs(value)).toFixed(2))}`,
      },
    });
  return drawing(
    {
      grid: plot,
      xAxis: scale("truth, over the largest entry (root scale)", 28),
      yAxis: scale("claim", 36),
      series: [
        {
          type: "line",
          symbol: "none",
          lineStyle: { color: soft, width: 1 },
          data: [
            [-1.05, -1.05],
            [1.05, 1.05],
          ],
        },
        {
          type: "scatter",
          symbolSize: 8,
          data: explained.map(([truth, , explanation]) => [at(truth), at(explanation)]),
          ...hollow(ink),
        },
        {
          type: "scatter",
          symbolSize: 4,
          data: entries.map(([truth, claimed]) => [at(truth), at(claimed)]),
          ...filled(colour),
        },
      ],
    },
    { width: 320, height: 280 },
    `Entries of ${claim.quantity} as claimed against the truth`,
  );
}

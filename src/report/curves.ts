/** Curves of a report on logarithmic axes: sweeps over step sizes, and what an error goes with. */
import type { Correlation, Sweep } from "../audit/report.js";
import { axis, drawing, ink, seriesColour, soft } from "./drawing.js";
import { decades, drawable, errorAxis, labels, plot, power } from "./pictures.js";

const size = { width: 520, height: 280 };
const claimed = seriesColour(5);
const right = seriesColour(2);

type Curve = readonly (readonly [number, number])[];

function line(data: Curve, color: string, dashed = false): Record<string, unknown> {
  return {
    type: "line",
    symbol: dashed ? "none" : "circle",
    symbolSize: 5,
    data,
    itemStyle: { color },
    lineStyle: { color, width: dashed ? 1 : 1.8, type: dashed ? "dashed" : "solid" },
  };
}

function stepped(name: string, curves: readonly Record<string, unknown>[], title: string): string {
  const values = curves.flatMap(({ data }) => (data as Curve).map(([, y]) => y));
  return drawing(
    {
      grid: plot,
      xAxis: axis("step h", {
        type: "log",
        min: 1e-8,
        max: 1,
        axisLabel: { ...labels, ...power },
      }),
      yAxis: { ...errorAxis(values), name },
      series: curves,
    },
    size,
    title,
  );
}

const curve = ({ steps }: Sweep, values: readonly number[]): Curve =>
  steps.map((h, k) => [h, drawable(values[k])]);

/** Taylor's remainder of claim and truth against the step, with the slopes 1 and 2 as dashes. */
export function remainderPicture(sweep: Sweep): string {
  const guide = (order: number): Curve =>
    sweep.steps.map((h) => [h, drawable(0.3 * h ** order)] as const).filter(([, y]) => y > 1e-17);
  return stepped(
    "remainder",
    [
      line(guide(1), soft, true),
      line(guide(2), soft, true),
      line(curve(sweep, sweep.truth), right),
      line(curve(sweep, sweep.claim), claimed),
    ],
    "Taylor remainder of claim and truth against the step size",
  );
}

/** Distance of central differences from claim and truth against the step. */
export function differencePicture(sweep: Sweep): string {
  return stepped(
    "distance",
    [
      line(curve(sweep, sweep.truthDifference), right),
      line(curve(sweep, sweep.claimDifference), claimed),
    ],
    "Distance of central differences from claim and truth against the step size",
  );
}

/** An unexplained error against what it goes with. */
export function correlationPicture({ factor, measure, pairs }: Correlation): string {
  const finite = pairs.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  if (finite.length < 2) return "";
  const signed = finite.some(([, y]) => y < 0);
  const spread = { type: "value", scale: true, axisLabel: labels };
  const data = signed ? finite : finite.map(([x, y]) => [x, drawable(y)]);
  const range = decades(
    data.map(([, y]) => Math.abs(y)).filter((y) => y > 0),
    1,
  );
  return drawing(
    {
      grid: plot,
      xAxis: axis(factor, spread),
      yAxis: signed
        ? axis(measure, { ...spread, nameGap: 44 })
        : { ...errorAxis([range.min, range.max]), name: measure },
      series: [{ type: "scatter", symbolSize: 6, data, itemStyle: { color: ink, opacity: 0.7 } }],
    },
    size,
    `${measure} against ${factor}`,
  );
}

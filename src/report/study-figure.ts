/** A study's figure: curves over a factor or over steps, with bars of one standard error over seeds. */
import { LegendComponent } from "echarts/components";
import * as echarts from "echarts/core";
import type { StudyRun } from "../study/run.js";
import type { Summary } from "../study/statistics.js";
import type { Figure } from "../study/study.js";
import { axis, drawing, seriesColour, soft } from "./drawing.js";
import { stylesheet } from "./stylesheet.js";

echarts.use([LegendComponent]);

/** Bars beyond which they would touch each other; a curve of more points gets every so many. */
const MOST_BARS = 30;
/** Points up to which each is marked by a dot. */
const MOST_DOTS = 12;

type Point = readonly [number, number];
/** A point that was not measured. */
const nothing = { mean: Number.NaN, error: Number.NaN };
/** Where a line is broken. */
const gap: Point = [Number.NaN, Number.NaN];

/** SVG of a figure of a run, for a page that has the stylesheet's colours. */
export function studyFigure(
  { cells }: Pick<StudyRun, "cells">,
  figure: Figure,
  size: { readonly width: number; readonly height: number } = { width: 560, height: 320 },
): string {
  const curves = figure.series.map((series) => {
    const values = summaries(cells, series.cells, series.measure);
    if (series.across === undefined)
      return figure.at.map((x, i) => ({ x, ...(values[i] ?? nothing) }));
    const abscissas = summaries(cells, series.cells, series.across);
    // A path is one course of things, not a mean with an error.
    return values.map(({ mean }, i) => ({ x: abscissas[i]?.mean ?? Number.NaN, mean, error: NaN }));
  });
  const xs = curves.flatMap((curve) => curve.map(({ x }) => x)).filter(Number.isFinite);
  const every = Math.ceil(figure.at.length / MOST_BARS);
  const lines = curves.flatMap((curve, i) => {
    const colour = { color: seriesColour(i) };
    const bars = curve
      .filter(({ error }, k) => k % every === 0 && Number.isFinite(error))
      .flatMap(({ x, mean, error }) => [[x, mean - error], [x, mean + error], gap]);
    const drawn = { type: "line", itemStyle: colour, silent: true };
    return [
      {
        ...{ ...drawn, name: figure.series[i].name, lineStyle: { ...colour, width: 1.8 } },
        data: curve.map(({ x, mean }, k) => (alone(curve, k) ? dot([x, mean]) : [x, mean])),
        ...(curve.length > MOST_DOTS ? { symbol: "none" } : { symbol: "circle", symbolSize: 5 }),
      },
      { ...drawn, data: bars, symbol: "none", lineStyle: { ...colour, width: 1, opacity: 0.7 } },
    ];
  });
  return drawing(
    {
      grid: { left: 60, right: 20, top: 40, bottom: 48 },
      legend: {
        data: figure.series.map(({ name }) => name),
        ...{ top: 4, icon: "roundRect", itemHeight: 4, itemWidth: 18 },
        textStyle: { color: soft, fontSize: 12 },
      },
      xAxis: axis(figure.x, {
        ...(figure.logarithmic
          ? { type: "log", axisLabel: { color: soft, fontSize: 11, formatter: short } }
          : { type: "value" }),
        min: Math.min(...xs),
        max: Math.max(...xs),
      }),
      yAxis: axis(figure.y, {
        ...{ type: "value", scale: true, nameGap: 42, inverse: figure.downward === true },
      }),
      series: lines,
    },
    size,
    figure.caption,
  );
}

/** A tick of a logarithmic axis: powers of ten come out of it with a rounding error. */
function short(value: number): string {
  const rounded = Number(value.toPrecision(12));
  if (rounded >= 1e-3 && rounded < 1e5) return String(rounded);
  return rounded.toExponential().replace("e+", "e").replace("e-", "e−");
}

/** Whether neither neighbour of a point can be drawn, and a line would not show it. */
const alone = (curve: readonly { readonly mean: number }[], k: number): boolean =>
  curve.length > MOST_DOTS &&
  Number.isFinite(curve[k].mean) &&
  ![curve[k - 1], curve[k + 1]].some((next) => next && Number.isFinite(next.mean));

const dot = (value: Point) => ({ value, symbol: "circle", symbolSize: 6 });

/** The numbers of a series: one a cell, or the entries of one cell's list. */
function summaries(cells: StudyRun["cells"], ids: readonly string[], measure: string): Summary[] {
  return ids.flatMap((id) => [...(cells.find((cell) => cell.id === id)?.measures[measure] ?? [])]);
}

/** The same SVG as a file of its own: light colours written out, on white. */
export function standaloneSvg(svg: string): string {
  const light = new Map([...stylesheet.matchAll(/(--[\w-]+): (#\w+)/g)].reverse().map(pair));
  return `${svg
    .replace(/var\((--[\w-]+)\)/g, (found, name) => light.get(name) ?? found)
    .replace(/(<svg [^>]*>)/, '$1<rect width="100%" height="100%" fill="#ffffff"/>')
    .replace(/></g, ">\n<")}\n`;
}

const pair = ([, name, colour]: RegExpExecArray): [string, string] => [name, colour];

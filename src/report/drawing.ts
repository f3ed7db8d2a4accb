/**
 * Pictures as inline SVG, drawn by echarts on the server side: no DOM and no script in the page.
 *
 * Colours are written as keys and replaced by CSS variables afterwards, so that one picture serves
 * light and dark pages alike; echarts itself has to see colours that it can parse.
 */
import { HeatmapChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

echarts.use([HeatmapChart, LineChart, ScatterChart, GridComponent, SVGRenderer]);

/** Colour keys and the CSS variables they stand for. */
const variables = {
  "#010203": "--ink",
  "#020304": "--soft",
  "#030405": "--grid",
  "#040506": "--series-0",
  "#050607": "--series-1",
  "#060708": "--series-2",
  "#070809": "--series-3",
  "#08090a": "--series-4",
  "#090a0b": "--series-5",
  "#0a0b0c": "--series-6",
  "#0b0c0d": "--series-7",
} as const;

const keys = Object.keys(variables) as (keyof typeof variables)[];
export const ink = keys[0];
export const soft = keys[1];
export const grid = keys[2];

/** Colour key of the i-th series; eight are told apart. */
export function seriesColour(i: number): string {
  return keys[3 + (i % 8)];
}

/** CSS variable of the i-th series, for legends beside a picture. */
export function seriesVariable(i: number): string {
  return `--series-${i % 8}`;
}

/** An axis of these pictures: thin, without a box, its name in the middle. */
export function axis(name: string, rest: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name,
    nameLocation: "middle",
    nameGap: 28,
    nameTextStyle: { color: soft, fontSize: 12 },
    axisLabel: { color: soft, fontSize: 11, hideOverlap: true },
    axisLine: { show: true, lineStyle: { color: grid } },
    axisTick: { lineStyle: { color: grid } },
    splitLine: { lineStyle: { color: grid, width: 0.5 } },
    ...rest,
  };
}

/** SVG of an echarts option, with a text alternative. */
export function drawing(
  option: Record<string, unknown>,
  size: { width: number; height: number },
  alternative: string,
): string {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, ...size });
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: "inherit" }, ...option });
    return named(styled(chart.renderToSVGString(), alternative));
  } finally {
    // Without this the chart's clock keeps the process alive.
    chart.dispose();
  }
}

/**
 * echarts numbers the charts of a process, and clip paths by them: the same picture would differ from run to
 * run. Here they are numbered by what is drawn, so that two charts of one page do not clip each other.
 */
function named(svg: string): string {
  const numbered = /\bzr\d+-/g;
  let digest = 0;
  for (const character of svg.replaceAll(numbered, "")) {
    digest = (Math.imul(digest, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  }
  return svg.replaceAll(numbered, `clip-${digest.toString(36)}-`);
}

function styled(svg: string, alternative: string): string {
  let text = svg
    .replace(/<style[^>]*>[\s\S]*?<\/style>/g, "")
    .replace(/ class="[^"]*"/g, "")
    .replace(/ (pointer-events|ecmeta_\w+)="[^"]*"/g, "")
    .replace(circle, roundDot)
    .replace(/<rect [^>]*fill="none"><\/rect>/, "")
    // Coordinates, not the text of labels.
    .replace(/(?<![>\d-])-?\d+\.\d{3,}/g, (number) => `${Number(Number(number).toFixed(2))}`)
    .replace("<svg ", `<svg role="img" aria-label="${attribute(alternative)}" `);
  for (const key of keys) text = text.replaceAll(key, `var(${variables[key]})`);
  return text;
}

/** A dot as echarts writes it: a path on the unit circle, scaled and moved. */
const circle =
  /<path d="M1 0A1[^"]*" transform="matrix\(([^,]+),0,0,[^,]+,([^,]+),([^)]+)\)"([^>]*)><\/path>/g;

/** The same dot in a third of the characters; its outline is no longer scaled with it. */
function roundDot(_: string, radius: string, x: string, y: string, rest: string): string {
  const outline = rest.replace(/stroke-width="([^"]+)"/, (_, width) => {
    return `stroke-width="${Number(width) * Number(radius)}"`;
  });
  const at = (value: string) => Number(Number(value).toFixed(1));
  return `<circle cx="${at(x)}" cy="${at(y)}" r="${radius}"${outline}/>`;
}

function attribute(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

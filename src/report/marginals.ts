/** Pictures of a posterior's marginals: weighted histograms, and curves to hold them against. */
import { axis, drawing, seriesColour } from "./drawing.js";

/** A density over one coordinate, as [coordinate, density] in order. */
export interface DensityCurve {
  readonly points: readonly (readonly [number, number])[];
  /** Which series' colour: 0 to 7. */
  readonly series: number;
  /** Whether it is drawn as the steps of a histogram. Default: false. */
  readonly steps?: boolean;
}

/**
 * Density of weighted values in bins of equal width over [low, high], at the bins' centres. Values
 * outside are left out, but their weight counts, so that what is shown integrates to the share inside.
 */
export function weightedHistogram(
  values: ArrayLike<number>,
  weights: ArrayLike<number>,
  low: number,
  high: number,
  bins: number,
): [number, number][] {
  const width = (high - low) / bins;
  const mass = new Float64Array(bins);
  let total = 0;
  for (let j = 0; j < values.length; j++) {
    total += weights[j];
    const bin = values[j] === high ? bins - 1 : Math.floor((values[j] - low) / width);
    if (bin >= 0 && bin < bins) mass[bin] += weights[j];
  }
  return Array.from(mass, (m, bin) => [low + (bin + 0.5) * width, m / (total * width)]);
}

/** Mean and standard deviation of weighted values. */
export function weightedSpread(
  values: ArrayLike<number>,
  weights: ArrayLike<number>,
): { readonly mean: number; readonly deviation: number } {
  let total = 0;
  let mean = 0;
  let square = 0;
  for (let j = 0; j < values.length; j++) {
    if (weights[j] === 0) continue;
    total += weights[j];
    const step = values[j] - mean;
    mean += (step * weights[j]) / total;
    square += weights[j] * step * (values[j] - mean);
  }
  return { mean, deviation: Math.sqrt(square / total) };
}

/** The normal density of this mean and deviation at `count` points over [low, high]. */
export function normalCurve(
  mean: number,
  deviation: number,
  low: number,
  high: number,
  count = 201,
): [number, number][] {
  return Array.from({ length: count }, (_, i) => {
    const x = low + ((high - low) * i) / (count - 1);
    const z = (x - mean) / deviation;
    return [x, Math.exp(-0.5 * z * z) / (deviation * Math.sqrt(2 * Math.PI))];
  });
}

/** SVG of densities over one coordinate, `name` with its unit. */
export function densityPicture(
  name: string,
  curves: readonly DensityCurve[],
  alternative: string,
  size: { readonly width: number; readonly height: number } = { width: 320, height: 220 },
): string {
  const xs = curves.flatMap(({ points }) => points.map(([x]) => x));
  return drawing(
    {
      grid: { left: 52, right: 16, top: 14, bottom: 46 },
      xAxis: axis(name, { type: "value", min: Math.min(...xs), max: Math.max(...xs) }),
      yAxis: axis("density", { type: "value", min: 0, nameGap: 36 }),
      series: curves.map(({ points, series, steps }) => ({
        type: "line",
        data: points,
        symbol: "none",
        ...(steps
          ? { step: "middle", areaStyle: { color: seriesColour(series), opacity: 0.2 } }
          : {}),
        lineStyle: { color: seriesColour(series), width: 1.6 },
        itemStyle: { color: seriesColour(series) },
      })),
    },
    size,
    alternative,
  );
}

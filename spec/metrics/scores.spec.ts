import { expect, it } from "vitest";
import {
  accuracy,
  averageRecall,
  interpolatedPrecision,
  jointAccuracy,
  jointAccuracyMean,
  mspdThresholds,
  mssdThresholds,
  vsdAverageRecall,
} from "../../src/metrics/accuracy.js";
import {
  elevenPointArea,
  exactArea,
  interpolatedArea,
  simpsonArea,
  tenThresholdArea,
  toolboxArea,
} from "../../src/metrics/area.js";
import { bootstrapIntervals, resampledMean } from "../../src/metrics/bootstrap.js";
import { toolboxAreaOfNoneIsZero } from "../../src/metrics/published.js";
import { timingSummary } from "../../src/metrics/timing.js";
import { stream } from "../../src/random/stream.js";

const ε = Number.EPSILON;
const L = 0.1;
const drawn = (i: number, n = 50) => {
  const draw = stream("metrics/areas").at(i);
  return Float64Array.from({ length: n }, () => 0.15 * draw.uniform());
};

it("an error on its threshold is a miss, and so are NaN and a missing estimate", () => {
  const errors = Float64Array.of(1, 2, Number.NaN, Infinity, 0);
  expect(accuracy(errors, 2)).toBe(2 / 5);
  expect(accuracy(errors, 2.5)).toBe(3 / 5);
  expect(accuracy(new Float64Array(0), 1)).toBeNaN();
  expect(jointAccuracy(Float64Array.of(1, 1, 3), 2, Float64Array.of(1, 5, 1), 2)).toBe(1 / 3);
  expect(averageRecall(errors, [1, 2, 3])).toBeCloseTo((1 + 2 + 3) / 15, 15);
});

it("jointAccuracyMean(angles, lengths) is the mean of n°, n cm over n = 1 … 10", () => {
  const angles = Float64Array.of(0.5, 2.5, 0.1, 40).map((x) => (x * Math.PI) / 180);
  const lengths = Float64Array.of(5, 5, 65, 1);
  // Millimetres: right from n = 1, from n = 3, from n = 7, and never.
  expect(jointAccuracyMean(angles, lengths, 10)).toBeCloseTo((10 + 8 + 4) / 40, 15);
});

it("exactArea of three errors is the area under three steps", () => {
  // F̂ is 0, 1/3, 2/3, 1 between 0, 0.02, 0.05 and 0.1 of 0.1.
  expect(exactArea(Float64Array.of(0.02, 0.05, 0.3), L)).toBeCloseTo(0.3 / 3 + (2 * 0.5) / 3, 14);
  expect(exactArea(Float64Array.of(Number.NaN, Infinity, 0), L)).toBeCloseTo(1 / 3, 15);
});

it("toolboxArea is exactArea and e_max/(n L); a single error of 0.088 scores 1 and none NaN", () => {
  for (let i = 0; i < 20; i++) {
    const errors = drawn(i);
    const most = Math.max(...errors.filter((e) => e <= L));
    const excess = toolboxArea(errors, L) - exactArea(errors, L) - most / errors.length / L;
    // Fifty steps of at most 1 are added on either side.
    expect(Math.abs(excess)).toBeLessThan(100 * ε);
  }
  expect(toolboxArea(Float64Array.of(0.088), L)).toBeCloseTo(1, 15);
  expect(toolboxArea(Float64Array.of(0.2), L)).toBeNaN();
  expect(toolboxArea(new Float64Array(0), L)).toBeNaN();
  expect(toolboxAreaOfNoneIsZero(Float64Array.of(0.2), L)).toBe(0);
});

it("tenThresholdArea is above exactArea, and elevenPointArea 10/11 of it", () => {
  for (let i = 0; i < 20; i++) {
    const errors = drawn(i);
    expect(tenThresholdArea(errors, L)).toBeGreaterThanOrEqual(exactArea(errors, L) - 50 * ε);
    expect(elevenPointArea(errors, L)).toBeCloseTo((10 / 11) * tenThresholdArea(errors, L), 15);
  }
  expect(tenThresholdArea(Float64Array.of(0.1), L)).toBe(0);
});

it("simpsonArea is within a thousandth of exactArea, and 0.999 less a sixth of a node for no errors at all", () => {
  for (let i = 0; i < 10; i++) {
    const errors = drawn(i);
    expect(Math.abs(simpsonArea(errors, L) - exactArea(errors, L))).toBeLessThan(1.5e-3);
  }
  // The node at 0 counts as a failure: Simpson's third of it and half a trapezoid are lost, averaged.
  expect(simpsonArea(new Float64Array(7), L)).toBeCloseTo((999 - 5 / 12) / 1000, 12);
});

it("interpolatedArea of a perfect estimator is 1, and of one error 1 − e/L", () => {
  expect(interpolatedArea(new Float64Array(5), L)).toBe(1);
  expect(interpolatedArea(Float64Array.of(0.04), L)).toBeCloseTo(0.6, 14);
  expect(interpolatedArea(Float64Array.of(0.2), L)).toBe(0);
});

it("thresholds grow with the image and the diameter", () => {
  expect([...mspdThresholds(1280)]).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
  expect(mssdThresholds(200)[0]).toBe(10);
  expect(vsdAverageRecall(Float64Array.of(0, 1, 0.2, 0.6), 2)).toBeCloseTo((1 + 0.6) / 4, 15);
  expect(interpolatedPrecision(Float64Array.of(0.5), Float64Array.of(1))).toBeCloseTo(51 / 101, 15);
});

it("bad numbers are refused by name", () => {
  expect(() => accuracy(Float64Array.of(1), 0)).toThrow(
    "accuracy: expected a positive, finite limit, got 0",
  );
  expect(() => accuracy(Float64Array.of(-1), 1)).toThrow(
    "accuracy: expected errors >= 0, got -1 at 0",
  );
  expect(() => averageRecall(Float64Array.of(1), [])).toThrow("at least one threshold");
  expect(() => jointAccuracy(new Float64Array(2), 1, new Float64Array(1), 1)).toThrow(
    "two errors for each estimate, got 2 and 1",
  );
  expect(() => mspdThresholds(0)).toThrow("positive image width, got 0");
  expect(() => mssdThresholds(-1)).toThrow("positive diameter, got -1");
  expect(() => vsdAverageRecall(new Float64Array(3), 2)).toThrow("whole rows of 2, got 3 numbers");
  expect(() => interpolatedPrecision(Float64Array.of(2), Float64Array.of(1))).toThrow(
    "shares in 0 … 1, got 2",
  );
});

it("bootstrapIntervals(n, [mean]) holds the true mean about as often as it says, and repeats", () => {
  let held = 0;
  const trials = 200;
  for (let i = 0; i < trials; i++) {
    const draw = stream("metrics/bootstrap").at(i);
    const values = Float64Array.from({ length: 60 }, () => draw.normal());
    const [interval] = bootstrapIntervals(60, [resampledMean(values)], {
      seed: `trial ${i}`,
      resamples: 200,
      level: 0.9,
    });
    if (interval.low <= 0 && 0 <= interval.high) held++;
  }
  // A binomial of 0.9, less what the percentile bootstrap of 60 values falls short by, about 0.015.
  const deviation = Math.sqrt((0.9 * 0.1) / trials);
  expect(Math.abs(held / trials - 0.885)).toBeLessThan(4 * deviation);
  const values = drawn(0);
  const run = () => bootstrapIntervals(50, [resampledMean(values)], { resamples: 20 });
  expect(run()).toEqual(run());
});

it("bootstrapIntervals with groups draws whole groups: rows that repeat one number say no more than it", () => {
  const values = Float64Array.from({ length: 100 }, (_, i) => Math.floor(i / 10));
  const groups = values;
  const width = ({ low, high }: { low: number; high: number }) => high - low;
  const [grouped] = bootstrapIntervals(100, [resampledMean(values)], { groups, resamples: 300 });
  const [single] = bootstrapIntervals(100, [resampledMean(values)], { resamples: 300 });
  const [ten] = bootstrapIntervals(
    10,
    [resampledMean(Float64Array.from({ length: 10 }, (_, i) => i))],
    { resamples: 300 },
  );
  expect(grouped).toEqual(ten);
  expect(width(grouped)).toBeGreaterThan(2 * width(single));
  expect(() => bootstrapIntervals(0, [])).toThrow("at least one row, got 0");
  expect(() => bootstrapIntervals(2, [], { level: 1 })).toThrow("a level in (0, 1), got 1");
  expect(() => bootstrapIntervals(2, [], { groups: [1] })).toThrow("expected 2 groups, got 1");
});

it("timingSummary(seconds) leaves the warm-up out, and of a null operation is 0", () => {
  const summary = timingSummary([9, 1, 2, 3, 6], 1);
  expect(summary).toMatchObject({
    mean: 3,
    median: 2.5,
    totalSeconds: 12,
    totalMinutes: 0.2,
    runs: 4,
    leftOut: 1,
  });
  expect(summary.standardError).toBeCloseTo(Math.sqrt(14 / 3 / 4), 14);
  expect(timingSummary([5, 0, 0]).mean).toBe(0);
  expect(() => timingSummary([1])).toThrow("more runs than the 1 left out, got 1");
  expect(() => timingSummary([0, -1])).toThrow("seconds >= 0, got -1");
});

import { expect, it } from "vitest";
import { matchErrors } from "../../src/metrics/nuscenes-boxes.js";
import { nuscenesScore } from "../../src/metrics/nuscenes-score.js";

/** A number that is printed to two digits after the point is off by half of the last. */
const half = 0.005;
const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

it("the means that [EProPnP2022] prints for ADD are those of its three columns", () => {
  // Monte Carlo training by itself, and with everything: ADD 0.02d, 0.05d, 0.1d.
  // The mean of three numbers is off by no more than they are, and what is printed by as much again.
  for (const [columns, printed] of [
    [[32.14, 72.83, 92.66], 65.88],
    [[44.81, 81.96, 95.8], 74.19],
  ] as const)
    expect(Math.abs(mean(columns) - printed)).toBeLessThan(2 * half * (1 + 1e4 * Number.EPSILON));
});

it("the differences that [EProPnP2022] and [LC2023] speak of are those of their printed means", () => {
  const mean = { A0: 63.21, A1: 45.75, A2: 52.04, B0: 65.88, B1: 67.76, B2: 73.22, B3: 74.19 };
  const more = { ...mean, C0: 62.8, C1: 57.19 };
  // Sparse keypoints by RANSAC and by weights, without LC and with it.
  const sparse = { ransac: 57.89, weighted: 59.9, ransacLc: 57.74, weightedLc: 61.08 };
  // Exact differences of what is printed: doubles of two digits after the point, subtracted.
  for (const [to, from, printed] of [
    ...[[more.A1, more.A0, -17.46] as const, [more.A2, more.A1, 6.29] as const],
    ...[[more.B0, more.A2, 13.84] as const, [more.B1, more.B0, 1.88] as const],
    ...[[more.B2, more.B1, 5.46] as const, [more.B3, more.B2, 0.97] as const],
    ...[[more.C0, more.B0, -3.08] as const, [more.C1, more.B0, -8.69] as const],
    [sparse.weighted, sparse.ransac, 2.01] as const,
    [sparse.weightedLc, sparse.ransacLc, 3.34] as const,
    [sparse.ransacLc, sparse.ransac, -0.15] as const,
  ])
    expect(Math.abs(to - from - printed)).toBeLessThan(4 * 100 * Number.EPSILON);
});

/** [BackboneStudy]: ADD at 0.02d, 0.05d and 0.1d of each backbone; the areas it prints rise in the same order. */
const add = {
  ResNet: [32.99, 73.28, 92.59],
  Swin: [36.13, 76.39, 94.55],
  ConvNeXt: [38.28, 77.11, 94.27],
  HRNet: [41.21, 78.58, 93.98],
} as const;
const areas = [61.83, 64.47, 65.26, 66.63];

it("the means that [BackboneStudy] prints for ADD are of none of its columns: they are areas of accuracy curves", () => {
  const [a, b, c] = add.ResNet;
  expect(mean([a, b, c])).toBeCloseTo(66.29, 2);
  expect(areas[0]).toBe(61.83);
  for (const [i, [low, middle, high]] of Object.values(add).entries()) {
    // A curve that rises from 0 through the three columns has an area between two staircases.
    const least = (0.03 * low + 0.05 * middle) / 0.1;
    const most = (0.02 * low + 0.03 * middle + 0.05 * high) / 0.1;
    expect(areas[i]).toBeGreaterThan(least);
    expect(areas[i]).toBeLessThan(most);
    // And it is far nearer to the trapezoid between them than the mean of the columns is.
    const trapezoid = (least + most) / 2;
    const off = Math.abs(areas[i] - trapezoid);
    expect(off).toBeLessThan(Math.abs(mean([low, middle, high]) - trapezoid) / 2);
  }
});

it("the mean that [BackboneStudy] prints for n°, n cm is that of ten thresholds, not of its three columns", () => {
  const columns = [65.79, 96.72, 99.57];
  expect(mean(columns)).toBeCloseTo(87.36, 2);
  const printed = 85.88;
  // Accuracies only rise with n: at 2, 5 and 10 they bound the other seven, and 1 is at least 0.
  const [two, five, ten] = columns;
  const least = (0 + 3 * two + 5 * five + ten) / 10;
  const most = (2 * two + 3 * five + 5 * ten) / 10;
  expect(printed).toBeGreaterThan(least);
  expect(printed).toBeLessThan(most);
});

it("NDS of what [EProPnP2022] prints for its basic detector is the printed one", () => {
  const [translation, scale, orientation, velocity, attribute] = [
    0.676, 0.263, 0.363, 1.035, 0.196,
  ];
  const errors = { translation, scale, orientation, velocity, attribute };
  expect(Object.keys(errors)).toEqual(matchErrors);
  // mAP counts by half, each error by a tenth; all are off by half of their third digit, and so is NDS.
  expect(Math.abs(nuscenesScore(0.349, errors) - 0.425)).toBeLessThanOrEqual(
    0.0005 * (0.5 + 4 * 0.1 + 1),
  );
});

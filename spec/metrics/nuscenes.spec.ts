import { expect, it } from "vitest";
import {
  type Box,
  detectionClasses,
  isExcluded,
  isInRange,
  matchErrors,
  scaleError,
  yawError,
} from "../../src/metrics/nuscenes-boxes.js";
import {
  averagePrecision,
  classCurve,
  truePositiveError,
} from "../../src/metrics/nuscenes-precision.js";
import { detectionScore, nuscenesScore } from "../../src/metrics/nuscenes-score.js";

const box = (part: Partial<Box>): Box => ({
  ...{ frame: "a", class: "car", centre: [0, 0, 0], size: [2, 4, 1.5], yaw: 0 },
  ...{ velocity: [1, 0], attribute: "moving", score: 0.5 },
  ...part,
});
const at = (x: number, part: Partial<Box> = {}) => box({ centre: [x, 0, 0], ...part });
const fleet = (part: Partial<Box> = {}) =>
  detectionClasses.flatMap((name) =>
    [0, 10, 20].map((x, k) => at(x, { class: name, score: 0.9 - 0.1 * k, ...part })),
  );

it("a perfect detector scores 1 in everything", () => {
  const { nds, map, errors, classes } = detectionScore(fleet(), fleet());
  expect(nds).toBeCloseTo(1, 14);
  expect(map).toBeCloseTo(1, 14);
  for (const name of matchErrors) expect(errors[name]).toBe(0);
  expect(classes.car).toMatchObject({ truths: 3, predictions: 3, matches: 3 });
  expect(classes.traffic_cone.errors.orientation).toBeNaN();
  expect(classes.barrier.errors.velocity).toBeNaN();
  expect(classes.barrier.errors.orientation).toBe(0);
});

it("constant errors of the matches are returned as they are", () => {
  const moved = fleet().map((b) => ({
    ...b,
    centre: [b.centre[0] + 0.3, 0.4, 5] as const,
    yaw: 0.25,
    velocity: [1, 2] as const,
    size: [2, 4, 3] as const,
    attribute: "parked",
  }));
  const { errors } = detectionScore(fleet(), moved as Box[]);
  expect(errors.translation).toBeCloseTo(0.5, 14);
  expect(errors.scale).toBeCloseTo(0.5, 14);
  expect(errors.orientation).toBeCloseTo(0.25, 14);
  expect(errors.velocity).toBeCloseTo(2, 14);
  expect(errors.attribute).toBe(1);
});

it("a scene of three boxes by hand: the better score takes the box, the second is a false alarm", () => {
  const truth = [at(0), at(10), at(20)];
  const predictions = [
    at(0.2, { score: 0.9 }),
    at(0.1, { score: 0.8 }),
    at(10.4, { score: 0.7 }),
    at(0, { score: 0.6, frame: "b" }),
  ];
  const curve = classCurve(truth, predictions, 2);
  expect(curve).toMatchObject({ truths: 3, predictions: 4, matches: 2 });
  // Recall 1/3 at precision 1, then 1/2; recall 2/3 at precision 2/3, then 1/2.
  expect(curve.precision[20]).toBe(1);
  expect(curve.precision[33]).toBe(1);
  expect(curve.precision[50]).toBeCloseTo(0.5 + (2 / 3 - 0.5) * (0.5 - 1 / 3) * 3, 14);
  expect(curve.precision[67]).toBe(0);
  expect(curve.score[67]).toBe(0);
  // The first match is 0.2 m off, the running mean of both 0.3: read off at the scores from 0.9 to 0.7.
  expect(curve.errors.translation[20]).toBeCloseTo(0.2, 14);
  expect(curve.errors.translation[66]).toBeGreaterThan(0.29);
  expect(averagePrecision(curve)).toBeGreaterThan(0);
  expect(truePositiveError(curve, "translation")).toBeGreaterThan(0.2);
  expect(classCurve(truth, [at(2)], 2).matches).toBe(0);
});

it("of equal scores the later prediction goes first, as in the development kit", () => {
  const curve = classCurve([at(0)], [at(0.1), at(0.4)], 2);
  expect(curve.matches).toBe(1);
  expect(curve.errors.translation[50]).toBeCloseTo(0.4, 14);
});

it("recall below 0.11 gives AP 0 and TP errors 1; no truth, no predictions likewise", () => {
  const truth = Array.from({ length: 10 }, (_, k) => at(10 * k));
  const one = classCurve(truth, [at(0)], 2);
  expect(one.matches).toBe(1);
  expect(averagePrecision(one)).toBe(0);
  expect(truePositiveError(one, "translation")).toBe(1);
  for (const curve of [classCurve([], [at(0)], 2), classCurve(truth, [], 2)]) {
    expect(averagePrecision(curve)).toBe(0);
    for (const name of matchErrors) expect(truePositiveError(curve, name)).toBe(1);
  }
});

it("a missing velocity or attribute of the truth is skipped, and counts 1 if all are missing", () => {
  const unknown = { velocity: [Number.NaN, Number.NaN] as const, attribute: "" };
  const truth = [at(0, unknown), at(10)];
  const found = [at(0, { score: 0.9 }), at(10, { score: 0.8, velocity: [1, 3] })];
  const curve = classCurve(truth, found, 2);
  expect(curve.errors.velocity[100]).toBeCloseTo(3, 14);
  expect(curve.errors.attribute[100]).toBe(0);
  const none = classCurve([at(0, unknown)], [at(0)], 2);
  expect(truePositiveError(none, "velocity")).toBe(1);
});

it("yawError folds at its period, scaleError is 1 − IoU of the sizes, ranges are strict", () => {
  expect(yawError(3, -3)).toBeCloseTo(2 * Math.PI - 6, 14);
  expect(yawError(0, Math.PI, Math.PI)).toBeCloseTo(0, 14);
  expect(yawError(0.1, 0.4 + 8 * Math.PI)).toBeCloseTo(0.3, 13);
  expect(scaleError(box({}), box({ size: [1, 4, 1.5] }))).toBeCloseTo(0.5, 15);
  expect(isInRange(at(49.9), [0, 0])).toBe(true);
  expect(isInRange(at(50), [0, 0])).toBe(false);
  expect(detectionClasses.filter((name) => isExcluded(name, "orientation"))).toEqual([
    "traffic_cone",
  ]);
  expect(detectionClasses.filter((name) => isExcluded(name, "velocity"))).toEqual([
    "traffic_cone",
    "barrier",
  ]);
});

it("NDS weighs mAP by half and clips an error above 1", () => {
  const errors = {
    translation: 0.676,
    scale: 0.263,
    orientation: 0.363,
    velocity: 1.035,
    attribute: 0.196,
  };
  expect(nuscenesScore(0.349, errors)).toBeCloseTo(
    (5 * 0.349 + 0.324 + 0.737 + 0.637 + 0 + 0.804) / 10,
    14,
  );
});

it("a box that cannot be is refused by its place", () => {
  expect(() => detectionScore([box({ size: [1, 0, 1] })], [])).toThrow(
    "expected a positive size of box 0 in a, got 1, 0, 1",
  );
  expect(() => detectionScore([], [box({}), box({ score: Number.NaN })])).toThrow(
    "a finite score of box 1 in a, got NaN",
  );
});

import { expect, it } from "vitest";
import { BestEstimates } from "../../src/evaluate/best-estimates.js";
import { columnErrors, layoutColumns } from "../../src/evaluate/columns.js";
import { type EvaluationInput, evaluation } from "../../src/evaluate/evaluation.js";
import { scoreTable } from "../../src/evaluate/score-table.js";
import type { Estimate, Target } from "../../src/evaluate/target.js";
import { accuracy } from "../../src/metrics/accuracy.js";
import { preparedModel } from "../../src/metrics/model.js";
import { noPoseErrors, poseErrors } from "../../src/metrics/pose-errors.js";
import { symmetryTransforms } from "../../src/problem/symmetry.js";
import { stream } from "../../src/random/stream.js";
import { camera, drawnMotion } from "../equations/model-draws.js";

const ε = Number.EPSILON;
const draw = stream("evaluate/evaluation");
const vertices = Float64Array.from({ length: 90 }, () => 40 * draw.normal());
const models = new Map([
  [2, preparedModel({ name: "cloud", vertices, unit: "mm", diameter: 200 })],
  [
    5,
    preparedModel({
      name: "prism",
      vertices: [40, -40].flatMap((z) => [
        [30, 30, z],
        [-30, 30, z],
        [-30, -30, z],
        [30, -30, z],
      ]),
      unit: "mm",
      symmetries: symmetryTransforms(
        { symmetries_continuous: [{ axis: [0, 0, 1] }] },
        { steps: 4 },
      ),
    }),
  ],
]);
const place = () => drawnMotion(draw, 2, [90 * draw.normal(), 60 * draw.normal(), 800]);
const shifted = (P: Float64Array, by: readonly number[]) =>
  P.map((x, k) => (k % 4 === 3 ? x + by[(k - 3) / 4] : x));

/** Two scenes of three images; object 5 is twice in image 1 of scene 2. */
const targets: Target[] = [
  ...[0, 1, 2].map((image) => ({ scene: 1, image, object: 2, count: 1 })),
  { scene: 2, image: 0, object: 2, count: 1 },
  { scene: 2, image: 0, object: 5, count: 1 },
  { scene: 2, image: 1, object: 5, count: 2 },
];
const truths = new Map(
  targets.map((target) => [target, Array.from({ length: target.count }, place)]),
);
const posesOf = (i: number) => truths.get(targets[i]) as Float64Array[];
const estimateOf = (i: number, pose: Float64Array, score = 1, row = i + 1): Estimate => ({
  ...{ scene: targets[i].scene, image: targets[i].image, object: targets[i].object },
  ...{ score, pose, row },
});
const run = (estimates: Iterable<Estimate>, rest: Partial<EvaluationInput> = {}) =>
  evaluation({
    ...{ models, targets, estimates },
    truth: (scene) =>
      targets
        .filter((target) => target.scene === scene)
        .map((target) => ({
          target,
          truths: (truths.get(target) as Float64Array[]).map((pose) => ({ pose })),
          camera: { K: camera },
        })),
    wanted: ["add", "translation", "rotation", "mssd", "projection"],
    ...rest,
  });

it("evaluation(…) of the truth has no error, whatever the order of the rows", async () => {
  const rows = targets.flatMap((_, i) => posesOf(i).map((pose) => estimateOf(i, pose)));
  const { objects, ...facts } = await run(rows.reverse());
  expect(objects.map(({ object, instances, missing }) => [object, instances, missing])).toEqual([
    [2, 4, 0],
    [5, 3, 0],
  ]);
  for (const { errors } of objects)
    for (const column of Object.values(errors)) expect(Math.max(...column)).toBe(0);
  expect(facts).toMatchObject({
    ...{ targets: 6, instances: 7, images: 5, behind: 0 },
    estimates: { rows: 7, kept: 7, surplus: 0, unasked: 0 },
    defect: { rows: 0 },
  });
  expect([...objects[1].images]).toEqual([3, 4, 4]);
});

it("evaluation(…) takes the best score of a target, the first of equals, and counts what it leaves out", async () => {
  const off = (by: number) => shifted(posesOf(0)[0], [by, 0, 0]);
  const rows = [
    estimateOf(0, off(4), 0.2),
    estimateOf(0, off(3), 0.9),
    estimateOf(0, off(2), 0.9),
    estimateOf(0, off(1), 0.5),
    { ...estimateOf(0, off(9)), image: 77 },
  ];
  const { objects, estimates } = await run(rows);
  // A shift is its own ADD, and that of a target without an estimate is Infinity.
  expect(objects[0].errors.add?.[0]).toBeCloseTo(3, 12);
  expect([...(objects[0].errors.add ?? [])].slice(1)).toEqual([Infinity, Infinity, Infinity]);
  expect(objects.map(({ missing }) => missing)).toEqual([3, 3]);
  expect(estimates).toEqual({ rows: 5, kept: 1, surplus: 3, unasked: 1 });
});

it("BestEstimates keeps the best scores of a target in order, of equal ones those that came first", () => {
  const best = new BestEstimates([targets[0], targets[5]]);
  for (const [k, score] of [0.5, 0.5, 0.2, 0.5, 0.9, 0.1].entries())
    best.take(estimateOf(5, posesOf(5)[k % 2], score, k + 1));
  expect([best.count(0), best.count(1)]).toEqual([0, 2]);
  expect([best.row(1, 0), best.row(1, 1)]).toEqual([5, 1]);
  expect([...best.pose(1, 0)]).toEqual([...posesOf(5)[0]]);
  expect(best.counts).toEqual({ rows: 6, kept: 2, surplus: 4, unasked: 0 });
});

it("evaluation(…) matches several instances by the challenge's rule, and pairs angle with ‖Δt‖", async () => {
  const [first, second] = posesOf(5);
  const near = shifted(first, [6, 0, 0]);
  const { objects } = await run([
    estimateOf(5, near, 0.9),
    estimateOf(5, second, 0.8),
    // The third of two instances.
    estimateOf(5, first, 0.1),
  ]);
  const last = (name: "add" | "translation" | "rotation") => objects[1].errors[name]?.slice(1);
  expect(last("add")?.[0]).toBe(0);
  expect(last("add")?.[1]).toBeCloseTo(6, 11);
  // Pairs are in the order of the estimates.
  expect(last("translation")?.[0]).toBeCloseTo(6, 11);
  expect(last("translation")?.[1]).toBe(0);
  expect(last("rotation")?.[0]).toBeLessThan(8 * ε);
});

it("evaluation(…) gives what poseErrors gives row by row, and reports matrices that are no rotations", async () => {
  const bent = posesOf(2)[0].map((x, k) => (k === 0 ? x + 0.02 : x));
  const poses = [0, 1].map((i) => shifted(posesOf(i)[0], [1, i, 3])).concat([bent]);
  const { objects, defect } = await run(poses.map((pose, i) => estimateOf(i, pose, 1, 10 + i)));
  const errors = noPoseErrors();
  const model = models.get(2);
  if (!model) throw new Error("no model");
  poses.forEach((pose, i) => {
    poseErrors(model, camera, pose, posesOf(i)[0], ["add", "mssd", "projection"], errors);
    for (const name of ["add", "mssd", "projection"] as const)
      expect(objects[0].errors[name]?.[i]).toBe(errors[name]);
  });
  expect(defect).toEqual({ worst: errors.defect, row: 12, rows: 1 });
});

it("evaluation(…) refuses what cannot be evaluated, naming it", async () => {
  const of = (rest: Partial<EvaluationInput>) => run([], rest);
  await expect(of({ targets: [...targets, targets[1]] })).rejects.toThrow(
    "evaluation: expected every target once, got object 2 in image 1 of scene 1 twice",
  );
  await expect(of({ targets: [{ scene: 1, image: 0, object: 3, count: 1 }] })).rejects.toThrow(
    "expected a model of every object, got none for object 3 in image 0 of scene 1",
  );
  await expect(of({ targets: [{ ...targets[0], count: 0 }] })).rejects.toThrow("at least one");
  await expect(of({ truth: () => [] })).rejects.toThrow(
    "expected 1 true instances of object 2 in image 0 of scene 1, got 0",
  );
});

it("scoreTable(evaluation, columns) is the scores of the errors, with intervals that hold them", async () => {
  const columns = layoutColumns(["lm", "ycbv", "bop", "uava"], { unit: "mm", imageWidth: 640 });
  const rows = targets.flatMap((_, i) =>
    posesOf(i).map((pose, k) => estimateOf(i, shifted(pose, [0, 3 * i + k, 5]))),
  );
  const result = await run(rows.slice(1), { wanted: columnErrors(columns) });
  const table = scoreTable(result, columns, { resamples: 200 });
  expect(table.rows.map(({ name, missing }) => [name, missing])).toEqual([
    ["cloud", 1],
    ["prism", 0],
  ]);
  const at = columns.findIndex(({ name }) => name === "ADD(-S) 0.02d");
  const [cloud, prism] = table.rows.map(({ results }) => results[at]);
  expect(cloud.value).toBe(accuracy(result.objects[0].errors.addOrAddS as Float64Array, 4));
  expect(table.means[at].value).toBe((cloud.value + prism.value) / 2);
  expect(cloud).toMatchObject({
    ...{ errorUnit: "mm", frame: "camera", diameters: [200], missing: 1 },
    denominator: { count: 4, of: "targets" },
    symmetries: ["cloud: ADD"],
    objects: ["cloud"],
  });
  for (const { results } of [...table.rows, { results: table.means }])
    for (const { value, interval } of results)
      if (interval) {
        expect(interval.low).toBeLessThanOrEqual(value + 8 * ε);
        expect(interval.high).toBeGreaterThanOrEqual(value - 8 * ε);
      }
  expect(table.means[at].interval).toMatchObject({ resamples: 200, seed: "evaluate" });
  // The mean of 2° 2 cm and the rest exist, and one seed gives one table.
  expect(scoreTable(result, columns, { resamples: 200 })).toEqual(table);
  expect(scoreTable(result, columns, { resamples: 0 }).means[at].interval).toBeUndefined();
  const area = scoreTable(
    result,
    layoutColumns(["ycbv"], { unit: "mm", imageWidth: 640, area: "toolbox" }),
    { resamples: 50 },
  );
  expect(area.means[1].compatibility[0]).toContain("toolbox");
  expect(area.means[1].interval).toBeUndefined();
});

it("scoreTable: where every target is found the interval is a point, however often an image is drawn", async () => {
  const rows = targets.flatMap((_, i) => posesOf(i).map((pose) => estimateOf(i, pose)));
  const columns = layoutColumns(["bop"], { unit: "mm", imageWidth: 640 });
  const result = await run(rows, { wanted: columnErrors(columns) });
  const table = scoreTable(result, columns, { resamples: 100 });
  for (const { value, interval } of [
    ...table.rows.flatMap(({ results }) => results),
    ...table.means,
  ]) {
    expect(value).toBe(1);
    // Ten recalls of 1 are added, and as many rows as were drawn.
    expect(Math.abs((interval?.low ?? 0) - 1)).toBeLessThan(20 * ε);
    expect(Math.abs((interval?.high ?? 0) - 1)).toBeLessThan(20 * ε);
  }
});

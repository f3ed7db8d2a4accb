import { expect, it } from "vitest";
import type { JudgedRow } from "../../src/evaluate/evaluation.js";
import { likelyMistakes, type MistakeName, modelUnitWarning } from "../../src/evaluate/mistakes.js";
import { quaternionRotation, rotationQuaternion } from "../../src/kernels/quaternion.js";
import { rotation } from "../../src/kernels/rodrigues.js";
import { type Model, preparedModel } from "../../src/metrics/model.js";
import { symmetryTransforms } from "../../src/problem/symmetry.js";
import { type Stream, stream } from "../../src/random/stream.js";

const cloud = stream("evaluate/mistakes/cloud");
const vertices = Float64Array.from({ length: 120 }, (_, k) => [90, 60, 40][k % 3] * cloud.normal());
const plain = preparedModel({ name: "cloud", vertices, unit: "mm" });
/** A model that is its own image by every turn about z, as far as its description says. */
const round = preparedModel({
  name: "round",
  vertices,
  unit: "mm",
  symmetries: symmetryTransforms({ symmetries_continuous: [{ axis: [0, 0, 1] }] }, { steps: 63 }),
});

function pose(draw: Stream, angle: number, t: readonly number[]): Float64Array {
  const [R, axis] = [new Float64Array(9), draw.sphere(new Float64Array(3))];
  rotation(
    axis.map((x) => angle * x),
    R,
  );
  return Float64Array.from({ length: 12 }, (_, k) =>
    k % 4 === 3 ? t[(k - 3) / 4] : R[3 * Math.floor(k / 4) + (k % 4)],
  );
}

/** R of one pose and t of both, the second's rotation after the first's. */
function moved(P: Float64Array, by: Float64Array): Float64Array {
  return P.map((x, k) => {
    const [i, j] = [Math.floor(k / 4), k % 4];
    if (j === 3) return x + by[k];
    return by[4 * i] * P[j] + by[4 * i + 1] * P[4 + j] + by[4 * i + 2] * P[8 + j];
  });
}

/** Rows of true poses, moved by noise and then mistaken. */
function rowsOf(
  count: number,
  mistaken: (P: Float64Array) => Float64Array,
  { degrees = 3, millimetres = 8, model = plain as Model, seed = "rows" } = {},
): JudgedRow[] {
  return Array.from({ length: count }, (_, i) => {
    const draw = stream(`evaluate/mistakes/${seed}`).at(i);
    const t = [150 * draw.normal(), 120 * draw.normal(), 700 + 500 * draw.uniform()];
    const truth = pose(draw, Math.PI * draw.uniform(), t);
    const noise = pose(
      draw,
      (degrees * Math.PI * draw.normal()) / 180,
      [0, 0, 0].map(() => millimetres * draw.normal()),
    );
    return { model, truths: [truth], estimate: mistaken(moved(truth, noise)) };
  });
}

const entries = (P: Float64Array) => [0, 1, 2].map((i) => [...P.subarray(4 * i, 4 * i + 4)]);
const flat = (rows: readonly (readonly number[])[]) => Float64Array.from(rows.flat());
const turned = (P: Float64Array, order: readonly number[]) => {
  const R = Float64Array.from({ length: 9 }, (_, k) => P[4 * Math.floor(k / 3) + (k % 3)]);
  const q = new Float64Array(4);
  rotationQuaternion(R, q);
  quaternionRotation(
    Float64Array.from(order, (k) => q[k]),
    "unit",
    R,
  );
  return P.map((x, k) => (k % 4 === 3 ? x : R[3 * Math.floor(k / 4) + (k % 4)]));
};
const transposed = (P: Float64Array) => {
  const M = entries(P);
  return flat(M.map((row, i) => row.map((x, j) => (j === 3 ? x : M[j][i]))));
};
const inverse = (P: Float64Array) => {
  const M = entries(transposed(P));
  return flat(M.map((r) => [r[0], r[1], r[2], -(r[0] * P[3] + r[1] * P[7] + r[2] * P[11])]));
};
const scaled = (by: number) => (P: Float64Array) => P.map((x, k) => (k % 4 === 3 ? by * x : x));

/** What somebody wrote instead of the pose, by the name that the warning gives it. */
const made: readonly (readonly [MistakeName, (P: Float64Array) => Float64Array])[] = [
  ["inverse pose", inverse],
  ["transposed rotation", transposed],
  // The quaternion's x, y, z, w stand where w, x, y, z are read.
  ["quaternion x y z w read as w x y z", (P) => turned(P, [1, 2, 3, 0])],
  ["quaternion w x y z read as x y z w", (P) => turned(P, [3, 0, 1, 2])],
  [
    "x and y of the translation exchanged",
    (P) => P.map((x, k) => (k === 3 ? P[7] : k === 7 ? P[3] : x)),
  ],
  ["x and y of the camera exchanged", (P) => flat([entries(P)[1], entries(P)[0], entries(P)[2]])],
  ["camera with y up, looking along −z", (P) => P.map((x, k) => (k < 4 ? x : -x))],
];

it.each(made)("likelyMistakes names %s, and judges it on all rows", (name, mistake) => {
  const found = likelyMistakes(rowsOf(60, mistake));
  expect(found.map((one) => one.name)).toEqual([name]);
  expect(found[0].rows).toBe(60);
  expect(found[0].better).toBeGreaterThan(45);
  expect(found[0].undone).toBeLessThan(0.2);
  expect(found[0].sentence).toContain(`${found[0].better} of 60 rows`);
});

it.each([
  [1000, "in metres, and the data set in millimetres"],
  [0.001, "in millimetres, and the data set in metres"],
  [10, "in centimetres"],
  [0.1, "in centimetres"],
  [100, "in centimetres"],
  [0.01, "in centimetres"],
])("likelyMistakes says that translations times %d fit", (factor, words) => {
  const [unit, ...others] = likelyMistakes(rowsOf(40, scaled(1 / factor)));
  expect(unit).toMatchObject({ name: "unit", factor, rows: 40 });
  expect(unit.sentence).toContain(words);
  expect(others).toEqual([]);
});

it("likelyMistakes names a unit and a convention together", () => {
  const both = likelyMistakes(rowsOf(60, (P) => scaled(1e-3)(inverse(P))));
  expect(both.map(({ name }) => name)).toEqual(["unit", "inverse pose"]);
  expect(both[0].factor).toBe(1000);
});

it("likelyMistakes is silent on honest rows, however noisy, symmetric or bad", () => {
  const same = (P: Float64Array) => P;
  for (const [degrees, millimetres] of [
    [0, 0],
    [1, 3],
    [10, 30],
    [40, 100],
    [180, 300],
  ])
    for (const model of [plain, round])
      for (const count of [8, 9, 12, 60])
        for (let seed = 0; seed < 5; seed++)
          expect(
            likelyMistakes(rowsOf(count, same, { degrees, millimetres, model, seed: `${seed}` })),
            `${degrees}° ${millimetres} mm ${model.name} ${count} ${seed}`,
          ).toEqual([]);
  // A turn that the symmetries allow is no mistake either.
  const spin = (P: Float64Array) => flat(entries(P).map(([a, b, c, t]) => [-a, -b, c, t]));
  expect(likelyMistakes(rowsOf(40, spin, { model: round }))).toEqual([]);
});

it("likelyMistakes is silent on few rows, and on distances that no unit explains", () => {
  expect(likelyMistakes(rowsOf(7, transposed))).toEqual([]);
  expect(likelyMistakes(rowsOf(40, scaled(1.3)))).toEqual([]);
  expect(likelyMistakes(rowsOf(40, scaled(2.2)))).toEqual([]);
  expect(likelyMistakes([])).toEqual([]);
});

it("likelyMistakes still names a mistake that two thirds of good rows share", () => {
  // A quarter of the rows is far off in any convention.
  const rows = rowsOf(80, transposed).map((row, i) =>
    i % 4 > 0 ? row : { ...row, estimate: scaled(1.7)(row.estimate) },
  );
  expect(likelyMistakes(rows).map(({ name }) => name)).toEqual(["transposed rotation"]);
});

it("modelUnitWarning(rows) tells of models a thousand times too large or small", () => {
  const rows = rowsOf(10, (P) => P);
  expect(modelUnitWarning(rows)).toBeNull();
  expect(modelUnitWarning([])).toBeNull();
  const inUnit = (factor: number) =>
    rows.map((row) => ({
      ...row,
      model: preparedModel({
        name: "cloud",
        vertices: vertices.map((x) => factor * x),
        unit: "mm",
      }),
    }));
  expect(modelUnitWarning(inUnit(1000))).toContain("median of 10 rows");
  expect(modelUnitWarning(inUnit(0.001))).toContain("another unit");
});

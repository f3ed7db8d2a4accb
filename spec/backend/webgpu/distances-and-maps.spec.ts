import { expect } from "vitest";
import { newTask, pointless } from "../../../src/backend/new-task.js";
import {
  type KeypointSettings,
  keypoints,
  keypointsVjp,
  poseDistance,
} from "../../../src/backend/operations/index.js";
import type { Operation, Task } from "../../../src/backend/task.js";
import { stream } from "../../../src/random/stream.js";
import { gpu, onGpu } from "./gpu.js";
import { farthestDirection, farthestValue, oracleOf, promised } from "./parity.js";

/** B pairs of poses of a box of M vertices 0.2 across, apart by about `apart` of it; pair 3 has no estimate. */
function pairs(B: number, M: number, apart: number): Task {
  const draw = stream(`spec/backend/webgpu/pairs/${B}/${M}/${apart}`);
  const vertices = Float64Array.from(
    { length: 3 * M },
    (_, k) => 0.2 * draw.uniform() + ((0.1 * k) % 3),
  );
  const truth = new Float64Array(7 * B);
  const estimate = new Float64Array(7 * B);
  for (let b = 0; b < B; b++) {
    const q = draw.unitQuaternion();
    const near = q.map((c) => c + apart * draw.normal());
    const length = Math.hypot(...near);
    const t = [draw.normal(), draw.normal(), 5 + draw.normal()];
    truth.set([...t, ...q], 7 * b);
    const moved = t.map((c) => c + 0.2 * apart * draw.normal());
    estimate.set([...moved, ...near.map((c) => (b % 2 ? -c : c) / length)], 7 * b);
  }
  if (B > 3) estimate.fill(Number.NaN, 21, 28);
  return newTask(poseDistance, { vertices: M }, pointless(B), { vertices, estimate, truth });
}

for (const [B, M, apart] of [
  [0, 5, 1],
  [1, 1, 1],
  [7, 130, 1],
  [7, 130, 1e-3],
  [7, 64, 1e-6],
  [1000, 8, 0.1],
] as const)
  onGpu(
    `poseDistance of ${B} pairs of ${M} vertices, ${apart} apart, is the oracle's`,
    async () => {
      const task = pairs(B, M, apart);
      const truth = oracleOf(task);
      await gpu!.run(task);
      expect(task.status).toEqual(truth.status);
      for (const name of ["add", "addS"])
        expect(farthestValue(task, truth, name).distance, name).toBeLessThan(promised.value);
    },
  );

type Map = (cell: number, draw: () => number) => number;
const shapes: readonly Map[] = [
  (_, draw) => 4 * draw(),
  (cell, draw) => (cell % 97 === 13 ? 60 : 10 * draw()),
  () => 2,
  (cell) => (cell === 5 ? 1e5 : 1e5 - 0.3 * cell),
  (cell) => (cell % 3 === 0 ? Number.NEGATIVE_INFINITY : -0.01 * cell),
  (cell) => (cell === 4 ? Number.NaN : 0),
  (_, draw) => 1e-3 * draw(),
];

/** B maps of every shape in turn; of masses, negative and empty ones among them. */
function maps(operation: Operation, B: number, settings: KeypointSettings): Task {
  const draw = stream(`spec/backend/webgpu/maps/${B}`);
  const cells = settings.rows * settings.columns;
  const values = Float64Array.from({ length: B * cells }, (_, k) => {
    const shape = shapes[Math.floor(k / cells) % shapes.length];
    const value = shape(k % cells, () => draw.normal());
    return settings.from === "maps" && value > -Infinity ? Math.abs(value) : value;
  });
  if (settings.from === "maps" && B > 1) values.fill(0, cells, 2 * cells);
  const upstream = () => Float64Array.from({ length: 2 * B }, () => draw.normal());
  return newTask(operation, settings, pointless(B), {
    maps: values,
    ...(operation === keypointsVjp ? { byKeypoint: upstream(), byDeviation: upstream() } : {}),
  });
}

const settings: readonly KeypointSettings[] = [
  { rows: 12, columns: 17 },
  {
    rows: 33,
    columns: 9,
    temperature: 0.5,
    coordinates: { width: 320, height: 240 },
    floored: true,
  },
  { rows: 8, columns: 64, from: "maps", coordinates: "unit", guard: 0 },
  { rows: 1, columns: 1, coordinates: "symmetric" },
];

for (const B of [0, 1, 7, 1000])
  for (const given of B === 1000 ? settings.slice(0, 1) : settings)
    onGpu(`keypoints and keypointsVjp of ${B} maps, ${JSON.stringify(given)}`, async () => {
      const task = maps(keypoints, B, given);
      const truth = oracleOf(task);
      await gpu!.run(task);
      expect(task.status).toEqual(truth.status);
      // A coordinate is as fine as the map is wide.
      const extent = typeof given.coordinates === "object" ? 320 : given.coordinates ? 1 : 17;
      expect(farthestValue(task, truth, "keypoint", () => extent).distance).toBeLessThan(
        promised.value,
      );
      expect(farthestValue(task, truth, "deviation").distance).toBeLessThan(promised.value);
      const back = maps(keypointsVjp, B, given);
      const slopes = oracleOf(back);
      await gpu!.run(back);
      expect(back.status).toEqual(slopes.status);
      if (given.rows > 1)
        expect(farthestDirection(back, slopes, "maps").distance).toBeLessThan(promised.direction);
    });

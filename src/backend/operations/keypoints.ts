/**
 * Keypoints of heat maps and their gradient: `heatMapKeypoints`, a map being a problem without points.
 *
 * | input, C = settings.rows · settings.columns | per | | output | per |
 * |---|---|---|---|---|
 * | keypoints: maps, row by row | problem: C | | keypoint (x, y), deviation | problem: 2 each |
 * | keypointsVjp: maps | problem: C | | maps | problem: C |
 * | keypointsVjp: byKeypoint, byDeviation, upstream | problem: 2 each | | | |
 *
 * Statuses are those of src/heatmap/map-status.ts. A map without a keypoint has NaN for keypoint and deviation, and
 * a gradient of zeros; a map that has one and an upstream gradient that is no number is "not-finite" in
 * keypointsVjp, with a gradient of NaNs. Where columns and rows lie is for `mapCoordinates` to say.
 */
import ndarray from "ndarray";
import { heatMapKeypoints, type KeypointOptions } from "../../heatmap/keypoints.js";
import type { MapCoordinates } from "../../heatmap/map-coordinates.js";
import { type MapStatus, mapSentences } from "../../heatmap/map-status.js";
import type { Operation, Task } from "../task.js";
import { codes, perProblem, row } from "./fields.js";

export type KeypointSettings = Omit<KeypointOptions, "into"> & {
  readonly rows: number;
  readonly columns: number;
  /** What keypoints count. Default: "cells". */
  readonly coordinates?: MapCoordinates;
};

/** Maps read at a time: what a softmax keeps of them is thrown away, and should not fill the memory. */
const GROUP = 32;

const statuses = Object.keys(mapSentences) as MapStatus[];
const code = codes(statuses);
const mapField = ({ rows, columns }: KeypointSettings) => ({ maps: perProblem(rows * columns) });

export const keypoints: Operation = {
  name: "keypoints",
  statuses,
  inputs: mapField,
  outputs: () => ({ keypoint: perProblem(2), deviation: perProblem(2) }),
  run(task: Task, from: number, to: number): void {
    const { rows, columns, ...options } = task.settings as KeypointSettings;
    for (let b = from; b < to; b += GROUP) {
      const end = Math.min(b + GROUP, to);
      const maps = stack(task.input.maps, rows, columns, b, end);
      const { keypoints, deviations, status } = heatMapKeypoints(maps, options);
      task.output.keypoint.set(keypoints.data, 2 * b);
      task.output.deviation.set(deviations.data, 2 * b);
      for (let i = b; i < end; i++) task.status[i] = code[status[i - b]];
    }
  },
};

export const keypointsVjp: Operation = {
  name: "keypointsVjp",
  statuses,
  inputs: (settings: KeypointSettings) => ({
    ...mapField(settings),
    byKeypoint: perProblem(2),
    byDeviation: perProblem(2),
  }),
  outputs: mapField,
  run(task: Task, from: number, to: number): void {
    const { rows, columns, ...options } = task.settings as KeypointSettings;
    const { maps, byKeypoint, byDeviation } = task.input;
    for (let b = from; b < to; b += GROUP) {
      const end = Math.min(b + GROUP, to);
      const into = stack(task.output.maps, rows, columns, b, end);
      const decoded = heatMapKeypoints(stack(maps, rows, columns, b, end), { ...options, into });
      const upstream = [byKeypoint, byDeviation].map((of) => of.slice(2 * b, 2 * end));
      const spoilt = new Set<number>();
      for (const values of upstream)
        values.forEach((value, k) => {
          if (Number.isFinite(value)) return;
          values[k] = 0;
          if (mapSentences[decoded.status[k >> 1]].defined) spoilt.add(k >> 1);
        });
      decoded.vjp(upstream[0], upstream[1]);
      for (let i = b; i < end; i++) task.status[i] = code[decoded.status[i - b]];
      for (const i of spoilt) {
        row(task.output.maps, rows * columns, b + i).fill(Number.NaN);
        task.status[b + i] = code["not-finite"];
      }
    }
  },
};

/** Maps b … end − 1 as an array [end − b, rows, columns]: a view. */
function stack(maps: Float64Array, rows: number, columns: number, b: number, end: number) {
  const cells = rows * columns;
  return ndarray(maps.subarray(cells * b, cells * end), [end - b, rows, columns]);
}

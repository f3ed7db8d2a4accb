/** Correspondences beside a pose that is given: quaternions of hundredths, pixels of two decimals. */

import { secondResiduals } from "../audit/second-projection.js";
import { rowRotation } from "../definitions/pose-row.js";
import type { ClaimArray } from "../formats/claims.js";
import type { Stream } from "../random/stream.js";
import { type Big, big } from "../scalar/big.js";
import {
  array,
  cameras,
  cloud,
  decimalBetween,
  decimals,
  exactly,
  hundredthsQuaternion,
  projected,
  roundedTo,
  rowsOf,
  unevenWeights,
} from "./drawing.js";

export interface PosedOptions {
  readonly N?: number;
  /** Numbers of a pose: translation and quaternion, or translation and yaw. */
  readonly layout?: 7 | 4;
  readonly t?: readonly number[];
  /** The quaternion or the yaw. */
  readonly turn?: readonly number[];
  readonly K?: readonly number[];
  readonly x3d?: readonly number[];
  readonly w2d?: readonly number[];
  /** Bound on the pixels of noise. */
  readonly noise?: number;
}

/** One problem, flat, with its pose as a row. */
export interface PosedScene {
  readonly N: number;
  readonly row: readonly number[];
  readonly x2d: readonly number[];
  readonly x3d: readonly number[];
  readonly w2d: readonly number[];
  readonly K: readonly number[];
}

export function posedScene(draw: Stream, options: PosedOptions = {}): PosedScene {
  const { N = 3, layout = 7, K = cameras.plain, noise = 4 } = options;
  const t = options.t ?? [...decimals(draw, 2, -0.5, 0.5), decimalBetween(draw, 5, 7, 2)];
  const turn =
    options.turn ?? (layout === 7 ? hundredthsQuaternion(draw) : [decimalBetween(draw, -3, 3, 3)]);
  const row = [...t, ...turn];
  const x3d = options.x3d ?? cloud(draw, N);
  const w2d = options.w2d ?? unevenWeights(draw, N);
  const drawn = decimals(draw, 2 * N, -noise, noise);
  const pixels = projected(x3d, K, rowRotation(exactly(row)), exactly(t)).flat();
  return {
    ...{ N, row, x3d, w2d, K },
    x2d: pixels.map((v, k) => roundedTo(v.plus(drawn[k]), 2)),
  };
}

/** Scenes as inputs, the pose under its name; `shared` names what the first scene has for all. */
export function posedInputs(
  scenes: readonly PosedScene[],
  pose: string,
  shared: readonly string[] = [],
): Record<string, ClaimArray> {
  const B = scenes.length;
  const [{ N, row }] = scenes;
  const stacked = (
    name: string,
    shape: readonly number[],
    of: (one: PosedScene) => readonly number[],
  ) =>
    shared.includes(name) ? array(shape, of(scenes[0])) : array([B, ...shape], scenes.flatMap(of));
  return {
    x2d: stacked("x2d", [N, 2], ({ x2d }) => x2d),
    x3d: stacked("x3d", [N, 3], ({ x3d }) => x3d),
    w2d: stacked("w2d", [N, 2], ({ w2d }) => w2d),
    K: stacked("K", [3, 3], ({ K }) => K),
    [pose]: stacked(pose, [row.length], (one) => one.row),
  };
}

/** Lengths of the weighted residuals at the pose, the greatest first, nothing clamped. */
export function residualLengths({ x2d, x3d, w2d, K, row }: PosedScene): number[] {
  const rows = (values: readonly number[], width: number): Big[][] =>
    rowsOf(exactly(values), width);
  const sighted = {
    ...{ x2d: rows(x2d, 2), x3d: rows(x3d, 3), w2d: rows(w2d, 2), K: rows(K, 3) },
    zMin: big(Number.NEGATIVE_INFINITY),
  };
  return secondResiduals(sighted, exactly(row))
    .map(({ f }) => {
      const [a, b] = f.map((v) => v.toNumber());
      return Math.sqrt(a * a + b * b);
    })
    .sort((p, q) => q - p);
}

/** An object point whose depth is wanted, seen off the axis: z = Rᵀ (X − t), to nine decimals. */
function pointAtDepth(row: readonly number[], X: readonly number[]): number[] {
  const R = rowRotation(exactly(row));
  return [0, 1, 2].map((k) =>
    roundedTo(
      R.map((r, i) => r[k].times(big(X[i]).minus(row[i]))).reduce((a, b) => a.plus(b)),
      9,
    ),
  );
}

/** The clamp that files do not state. */
const zMin = 0.1;
/** A scene whose first point has a depth so far from the clamp, in metres. */
export const besideClamp =
  (gap: number) =>
  (draw: Stream): PosedOptions => {
    const { row, x3d } = posedScene(draw, { N: 5 });
    const near = pointAtDepth(row, [0.04, -0.03, zMin + gap]);
    // Its pixel is hundreds of pixels off the axis, and moves by thousands a metre: its weight says so.
    return {
      ...{ t: row.slice(0, 3), turn: row.slice(3), x3d: [...near, ...x3d.slice(3)] },
      ...{ N: 5, w2d: [0.05, 0.04, 1.2, 0.9, 0.8, 1.3, 0.7, 1.1, 0.6, 1.4] },
    };
  };

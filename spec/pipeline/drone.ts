import ndarray, { type NdArray } from "ndarray";
import { projection, rigidTransform } from "../../src/kernels/projection.js";
import { rotation } from "../../src/kernels/rodrigues.js";
import type { PipelineScene } from "../../src/pipeline/index.js";
import { fieldOfViewMatrix, type Pose, poseOf } from "../../src/problem/index.js";
import { stream } from "../../src/random/index.js";

/** The camera and the object of scene D1: a drone's centre and the corners of its box, m. */
export const image = { width: 320, height: 240 };
export const camera = fieldOfViewMatrix({ angle: (64.69 * Math.PI) / 180, ...image });
const half = [0.161, 0.121, 0.042];
export const drone = Float64Array.from({ length: 27 }, (_, i) => {
  const corner = Math.floor(i / 3) - 1;
  if (corner < 0) return 0;
  return (corner >> (i % 3)) & 1 ? half[i % 3] : -half[i % 3];
});

/** Pixels [2N] of points [3N] at a pose. */
export function pixelsOf(points: Float64Array, { R, t }: Pose): Float64Array {
  const [x2d, X] = [new Float64Array((2 * points.length) / 3), new Float64Array(3)];
  for (let i = 0; 3 * i < points.length; i++) {
    rigidTransform(points.subarray(3 * i, 3 * i + 3), R.data, t.data, X);
    projection(X, camera, x2d.subarray(2 * i, 2 * i + 2));
  }
  return x2d;
}

/** The k-th pose of scene D1. */
export function dronePose(name: string, k: number): Pose {
  const draw = stream(name).at(k);
  const omega = Float64Array.from({ length: 3 }, () => 1.2 * draw.normal());
  const R = new Float64Array(9);
  rotation(omega, R);
  return poseOf(R, Float64Array.of(0.1 * draw.normal(), 0.1 * draw.normal(), 1.5 + draw.uniform()));
}

/** Noisy logits [B, K, H, W] whose peaks lie about the keypoints of B poses, and the scene. */
export function droneScene(
  name: string,
  B: number,
  { rows, columns, points = drone }: { rows: number; columns: number; points?: Float64Array },
): { logits: NdArray<Float64Array>; scene: PipelineScene; poses: Pose[] } {
  const K = points.length / 3;
  const poses = Array.from({ length: B }, (_, b) => dronePose(name, b));
  const cells = rows * columns;
  const logits = ndarray(new Float64Array(B * K * cells), [B, K, rows, columns]);
  const draw = stream(name).child("noise");
  poses.forEach((at, b) => {
    const x2d = pixelsOf(points, at);
    for (let k = 0; k < K; k++) {
      const shift = [3 * draw.normal(), 3 * draw.normal()];
      for (let i = 0; i < cells; i++) {
        const u = ((i % columns) + 0.5) * (image.width / columns) - 0.5 - x2d[2 * k] - shift[0];
        const v =
          (Math.floor(i / columns) + 0.5) * (image.height / rows) - 0.5 - x2d[2 * k + 1] - shift[1];
        logits.data[(b * K + k) * cells + i] =
          (-0.5 * (u * u + v * v)) / 25 ** 2 + 0.2 * draw.normal();
      }
    }
  });
  return { logits, scene: { points: ndarray(points, [K, 3]), camera, image, poses }, poses };
}

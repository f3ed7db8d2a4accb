/**
 * Keypoints from heat maps and back: decoding alone, and the pipeline with the pose in between.
 *
 * The reproduction of BPnP on drones reports 2.73 s for the backward pass of a batch of 24, and 0.53 s for its
 * faster variant, on a machine with a GPU and with its network in between [UAVA2021] Table 7.
 */
import ndarray from "ndarray";
import { heatMapKeypoints } from "../src/heatmap/index.js";
import { projection, rigidTransform } from "../src/kernels/projection.js";
import { rotation } from "../src/kernels/rodrigues.js";
import { keypointPipeline, mixedTerms, poseTerms } from "../src/pipeline/index.js";
import { fieldOfViewMatrix, type Pose, poseOf } from "../src/problem/index.js";
import { stream } from "../src/random/index.js";
import { timed } from "./table.js";

/** Most that the pipeline of 24 images with 8 keypoints may take, forward and backward [ms]. */
const promised = 10;

const [rows, columns] = [60, 80];
const image = { width: 320, height: 240 };
const camera = fieldOfViewMatrix({ angle: (64.69 * Math.PI) / 180, ...image });
const corners = Float64Array.from({ length: 24 }, (_, i) =>
  ((i / 3) >> (i % 3)) & 1 ? [0.161, 0.121, 0.042][i % 3] : -[0.161, 0.121, 0.042][i % 3],
);

/** Logits of noisy Gaussians about the corners of a drone, B poses of it, and those poses. */
function drone(B: number) {
  const K = 8;
  const logits = ndarray(new Float64Array(B * K * rows * columns), [B, K, rows, columns]);
  const keypoints = new Float64Array(2 * K * B);
  const X = new Float64Array(3);
  const poses = Array.from({ length: B }, (_, b): Pose => {
    const draw = stream("bench/drone").at(b);
    const [R, omega] = [new Float64Array(9), Float64Array.from({ length: 3 }, () => draw.normal())];
    rotation(omega, R);
    const t = Float64Array.of(0.1 * draw.normal(), 0.1 * draw.normal(), 1.5 + draw.uniform());
    for (let k = 0; k < K; k++) {
      const pixel = keypoints.subarray(2 * (b * K + k), 2 * (b * K + k) + 2);
      rigidTransform(corners.subarray(3 * k, 3 * k + 3), R, t, X);
      projection(X, camera, pixel);
      for (let i = 0; i < rows * columns; i++) {
        const x = 4 * (i % columns) + 1.5 - pixel[0];
        const y = 4 * Math.floor(i / columns) + 1.5 - pixel[1];
        logits.data[(b * K + k) * rows * columns + i] =
          (-0.5 * (x * x + y * y)) / 100 + 0.3 * draw.normal();
      }
    }
    return poseOf(R, t);
  });
  return { logits, poses, keypoints: ndarray(keypoints, [B, K, 2]) };
}

/** @throws Error if the pipeline with l_p takes longer than promised. */
export async function bench(): Promise<void> {
  const batch = drone(32);
  const v = ndarray(new Float64Array(2 * 8 * 32).fill(1), [32, 8, 2]);
  await timed(
    {
      "decode 32 x 8 maps of 80 x 60": () => heatMapKeypoints(batch.logits),
      "… and their gradient": () => heatMapKeypoints(batch.logits).vjp(v),
    },
    { milliseconds: 1500 },
  );
  const { logits, poses, keypoints } = drone(24);
  const scene = { points: ndarray(corners, [8, 3]), camera, image, keypoints };
  // A training loop gives last step's arrays: new ones cost a page fault each 4 kB.
  const out = [ndarray(new Float64Array(logits.size), [...logits.shape])];
  const run =
    (layer: "exact" | "faster" | "depth-weighted", terms = poseTerms) =>
    () =>
      keypointPipeline(logits, scene, { terms, layer, out });
  const { items } = run("exact")();
  const failed = items.filter(({ failures }) => failures.length > 0).length;
  if (failed) throw new Error(`keypoints: expected 24 poses, got ${24 - failed}`);
  const [exact] = await timed(
    {
      "24 x 8, l_p, exact": run("exact"),
      "24 x 8, l_p, faster": run("faster"),
      "24 x 8, l_p, depth-weighted": run("depth-weighted"),
      "24 x 8, l_p, exact, from the last poses": () =>
        keypointPipeline(logits, scene, { terms: poseTerms, starts: poses, out }),
      "24 x 8, l_m, exact": run("exact", mixedTerms()),
    },
    { milliseconds: 1500 },
  );
  if (exact.median > 1000 * promised)
    throw new Error(`keypoints: expected at most ${promised} ms, got ${exact.median / 1000} ms`);
}

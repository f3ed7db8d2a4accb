/** Errors of a pose: ADD-S by the k-d tree against every pair, and a whole row of an evaluation. */
import { kdTree } from "../src/kernels/kd-tree.js";
import { nearestVertexDistance } from "../src/kernels/nearest-vertex.js";
import { rotation } from "../src/kernels/rodrigues.js";
import { preparedModel } from "../src/metrics/model.js";
import { errorNames, noPoseErrors, poseErrors } from "../src/metrics/pose-errors.js";
import { symmetryTransforms } from "../src/problem/symmetry.js";
import { type Stream, stream } from "../src/random/index.js";
import { timed } from "./table.js";

const VERTICES = 5000;
/** What is promised of a pose a centimetre off: milliseconds for one ADD-S, and times faster than every pair. */
const MOST = 10;
const LEAST_GAIN = 20;

/** Points on a bumpy shell of half axes 8, 6 and 4 cm: a surface, as models are. */
function shell(draw: Stream, n: number): Float64Array {
  const points = new Float64Array(3 * n);
  for (let i = 0; i < n; i++) {
    const at = draw.sphere(new Float64Array(3));
    const bump = 1 + 0.1 * Math.sin(5 * at[0]) * Math.cos(4 * at[1]);
    for (let a = 0; a < 3; a++) points[3 * i + a] = [0.08, 0.06, 0.04][a] * bump * at[a];
  }
  return points;
}

function pose(axis: Float64Array, angle: number, t: readonly number[]): Float64Array {
  const R = new Float64Array(9);
  rotation(
    axis.map((x) => angle * x),
    R,
  );
  return Float64Array.from({ length: 12 }, (_, k) =>
    k % 4 === 3 ? t[(k - 3) / 4] : R[3 * Math.floor(k / 4) + (k % 4)],
  );
}

/** ADD-S by every pair, on vertices moved once. */
function everyPair(n: number, vertices: Float64Array, estimate: Float64Array, truth: Float64Array) {
  const move = (P: Float64Array) =>
    Float64Array.from({ length: 3 * n }, (_, k) => {
      const [v, r] = [3 * Math.floor(k / 3), 4 * (k % 3)];
      return (
        P[r] * vertices[v] + P[r + 1] * vertices[v + 1] + P[r + 2] * vertices[v + 2] + P[r + 3]
      );
    });
  const [from, to] = [move(truth), move(estimate)];
  let total = 0;
  for (let i = 0; i < 3 * n; i += 3) {
    let best = Infinity;
    for (let j = 0; j < 3 * n; j += 3) {
      const a = to[j] - from[i];
      const b = to[j + 1] - from[i + 1];
      const c = to[j + 2] - from[i + 2];
      const square = a * a + b * b + c * c;
      if (square < best) best = square;
    }
    total += Math.sqrt(best);
  }
  return total / n;
}

export async function bench(): Promise<void> {
  const draw = stream("bench/metrics");
  const vertices = shell(draw, VERTICES);
  const tree = kdTree(VERTICES, vertices);
  const axis = draw.sphere(new Float64Array(3));
  const truth = pose(axis, 1, [0.1, 0, 0.9]);
  const near = pose(axis, 1.05, [0.102, 0.001, 0.905]);
  const far = pose(axis, 3, [0.15, 0.1, 1.1]);
  const small = preparedModel({
    name: "shell",
    vertices: shell(draw, 500),
    unit: "m",
    symmetries: symmetryTransforms({ symmetries_continuous: [{ axis: [0, 0, 1] }] }),
  });
  const K = Float64Array.of(572.4, 0, 325.3, 0, 573.6, 242, 0, 0, 1);
  const errors = noPoseErrors();
  const timings = await timed(
    {
      "kdTree, 5000 vertices": () => kdTree(VERTICES, vertices),
      "ADD-S, 5000 vertices, a near pose": () => nearestVertexDistance(tree, near, truth),
      "ADD-S, 5000 vertices, a far pose": () => nearestVertexDistance(tree, far, truth),
      "ADD-S, 5000 vertices, every pair": () => everyPair(VERTICES, vertices, near, truth),
      "all ten errors, 500 vertices, 315 symmetries": () =>
        poseErrors(small, K, near, truth, errorNames, errors),
    },
    { milliseconds: 600 },
  );
  const [, nearest, furthest, brute] = timings.map(({ median }) => median / 1000);
  process.stdout.write(
    `every pair takes ${(brute / nearest).toFixed(1)} and ${(brute / furthest).toFixed(1)} times as long\n`,
  );
  if (!(nearest < MOST))
    throw new Error(`metrics: expected ADD-S under ${MOST} ms, got ${nearest.toFixed(2)}`);
  if (!(brute / nearest >= LEAST_GAIN))
    throw new Error(
      `metrics: expected a gain of ${LEAST_GAIN}, got ${(brute / nearest).toFixed(1)}`,
    );
}

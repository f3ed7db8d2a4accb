/**
 * A network in jax-js that learns to correct keypoints, from poses alone.
 *
 *     npx tsx docs/examples/jax-training.ts
 *
 * A detector sees every keypoint of an object shifted by an offset of its own, which grows with the
 * distance from the middle of the picture. A small network (jax-js) reads the keypoints and corrects them; the
 * corrected ones are solved for a pose (a backend), and the loss is how far that is from the true pose. jax-js has
 * no custom derivatives, so the chain is put together by hand: the backend takes the loss back to the
 * keypoints, and the `vjp` of the network takes it from there to the parameters.
 */
import { fileURLToPath } from "node:url";
import { numpy as np, tree, vjp } from "@jax-js/jax";
import {
  type Backend,
  backend,
  differentiablePoseLosses,
  paddedProblems,
} from "../../src/backend/index.js";
import { poseProjections } from "../../src/kernels/pose-sample-cost.js";
import { stream } from "../../src/random/index.js";

export type Parameters = { W1: np.Array; b1: np.Array; W2: np.Array; b2: np.Array };

/** Poses with their keypoints as the detector sees them. */
export interface Batch {
  readonly count: number;
  /** Detected pixels over 100, from the middle of the picture [B, 2N]. */
  readonly features: Float64Array;
  /** True poses (t, q) [B, 7]. */
  readonly targets: Float64Array;
}

/** Eight corners of a box, in metres. */
const corners = Float64Array.from({ length: 24 }, (_, i) => {
  const [corner, axis] = [Math.floor(i / 3), i % 3];
  return [0.3, 0.2, 0.15][axis] * (corner & (1 << axis) ? 1 : -1);
});
const N = 8;
/** A focal length of 500 px; pixels are counted from the middle of the picture. */
const camera = Float64Array.of(500, 0, 0, 0, 500, 0, 0, 0, 1);
const hidden = 24;

export function drawnBatch(count: number, seed: string): Batch {
  const draw = stream(seed);
  const features = new Float64Array(2 * N * count);
  const targets = new Float64Array(7 * count);
  const [P, offsets] = [new Float64Array(12), stream("keypoint offsets")];
  const shift = Float64Array.from({ length: 2 * N }, () => 0.1 * offsets.normal());
  for (let b = 0; b < count; b++) {
    const pose = targets.subarray(7 * b, 7 * b + 7);
    pose.set([0.2 * draw.normal(), 0.2 * draw.normal(), 2 + draw.uniform()]);
    pose.set(draw.unitQuaternion(), 3);
    poseProjections(1, 7, pose, camera, P);
    for (let i = 0; i < N; i++) {
      const z = corners.subarray(3 * i, 3 * i + 3);
      const [u, v, w] = [0, 4, 8].map(
        (k) => P[k] * z[0] + P[k + 1] * z[1] + P[k + 2] * z[2] + P[k + 3],
      );
      const [x, y] = [u / w / 100, v / w / 100];
      const far = 1 + 0.2 * (x * x + y * y);
      features[2 * (N * b + i)] = x + far * shift[2 * i];
      features[2 * (N * b + i) + 1] = y + far * shift[2 * i + 1];
    }
  }
  return { count, features, targets };
}

/**
 * Numbers as an array of doubles on jax's side. Node before 24 has no Float16Array, which jax-js asks for
 * before it comes to doubles: it is given a stand-in for as long as that takes.
 */
export function doubles(values: Float64Array, shape: number[]): np.Array {
  const globals = globalThis as { Float16Array?: unknown };
  const missing = globals.Float16Array === undefined;
  if (missing) globals.Float16Array = class {};
  try {
    return np.array(values.slice() as never, { shape, dtype: np.float64 });
  } finally {
    if (missing) delete globals.Float16Array;
  }
}

export function initialParameters(seed: string): Parameters {
  const draw = stream(seed);
  const normals = (rows: number, columns: number, size: number) =>
    doubles(
      Float64Array.from({ length: rows * columns }, () => size * draw.normal()),
      [rows, columns],
    );
  return {
    W1: normals(2 * N, hidden, 1 / Math.sqrt(2 * N)),
    b1: normals(1, hidden, 0.1),
    W2: normals(hidden, 2 * N, 0.05),
    b2: normals(1, 2 * N, 0.01),
  };
}

/**
 * Corrected keypoints [px] [B, 2N] of features. Its bend is x/√(1 + x²): tanh on jax-js's WebAssembly is right to
 * nine digits, too few to check a gradient by differences.
 */
function corrected(features: np.Array): (parameters: Parameters) => np.Array {
  return ({ W1, b1, W2, b2 }) => {
    const a = np.matmul(features.ref, W1).add(b1);
    const bent = a.ref.div(np.sqrt(np.square(a).add(1)));
    return features.ref.add(np.matmul(bent, W2)).add(b2).mul(100);
  };
}

/** Mean loss of a batch, and its gradient by the parameters. */
export async function lossAndGradient(
  on: Backend,
  parameters: Parameters,
  { count, features, targets }: Batch,
): Promise<{ loss: number; gradient: Parameters }> {
  const input = doubles(features, [count, 2 * N]);
  const [pixels, pull] = vjp(corrected(input), [tree.ref(parameters)]);
  const x2d = (await pixels.data()) as Float64Array;
  const problems = paddedProblems({ x2d, x3d: corners, K: camera, size: [count, N] });
  const options = { poseInit: targets, translation: 10, rotation: 10 };
  const poses = await differentiablePoseLosses(on, problems, targets, options);
  // A problem without a pose has no loss and no say.
  const shared = poses.counts.filter(Boolean).length;
  const upstream = poses.counts.map((own) => (own ? 1 / shared : 0));
  const { x2d: byPixels } = await poses.backward(upstream);
  const [gradient] = pull(doubles(byPixels, [count, 2 * N]));
  pull.dispose();
  input.dispose();
  const loss = poses.value.reduce((sum, v, b) => (poses.counts[b] ? sum + v / shared : sum), 0);
  return { loss, gradient };
}

/** Adam, in jax: parameters and moments are made anew at every step. */
export class Adam {
  private step = 0;
  private first: Parameters | null = null;
  private second: Parameters | null = null;

  constructor(private readonly rate: number) {}

  /** Takes the parameters and the gradient, and gives the next parameters. */
  next(parameters: Parameters, gradient: Parameters): Parameters {
    this.step++;
    const [m, v] = [this.first, this.second];
    const square = tree.map((g: np.Array) => np.square(g), tree.ref(gradient)) as Parameters;
    const mean = (old: Parameters | null, now: Parameters, keep: number) =>
      (old
        ? tree.map((a: np.Array, b: np.Array) => a.mul(keep).add(b.mul(1 - keep)), old, now)
        : tree.map((b: np.Array) => b.mul(1 - keep), now)) as Parameters;
    this.first = mean(m, gradient, 0.9);
    this.second = mean(v, square, 0.999);
    const [by1, by2] = [1 - 0.9 ** this.step, 1 - 0.999 ** this.step];
    return tree.map(
      (p: np.Array, a: np.Array, b: np.Array) =>
        p.sub(
          a
            .div(by1)
            .mul(this.rate)
            .div(np.sqrt(b.div(by2)).add(1e-8)),
        ),
      parameters,
      tree.ref(this.first),
      tree.ref(this.second),
    ) as Parameters;
  }
}

/** Losses of the steps of a training run. */
export async function trained(
  on: Backend,
  { steps, batch, rate, seed }: { steps: number; batch: number; rate: number; seed: string },
): Promise<number[]> {
  let parameters = initialParameters(seed);
  const adam = new Adam(rate);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const drawn = drawnBatch(batch, `${seed}/${step}`);
    const { loss, gradient } = await lossAndGradient(on, parameters, drawn);
    parameters = adam.next(parameters, gradient);
    losses.push(loss);
  }
  return losses;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const on = await backend();
  const losses = await trained(on, { steps: 400, batch: 64, rate: 3e-3, seed: "jax" });
  for (let step = 0; step < losses.length; step += 50)
    console.log(`step ${String(step).padStart(3)}  loss ${losses[step].toPrecision(3)}`);
  console.log(`step ${losses.length - 1}  loss ${losses[losses.length - 1].toPrecision(3)}`);
  await on.close();
}

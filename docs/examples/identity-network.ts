/**
 * A network from a pose to weighted correspondences, and the optimiser that trains it.
 *
 *     h = leaky(W₁ y + b₁)      (z, x, s) of 64 points = W₂ h + b₂      w = e^g softmax(s)
 *
 * leaky(u) is u above zero and u/100 below. Layers are kernels of this project, forwards and backwards.
 */

import { pixelwiseLinear, pixelwiseLinearVjp } from "../../src/kernels/dense-head.js";
import { denseWeights, denseWeightsVjp } from "../../src/kernels/dense-weights.js";
import { stream } from "../../src/random/index.js";

/** Numbers of a pose (t, q), and of a point: z [3], x [2] and the logits of w [2]. */
const POSE = 7;
const POINT = 7;
const LEAK = 0.01;

/** What is learnt: two layers and the log scales of the weights. */
export interface Parameters {
  readonly W1: Float64Array;
  readonly b1: Float64Array;
  readonly W2: Float64Array;
  readonly b2: Float64Array;
  readonly g: Float64Array;
}

/** One pose's correspondences, as the solver takes them, or their gradients. */
export interface PointArrays {
  readonly x3d: Float64Array;
  readonly x2d: Float64Array;
  readonly w2d: Float64Array;
}

/** The pass of one batch: hidden layer before leaky, logits, and correspondences of every pose. */
export interface Pass {
  readonly inputs: Float64Array;
  readonly before: Float64Array;
  readonly hidden: Float64Array;
  readonly predicted: readonly PointArrays[];
}

/** Layers filled uniformly within ±1/√(inputs); log scales zero. */
export function initialParameters(hidden: number, points: number, seed: string): Parameters {
  const draw = stream(seed);
  const uniform = (count: number, inputs: number) =>
    Float64Array.from({ length: count }, () => (2 * draw.uniform() - 1) / Math.sqrt(inputs));
  return {
    W1: uniform(hidden * POSE, POSE),
    b1: uniform(hidden, POSE),
    W2: uniform(points * POINT * hidden, hidden),
    b2: uniform(points * POINT, hidden),
    g: new Float64Array(2),
  };
}

/** Correspondences of a batch of poses, rows (t, q) [7]. */
export function forwards({ W1, b1, W2, b2, g }: Parameters, inputs: Float64Array): Pass {
  const batch = inputs.length / POSE;
  const width = b1.length;
  const before = new Float64Array(batch * width);
  pixelwiseLinear(batch, POSE, width, inputs, W1, b1, before);
  const hidden = before.map((u) => (u > 0 ? u : LEAK * u));
  const outputs = new Float64Array(batch * b2.length);
  pixelwiseLinear(batch, width, b2.length, hidden, W2, b2, outputs);
  const predicted = Array.from({ length: batch }, (_, i) => {
    const row = outputs.subarray(i * b2.length, (i + 1) * b2.length);
    const n = row.length / POINT;
    const w2d = columns(row, 5, 7);
    denseWeights("softmax", n, w2d, g, w2d);
    return { x3d: columns(row, 0, 3), x2d: columns(row, 3, 5), w2d };
  });
  return { inputs, before, hidden, predicted };
}

/** ∂L by all parameters, of ∂L by the correspondences of every pose. */
export function backwards(
  { W1, W2, b1, b2 }: Parameters,
  pass: Pass,
  upstream: readonly PointArrays[],
): Parameters {
  const batch = upstream.length;
  const width = b1.length;
  const outputs = new Float64Array(batch * b2.length);
  const byScale = new Float64Array(2);
  const share = new Float64Array(2);
  upstream.forEach(({ x3d, x2d, w2d }, i) => {
    const row = outputs.subarray(i * b2.length, (i + 1) * b2.length);
    const logits = new Float64Array(w2d.length);
    denseWeightsVjp("softmax", w2d.length / 2, pass.predicted[i].w2d, w2d, logits, share);
    for (let a = 0; a < 2; a++) byScale[a] += share[a];
    setColumns(row, 0, 3, x3d);
    setColumns(row, 3, 5, x2d);
    setColumns(row, 5, 7, logits);
  });
  const gradient = {
    W1: new Float64Array(W1.length),
    b1: new Float64Array(width),
    W2: new Float64Array(W2.length),
    b2: new Float64Array(b2.length),
    g: byScale,
  };
  const byHidden = new Float64Array(batch * width);
  const byInputs = new Float64Array(batch * POSE);
  pixelwiseLinearVjp(
    ...([batch, width, b2.length, pass.hidden, W2, outputs] as const),
    ...([byHidden, gradient.W2, gradient.b2] as const),
  );
  const byBefore = byHidden.map((v, k) => (pass.before[k] > 0 ? v : LEAK * v));
  pixelwiseLinearVjp(
    ...([batch, POSE, width, pass.inputs, W1, byBefore] as const),
    ...([byInputs, gradient.W1, gradient.b1] as const),
  );
  return gradient;
}

/** Adam [KingmaBa2015], with a rate of its own for every array. */
export class Adam {
  private step = 0;
  private readonly means = new Map<keyof Parameters, [Float64Array, Float64Array]>();

  constructor(
    private readonly parameters: Parameters,
    private readonly rate: (name: keyof Parameters) => number,
  ) {
    for (const name of Object.keys(parameters) as (keyof Parameters)[]) {
      const { length } = parameters[name];
      this.means.set(name, [new Float64Array(length), new Float64Array(length)]);
    }
  }

  /** Moves the parameters against a gradient; `slower` scales every rate. */
  update(gradient: Parameters, slower = 1): void {
    this.step++;
    const [first, second] = [0.9, 0.999];
    const unbias = Math.sqrt(1 - second ** this.step) / (1 - first ** this.step);
    for (const [name, [mean, square]] of this.means) {
      const [values, slopes] = [this.parameters[name], gradient[name]];
      const rate = slower * this.rate(name) * unbias;
      for (let k = 0; k < values.length; k++) {
        mean[k] += (1 - first) * (slopes[k] - mean[k]);
        square[k] += (1 - second) * (slopes[k] ** 2 - square[k]);
        values[k] -= (rate * mean[k]) / (Math.sqrt(square[k]) + 1e-8);
      }
    }
  }
}

/** Columns from `low` to `high` of rows of a point's numbers. */
function columns(row: Float64Array, low: number, high: number): Float64Array {
  const width = high - low;
  return Float64Array.from(
    { length: (row.length / POINT) * width },
    (_, k) => row[POINT * Math.floor(k / width) + low + (k % width)],
  );
}

function setColumns(row: Float64Array, low: number, high: number, from: Float64Array): void {
  const width = high - low;
  from.forEach((x, k) => {
    row[POINT * Math.floor(k / width) + low + (k % width)] = x;
  });
}

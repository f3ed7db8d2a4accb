/**
 * Heat maps optimised directly under a loss of the keypoint pipeline: every logit is a parameter.
 *
 * Source: EQUATIONS EXP-R3, EXP-R8, EXP-R9, REPRO-L1 … L7; SYSTEMS S-07.
 */
import ndarray from "ndarray";
import type { Variant } from "../differentiate/variants.js";
import { heatMapTargets } from "../heatmap/targets.js";
import { spatialSoftmax } from "../kernels/spatial-softmax.js";
import { adam, gradientDescent, type Optimiser, stepDecay } from "../optimise/index.js";
import { keypointPipeline, type PipelineTerms, type PoseLayer } from "../pipeline/index.js";
import { type DroneMaps, image } from "./drone-maps.js";

export interface MapDescentOptions {
  readonly rows: number;
  readonly columns: number;
  /** The loss of each step. */
  readonly terms: (step: number) => PipelineTerms;
  readonly layer: Variant | PoseLayer;
  readonly optimiser: "adam" | "descent";
  /** Of the optimiser; a tenth of it from half of the steps on. */
  readonly rate: number;
  readonly steps: number;
}

export interface MapDescent {
  /** Logits and their keypoints [2K], px, after the last step. */
  readonly logits: Float64Array;
  readonly keypoints: Float64Array;
  /** Before each step and after the last: the loss, keypoints' root mean square distance from their labels [px]. */
  readonly losses: Float64Array;
  readonly errors: Float64Array;
  /** Keypoints [2K] before each step and after the last. */
  readonly course: readonly Float64Array[];
  /** ‖∇l_h‖ / ‖∇ of the rest‖ at the start; NaN where one of them is not asked for. */
  readonly balance: number;
}

/** The descent of these maps. */
export function mapDescent(maps: DroneMaps, options: MapDescentOptions): MapDescent {
  const { rows, columns, terms, layer, rate, steps } = options;
  const { x3d, K, n } = maps.scene.correspondences;
  const values = maps.logits.slice();
  const logits = ndarray(values, [1, n, rows, columns]);
  const targets = heatMapTargets(ndarray(maps.labels, [1, n, 2]), {
    ...{ rows, columns, coordinates: image, outside: "keep", scale: "density", guard: 1e-8 },
    sigma: [0.035 * image.width, 0.035 * image.height],
  }).maps;
  const given = { points: x3d, camera: K, image, keypoints: maps.labels };
  const optimiser: Optimiser =
    options.optimiser === "adam"
      ? adam([{ values }], { rate })
      : gradientDescent([{ values }], { rate });
  const decay = stepDecay([Math.max(1, Math.floor(steps / 2))]);
  const [losses, errors] = [new Float64Array(steps + 1), new Float64Array(steps + 1)];
  const course: Float64Array[] = [];
  let balance = Number.NaN;
  for (let step = 0; ; step++) {
    // The loss of the last step is that which the result is told by.
    const found = keypointPipeline(logits, given, {
      ...{ terms: terms(Math.min(step, steps - 1)), layer, outside: "keep" },
      heatMap: { targets: [targets] },
    });
    const [{ keypoints }] = found.items;
    losses[step] = found.loss;
    errors[step] = distance(keypoints, maps.labels);
    course.push(keypoints);
    if (step === 0) balance = found.balance ?? Number.NaN;
    if (step === steps) return { logits: values, keypoints, losses, errors, course, balance };
    optimiser.step([found.gradients[0].data], decay(step));
  }
}

/** Root mean square distance of K pixels. */
function distance(x: Float64Array, y: Float64Array): number {
  return Math.sqrt((2 * x.reduce((sum, v, k) => sum + (v - y[k]) ** 2, 0)) / x.length);
}

/** Mean entropy of softmax maps [nats]: log of how many cells a map is spread over. */
export function mapEntropy(logits: Float64Array, cells: number): number {
  const p = new Float64Array(cells);
  let sum = 0;
  for (let i = 0; i < logits.length; i += cells) {
    spatialSoftmax(cells, logits.subarray(i, i + cells), 1, p);
    for (const q of p) if (q > 0) sum -= q * Math.log(q);
  }
  return (sum * cells) / logits.length;
}

/** What losses of a batch take beside correspondences: samples near the true poses, boxes, and yaws. */
import { stream } from "../../src/random/stream.js";

/** Targets [B, width], and S poses beside each with log-densities [T, S]. */
export function drawnSamples(truth: Float64Array, width: 7 | 4, S: number, T: number) {
  const B = truth.length / 7;
  const draw = stream("spec/backend/samples");
  const target = new Float64Array(B * width);
  const poses = new Float64Array(B * S * width);
  for (let b = 0; b < B; b++) {
    const y = truth.subarray(7 * b, 7 * b + 7);
    target.set(width === 7 ? y : [...y.subarray(0, 3), 2 * Math.atan2(y[5], y[3])], width * b);
    for (let s = 0; s < S; s++) {
      const at = (b * S + s) * width;
      for (let k = 0; k < width; k++)
        poses[at + k] = target[width * b + k] + 0.02 * draw.normal() * (k < 3 ? y[2] : 1);
      if (width === 4) continue;
      const length = Math.hypot(...poses.subarray(at + 3, at + 7));
      for (let k = 3; k < 7; k++) poses[at + k] /= length;
    }
  }
  const logDensities = Float64Array.from({ length: B * T * S }, () => draw.normal());
  return { target, poses, logDensities };
}

/** G corners [B, G, 3], or vertices, within a unit box. */
export const corners = (B: number, G: number): Float64Array =>
  stream("spec/backend/corners")
    .uniforms(new Float64Array(3 * G * B))
    .map((u) => u - 0.5);

import { expect, it } from "vitest";
import { kdTree } from "../../src/kernels/kd-tree.js";
import { nearestVertexDistanceGradient } from "../../src/kernels/nearest-vertex.js";
import {
  relativePositionErrorGradient,
  rotationErrorGradient,
  translationErrorGradient,
} from "../../src/kernels/pose-error.js";
import {
  averageVertexDistanceGradient,
  symmetricVertexDistanceGradient,
} from "../../src/kernels/vertex-distance.js";
import {
  averageProjectionDistanceGradient,
  symmetricProjectionDistanceGradient,
} from "../../src/kernels/vertex-projection.js";
import { stream } from "../../src/random/stream.js";
import { composed, drawnMotion, type Sighting, sightings } from "../equations/model-draws.js";

const ε = Number.EPSILON;
type Gradient = (sighting: Sighting, out: Float64Array) => unknown;
const lengths: Record<string, Gradient> = {
  averageVertexDistanceGradient: ({ n, vertices, estimate, truth }, g) =>
    averageVertexDistanceGradient(n, vertices, estimate, truth, g),
  nearestVertexDistanceGradient: ({ n, vertices, estimate, truth }, g) =>
    nearestVertexDistanceGradient(kdTree(n, vertices), estimate, truth, g),
  symmetricVertexDistanceGradient: ({ n, vertices, count, symmetries, estimate, truth }, g) =>
    symmetricVertexDistanceGradient(n, vertices, count, symmetries, estimate, truth, g),
  rotationErrorGradient: ({ estimate, truth }, g) => rotationErrorGradient(estimate, truth, g),
  translationErrorGradient: ({ estimate, truth }, g) =>
    translationErrorGradient(estimate, truth, g),
  relativePositionErrorGradient: ({ estimate, truth }, g) =>
    relativePositionErrorGradient(estimate, truth, g),
};
/** A camera whose pixels turn with it. */
const square = Float64Array.of(600, 0, 320, 0, 600, 240, 0, 0, 1);
const pixels: Record<string, Gradient> = {
  averageProjectionDistanceGradient: ({ n, vertices, estimate, truth }, g) =>
    averageProjectionDistanceGradient(n, vertices, square, estimate, truth, g),
  symmetricProjectionDistanceGradient: ({ n, vertices, count, symmetries, estimate, truth }, g) =>
    symmetricProjectionDistanceGradient(n, vertices, square, count, symmetries, estimate, truth, g),
};

/**
 * Both poses seen from a turned camera: an error is the same, and both halves (φ, τ) of its gradient turn
 * with the camera. What directions lose to cancellation is ten roundings of a metre over the least distance.
 */
function turnsAlong(gradient: Gradient, turn: Float64Array, size: number, name: string): void {
  for (const sighting of sightings("laws/metric-gradients", 4)) {
    if (sighting.label !== "generic") continue;
    const [here, there] = [new Float64Array(6), new Float64Array(6)];
    gradient(sighting, here);
    const turned = (P: Float64Array) => composed(turn, P);
    gradient(
      { ...sighting, estimate: turned(sighting.estimate), truth: turned(sighting.truth) },
      there,
    );
    for (let k = 0; k < 6; k++) {
      const [half, i] = [3 * Math.floor(k / 3), k % 3];
      const expected = [0, 1, 2].reduce((sum, j) => sum + turn[4 * i + j] * here[half + j], 0);
      expect(Math.abs(there[k] - expected), name).toBeLessThan(size * 10 * ε * (1 / 1e-3));
    }
  }
}

it("a turn of the camera turns both halves of the gradient of a length or an angle", () => {
  const turn = drawnMotion(stream("laws/metric-gradients/turn"), 2, [0, 0, 0]);
  for (const [name, gradient] of Object.entries(lengths)) turnsAlong(gradient, turn, 1, name);
});

it("a roll of the camera turns both halves of the gradient of pixels", () => {
  const roll = Float64Array.of(0.6, -0.8, 0, 0, 0.8, 0.6, 0, 0, 0, 0, 1, 0);
  for (const [name, gradient] of Object.entries(pixels)) turnsAlong(gradient, roll, 600, name);
});

it("moved along their gradient by a millionth, errors grow by its square", () => {
  for (const [name, gradient] of Object.entries({ ...lengths, ...pixels }))
    for (const sighting of sightings("laws/metric-gradients/slope", 3)) {
      // The three errors of a pose return no value: their gradient is 1 long, or 0.
      if (sighting.label !== "generic" || /ErrorGradient$/.test(name)) continue;
      const g = new Float64Array(6);
      const value = gradient(sighting, g) as number;
      const square = g.reduce((sum, v) => sum + v * v, 0);
      const step = 1e-6 / Math.sqrt(square);
      const turn = smallTurn(g.map((v) => step * v));
      const t = sighting.estimate;
      const estimate = composed(turn, t).map((v, k) =>
        k % 4 === 3 ? t[k] + step * g[3 + (k - 3) / 4] : v,
      );
      const grown = (gradient({ ...sighting, estimate }, new Float64Array(6)) as number) - value;
      // The second derivative is the curvature of a length: at most one over the least distance.
      expect(Math.abs(grown / (step * square) - 1), name).toBeLessThan(1e-6 / 1e-3);
    }
});

/** [Exp(φ) | 0] of a small φ, to φ³. */
function smallTurn(φ: ArrayLike<number>): Float64Array {
  const [a, b, c] = [φ[0], φ[1], φ[2]];
  return Float64Array.of(
    ...[1 - (b * b + c * c) / 2, -c + (a * b) / 2, b + (a * c) / 2, 0],
    ...[c + (a * b) / 2, 1 - (a * a + c * c) / 2, -a + (b * c) / 2, 0],
    ...[-b + (a * c) / 2, a + (b * c) / 2, 1 - (a * a + b * b) / 2, 0],
  );
}

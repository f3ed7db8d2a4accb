import * as definedNearest from "../../src/definitions/nearest-vertex.js";
import * as definedError from "../../src/definitions/pose-error.js";
import * as definedDistance from "../../src/definitions/vertex-distance.js";
import * as definedProjection from "../../src/definitions/vertex-projection.js";
import { kdTree } from "../../src/kernels/kd-tree.js";
import * as nearest from "../../src/kernels/nearest-vertex.js";
import * as error from "../../src/kernels/pose-error.js";
import * as distance from "../../src/kernels/vertex-distance.js";
import * as projection from "../../src/kernels/vertex-projection.js";
import type { Big } from "../../src/scalar/index.js";
import { bigRows, entries } from "../equations/big-truth.js";
import {
  bigMotion,
  bigMotions,
  motionSize,
  reach,
  type Sighting,
  sightings,
} from "../equations/model-draws.js";
import type { CertifyCase, CertifySample } from "./case.js";

type Poses = { E: Big[][]; T: Big[][]; V: Big[][]; C: Big[][]; S: Big[][][] };

/** Pixels by a unit of length, of a camera of focal length 600 at the least depth of drawn scenes. */
const PIXELS = 2 * 1200;
/** What the terms of a vertex's motion add up to. */
const motion = ({ vertices, estimate, truth }: Sighting) => motionSize(vertices, estimate, truth);
/** What the direction of a difference loses: the terms that cancel in it over what is left, an arm with it. */
const direction = (terms: number, left: number, { vertices }: Sighting) =>
  (terms / left) * (1 + reach(vertices));
/** P S is rounded before it is compared: lengths of up to 3, of which each entry sums four. */
const composing = (sighting: Sighting) => motion(sighting) + reach(sighting.vertices) + 3;
/** The same, where the nearest symmetry is the identity: it rounds nothing. */
const met = (sighting: Sighting) =>
  sighting.label === "generic" ? composing(sighting) : motion(sighting);
/** Pixels by a unit of length at a depth of 1. */
const FOCAL = 600;

function metric(
  id: string,
  file: string,
  name: string,
  run: (sighting: Sighting) => number | Float64Array,
  truth: (poses: Poses) => Big | Big[],
  scale?: readonly [string, (sighting: Sighting) => number],
): CertifyCase {
  return {
    id,
    name,
    order: name.endsWith("Gradient") ? 1 : 0,
    definition: `src/definitions/${file}.ts`,
    kernel: `src/kernels/${file}.ts`,
    spec: `spec/equations/${file}.spec.ts`,
    scale: scale?.[0],
    *samples(perLabel = 20): Iterable<CertifySample> {
      for (const sighting of sightings(`certify/${name}`, perLabel)) {
        const { vertices, estimate, truth: T, symmetries, K } = sighting;
        const result = run(sighting);
        const exact = truth({
          E: bigMotion(estimate),
          T: bigMotion(T),
          V: bigRows(vertices, 3),
          C: bigRows(K, 3),
          S: bigMotions(symmetries),
        });
        yield {
          label: sighting.label,
          values: typeof result === "number" ? [result] : result,
          truth: entries(exact),
          scale: scale?.[1](sighting),
        };
      }
    },
  };
}
const six = (write: (gradient: Float64Array) => unknown): Float64Array => {
  const gradient = new Float64Array(6);
  write(gradient);
  return gradient;
};

/** REPRO-M1, M2, M4, M5, LM-M1, BOP-M1, M3, M4. */
export const cases: readonly CertifyCase[] = [
  metric(
    "REPRO-M1",
    "pose-error",
    "relativePositionError",
    ({ estimate, truth }) => error.relativePositionError(estimate, truth),
    ({ E, T }) => definedError.relativePositionError(E, T),
  ),
  metric(
    "REPRO-M1",
    "pose-error",
    "relativePositionErrorGradient",
    ({ estimate, truth }) => six((g) => error.relativePositionErrorGradient(estimate, truth, g)),
    ({ E, T }) => definedError.relativePositionErrorGradient(E, T),
  ),
  metric(
    "REPRO-M2",
    "pose-error",
    "rotationError",
    ({ estimate, truth }) => error.rotationError(estimate, truth),
    ({ E, T }) => definedError.rotationError(E, T),
  ),
  metric(
    "REPRO-M2",
    "pose-error",
    "rotationErrorGradient",
    ({ estimate, truth }) => six((g) => error.rotationErrorGradient(estimate, truth, g)),
    ({ E, T }) => definedError.rotationErrorGradient(E, T),
  ),
  metric(
    "BOP-M4",
    "pose-error",
    "translationErrorGradient",
    ({ estimate, truth }) => six((g) => error.translationErrorGradient(estimate, truth, g)),
    ({ E, T }) => definedError.translationErrorGradient(E, T),
  ),
  metric(
    "BOP-M4",
    "pose-error",
    "translationError",
    ({ estimate, truth }) => error.translationError(estimate, truth),
    ({ E, T }) => definedError.translationError(E, T),
  ),
  metric(
    "REPRO-M4",
    "vertex-distance",
    "averageVertexDistance",
    ({ n, vertices, estimate, truth }) =>
      distance.averageVertexDistance(n, vertices, estimate, truth),
    ({ E, T, V }) => definedDistance.averageVertexDistance(E, T, V),
    ["‖R̂ − R‖ max ‖v‖ + ‖t̂ − t‖", motion],
  ),
  metric(
    "REPRO-M4",
    "vertex-distance",
    "averageVertexDistanceGradient",
    ({ n, vertices, estimate, truth }) =>
      six((g) => distance.averageVertexDistanceGradient(n, vertices, estimate, truth, g)),
    ({ E, T, V }) => definedDistance.averageVertexDistanceGradient(E, T, V),
    [
      "the motion over ADD, times 1 + max ‖v‖: digits that directions lose",
      (sighting) => {
        const { n, vertices, estimate, truth } = sighting;
        const add = distance.averageVertexDistance(n, vertices, estimate, truth);
        return direction(motion(sighting), add, sighting);
      },
    ],
  ),
  metric(
    "BOP-M3",
    "vertex-distance",
    "symmetricVertexDistance",
    ({ n, vertices, count, symmetries, estimate, truth }) =>
      distance.symmetricVertexDistance(n, vertices, count, symmetries, estimate, truth),
    ({ E, T, V, S }) => definedDistance.symmetricVertexDistance(E, T, V, S),
    ["that of ADD, and the lengths that P S is composed of", composing],
  ),
  metric(
    "BOP-M3",
    "vertex-distance",
    "symmetricVertexDistanceGradient",
    ({ n, vertices, count, symmetries, estimate, truth }) =>
      six((g) =>
        distance.symmetricVertexDistanceGradient(
          ...([n, vertices, count, symmetries, estimate, truth] as const),
          g,
        ),
      ),
    ({ E, T, V, S }) => definedDistance.symmetricVertexDistanceGradient(E, T, V, S),
    [
      "what MSSD is made of over MSSD, times 1 + max ‖v‖",
      (sighting) => {
        const { n, vertices, count, symmetries, estimate, truth } = sighting;
        const mssd = distance.symmetricVertexDistance(
          ...([n, vertices, count, symmetries, estimate, truth] as const),
        );
        return direction(met(sighting), mssd, sighting);
      },
    ],
  ),
  metric(
    "LM-M1",
    "nearest-vertex",
    "nearestVertexDistance",
    ({ n, vertices, estimate, truth }) =>
      nearest.nearestVertexDistance(kdTree(n, vertices), estimate, truth),
    ({ E, T, V }) => definedNearest.nearestVertexDistance(E, T, V),
    [
      "that of ADD and max ‖v‖",
      (sighting: Sighting) => motion(sighting) + reach(sighting.vertices),
    ],
  ),
  metric(
    "LM-M1",
    "nearest-vertex",
    "nearestVertexDistanceGradient",
    ({ n, vertices, estimate, truth }) =>
      six((g) => nearest.nearestVertexDistanceGradient(kdTree(n, vertices), estimate, truth, g)),
    ({ E, T, V }) => definedNearest.nearestVertexDistanceGradient(E, T, V),
    [
      "what ADD-S is made of over ADD-S, times 1 + max ‖v‖",
      (sighting) => {
        const { n, vertices, estimate, truth } = sighting;
        const adds = nearest.nearestVertexDistance(kdTree(n, vertices), estimate, truth);
        return direction(motion(sighting) + reach(vertices), adds, sighting);
      },
    ],
  ),
  metric(
    "REPRO-M5",
    "vertex-projection",
    "averageProjectionDistance",
    ({ n, vertices, K, estimate, truth }) =>
      projection.averageProjectionDistance(n, vertices, K, estimate, truth),
    ({ E, T, V, C }) => definedProjection.averageProjectionDistance(E, T, C, V),
    ["that of ADD, in pixels", (sighting: Sighting) => PIXELS * motion(sighting)],
  ),
  metric(
    "BOP-M1",
    "vertex-projection",
    "symmetricProjectionDistance",
    ({ n, vertices, K, count, symmetries, estimate, truth }) =>
      projection.symmetricProjectionDistance(n, vertices, K, count, symmetries, estimate, truth),
    ({ E, T, V, C, S }) => definedProjection.symmetricProjectionDistance(E, T, C, V, S),
    ["that of MSSD, in pixels", (sighting: Sighting) => PIXELS * composing(sighting)],
  ),
  metric(
    "REPRO-M5",
    "vertex-projection",
    "averageProjectionDistanceGradient",
    ({ n, vertices, K, estimate, truth }) =>
      six((g) => projection.averageProjectionDistanceGradient(n, vertices, K, estimate, truth, g)),
    ({ E, T, V, C }) => definedProjection.averageProjectionDistanceGradient(E, T, C, V),
    [
      "that of ADD's gradient, in pixels of motion over pixels of Proj",
      (sighting) => {
        const { n, vertices, K, estimate, truth } = sighting;
        const proj = projection.averageProjectionDistance(n, vertices, K, estimate, truth);
        return FOCAL * direction(FOCAL * motion(sighting), proj, sighting);
      },
    ],
  ),
  metric(
    "BOP-M1",
    "vertex-projection",
    "symmetricProjectionDistanceGradient",
    ({ n, vertices, K, count, symmetries, estimate, truth }) =>
      six((g) =>
        projection.symmetricProjectionDistanceGradient(
          ...([n, vertices, K, count, symmetries, estimate, truth] as const),
          g,
        ),
      ),
    ({ E, T, V, C, S }) => definedProjection.symmetricProjectionDistanceGradient(E, T, C, V, S),
    [
      "that of MSSD's gradient, in pixels of motion over pixels of MSPD",
      (sighting) => {
        const { n, vertices, K, count, symmetries, estimate, truth } = sighting;
        const mspd = projection.symmetricProjectionDistance(
          ...([n, vertices, K, count, symmetries, estimate, truth] as const),
        );
        return FOCAL * direction(FOCAL * met(sighting), mspd, sighting);
      },
    ],
  ),
];

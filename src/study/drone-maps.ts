/**
 * Heat maps of a drone-like object that no network made: evidence of each keypoint, hidden here and there, among clutter.
 *
 *     logit_p = a [seen] G(p; x⋆ + 4 px · n) + a c [clutter] G(p; anywhere) + 0.3 n,   c uniform in ½ … 1
 *
 * with G a Gaussian of peak 1. Poses are those of scene D1 whose keypoints are all in the image, as the data set's
 * frames are. Labels are the true keypoints with noise of an annotator.
 * Source: EQUATIONS EXP-R3, DATA-1; SYSTEMS D1; [UAVA2021] Sec 3.2.
 */
import { inFrame } from "../heatmap/frame.js";
import { heatMapTargets } from "../heatmap/targets.js";
import { type Scene, scene } from "../problem/scenes.js";
import { stream } from "../random/stream.js";

/** The camera's image [px]. */
export const image = { width: 320, height: 240 } as const;

export interface DroneMapOptions {
  readonly rows: number;
  readonly columns: number;
  /** Share of keypoints that are not seen. */
  readonly occluded: number;
  /** Share of maps that show something else as well. */
  readonly cluttered: number;
  /** Standard deviation of a label [px]. */
  readonly labelNoise: number;
}

export interface DroneMaps {
  readonly scene: Scene;
  /** Logits [K rows columns] at the start. */
  readonly logits: Float64Array;
  /** Labels [2K], px. */
  readonly labels: Float64Array;
}

/** Amplitude of evidence in logits, its σ [px], how far it is off, and the noise of every cell. */
const evidence = { amplitude: 6, sigma: 12, jitter: 4, noise: 0.3 } as const;

/** The maps of this name. */
export function droneMaps(name: string, options: DroneMapOptions): DroneMaps {
  const { rows, columns, occluded, cluttered, labelNoise } = options;
  const made = seenScene(name);
  const { n, x2d } = made.correspondences;
  const draw = stream(`${name}/maps`);
  const seen = Array.from({ length: n }, () => draw.uniform() >= occluded);
  const shown = x2d.map((v) => v + evidence.jitter * draw.normal());
  const other = Float64Array.from(
    { length: 2 * n },
    (_, k) => (k % 2 === 0 ? image.width : image.height) * draw.uniform() - 0.5,
  );
  const strength = Array.from({ length: n }, () => {
    const present = draw.uniform() < cluttered;
    return (present ? 1 : 0) * (0.5 + 0.5 * draw.uniform());
  });
  const bumps = (centres: Float64Array) =>
    heatMapTargets(centres, {
      ...{ rows, columns, coordinates: image, sigma: evidence.sigma, outside: "keep" },
    }).maps.data;
  const [own, foreign] = [bumps(shown), bumps(other)];
  const cells = rows * columns;
  const logits = Float64Array.from({ length: n * cells }, (_, j) => {
    const i = Math.floor(j / cells);
    const bump = (seen[i] ? own[j] : 0) + strength[i] * foreign[j];
    return evidence.amplitude * bump + evidence.noise * draw.normal();
  });
  return { scene: made, logits, labels: x2d.map((v) => v + labelNoise * draw.normal()) };
}

/** The first scene D1 of this name whose keypoints are all in the image. */
function seenScene(name: string): Scene {
  for (let k = 0; ; k++) {
    const made = scene("D1", { seed: `${name}/${k}` });
    if (inFrame(made.correspondences.x2d, image)) return made;
  }
}

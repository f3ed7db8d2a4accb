/**
 * The gradient of l_proj through EPnP beside that through the least-squares pose, by the noise of the keypoints.
 *
 * Both poses are exact without noise, and there A J = I for both, A = ∂y/∂x and J = ∂π/∂y; but A has more columns than
 * rows, and the two are different left inverses. So their gradients do not become equal as noise goes to 0.
 * A second design asks for the gradient of one pose error, of the same v for both, without noise.
 * Source: EQUATIONS PNP-9, EXP-R5; SYSTEMS S-03 (4); [LepetitEtAl2009]; [UAVA2021] Table 5.
 */

import { epnpLayer } from "../pipeline/epnp-layer.js";
import { keypointLosses } from "../pipeline/index.js";
import { dataGradient, implicitLayer } from "../pipeline/pose-layer.js";
import { scene } from "../problem/scenes.js";
import { stream } from "../random/stream.js";
import { median } from "./cloud.js";
import type { Cell, Figure, Study, StudySettings } from "./study.js";

interface CosineSettings extends StudySettings {
  /** Scenes of one repetition. */
  readonly scenes: number;
  /** Noise of the keypoints [px]. */
  readonly noises: readonly number[];
}

/** Where control points lie: no published text settles it, and with noise it is another pose. */
const steps = ["deviations", "spread", "unit"] as const;
type Steps = (typeof steps)[number];

const projectionCell = (controlPoints: Steps, noise: number): Cell => ({
  id: `l_proj/${controlPoints}/${noise} px`,
  factors: { design: "l_proj", controlPoints, noise },
});
const sharedCell: Cell = {
  id: "one pose error/0 px",
  factors: { design: "one pose error", controlPoints: "deviations", noise: 0 },
};

export const epnpVsBpnp: Study<CosineSettings> = {
  name: "epnp-vs-bpnp",
  sentence:
    "How alike are the gradients of l_proj through EPnP and through the least-squares pose?",
  revision: 1,
  full: { repetitions: 10, scenes: 40, noises: [0.01, 0.03, 0.1, 0.3, 1, 3] },
  quick: { repetitions: 2, scenes: 8, noises: [0.01, 1] },
  cells: ({ noises }) => [
    sharedCell,
    ...steps.flatMap((each) => noises.map((noise) => projectionCell(each, noise))),
  ],
  measure({ factors }, { scenes }, name) {
    const noise = Number(factors.noise);
    const controlPoints = factors.controlPoints as Steps;
    const found = Array.from({ length: scenes }, (_, k) =>
      factors.design === "l_proj"
        ? throughLoss(`${name}/${k}`, controlPoints, noise)
        : ofOneError(`${name}/${k}`),
    );
    const known = found.filter((pair) => pair !== null);
    const cosines = known.map(({ epnp, bpnp }) => cosine(epnp.gradient, bpnp.gradient));
    const middle = (of: (pair: Pair) => number) => median(known.map(of));
    return {
      "median cosine": median(cosines),
      "least cosine": Math.min(...cosines),
      "share below 0": cosines.filter((c) => c < 0).length / known.length,
      "ratio of lengths": middle(({ epnp, bpnp }) => norm(epnp.gradient) / norm(bpnp.gradient)),
      "l_proj, EPnP [px²]": middle(({ epnp }) => epnp.loss),
      "l_proj, BPnP [px²]": middle(({ bpnp }) => bpnp.loss),
      "without a derivative": 1 - known.length / scenes,
    };
  },
  printed: [],
  figures: ({ noises }): Figure[] => [
    {
      ...{ name: "cosine", x: "noise [px]", y: "cosine", at: noises, logarithmic: true },
      caption: "Median cosine between the gradients by the keypoints, of 9 points of a drone.",
      series: steps.map((each) => ({
        ...{ name: `control points: ${each}`, measure: "median cosine" },
        cells: noises.map((noise) => projectionCell(each, noise).id),
      })),
    },
  ],
  remarks: [
    "Of exact keypoints and one error of the pose, the gradients are alike, not equal: median 0.95, down to about 0.75. Both layers undo ∂π/∂y, each in its own way.",
    "Through l_proj they part as noise grows: EPnP minimises no reprojection error, so that from 0.3 px on its pose of so flat a box is worse and its gradient several times as long, across that of the least-squares pose rather than along it.",
    "Where the control points lie makes another EPnP: with steps of the points' deviations along each axis it is closest to the least-squares pose; of one length for all axes it is not.",
    "From 1 px on one scene in ten, and at 3 px one in four or more, has no derivative that counts: candidates change places there, or control points are mirrored.",
    "[UAVA2021] Table 5 finds EPnP and BPnP comparable in l_m, after 30 epochs of l_h alone. So does the study of losses: near the truth little is left for either to do.",
  ],
};

/** What comes of the same keypoints through either layer: a loss and its gradient [2N]. */
interface Pair {
  readonly epnp: { readonly loss: number; readonly gradient: Float64Array };
  readonly bpnp: { readonly loss: number; readonly gradient: Float64Array };
}

/** l_proj of keypoints with noise; null where either layer has no gradient. */
function throughLoss(name: string, controlPoints: Steps, noise: number): Pair | null {
  const { correspondences, pose } = scene("D1", { seed: name });
  const draw = stream(`${name}/noise`);
  const truth = correspondences.x2d;
  const problem = { ...correspondences, x2d: truth.map((v) => v + noise * draw.normal()) };
  const [epnp, bpnp] = [epnpLayer({ controlPoints }), implicitLayer("exact")].map((layer) => {
    const found = keypointLosses(problem, truth, { layer, regularisation: 0, start: pose });
    const { outcome, projection, gradient } = found;
    return outcome.counts ? { loss: projection, gradient: gradient.x2d } : null;
  });
  return epnp && bpnp && { epnp, bpnp };
}

/** vᵀ ∂y/∂x of a random v, of exact keypoints: there is no loss. */
function ofOneError(name: string): Pair | null {
  const { correspondences, pose } = scene("D1", { seed: name });
  const draw = stream(`${name}/v`);
  const v = Float64Array.from({ length: 6 }, () => draw.normal());
  const [epnp, bpnp] = [epnpLayer(), implicitLayer("exact")].map((layer) => {
    const out = dataGradient(correspondences.n);
    const { counts } = layer.vjp(correspondences, pose, v, out);
    return counts ? { loss: Number.NaN, gradient: out.x2d } : null;
  });
  return epnp && bpnp && { epnp, bpnp };
}

const product = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, x, k) => sum + x * b[k], 0);
const norm = (a: Float64Array): number => Math.sqrt(product(a, a));
const cosine = (a: Float64Array, b: Float64Array): number => product(a, b) / norm(a) / norm(b);

/**
 * How much of l_proj can be added to l_h: l_m = l_h + β l_proj on maps that are optimised directly.
 *
 * l_h is a mean over cells of what sums to one, l_proj a sum of squared pixels: where β is of use is a matter of their
 * units. Under plain descent a step is as long as the gradient, and too large a β throws the maps off; under Adam
 * it is as long whatever the gradient, and too large a β only leaves l_h unheard.
 * Source: EQUATIONS REPRO-L4, EXP-R9, PVC-4; SYSTEMS S-07 (3); [UAVA2021] Sec 3.3, 5.2.
 */
import { heatMapTerms, mixedTerms } from "../pipeline/index.js";
import { median } from "./cloud.js";
import { droneMaps } from "./drone-maps.js";
import { pixelRotationError } from "./drone-scores.js";
import { mapDescent, mapEntropy } from "./map-descent.js";
import type { Cell, Figure, Study, StudySettings } from "./study.js";

interface BetaSettings extends StudySettings {
  /** Scenes of one repetition. */
  readonly scenes: number;
  /** β, 0 for l_h alone. */
  readonly betas: readonly number[];
  /** Rates of plain descent, in logits a unit of the loss's slope. */
  readonly rates: readonly number[];
  readonly adamRate: number;
  readonly steps: number;
  readonly rows: number;
  readonly columns: number;
  readonly occluded: number;
  readonly cluttered: number;
}

const cellOf = (optimiser: "descent" | "adam", rate: number, beta: number): Cell => ({
  id: `${optimiser} ${rate}/β=${beta.toExponential()}`,
  factors: { optimiser, rate, beta },
});

export const betaSweep: Study<BetaSettings> = {
  name: "beta-sweep",
  sentence: "From which β on does l_m = l_h + β l_proj throw heat maps off?",
  revision: 1,
  full: {
    ...{ repetitions: 4, scenes: 4, betas: [0, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3] },
    ...{ rates: [1e3, 1e4, 1e5], adamRate: 0.1, steps: 200, rows: 24, columns: 32 },
    ...{ occluded: 0.2, cluttered: 0.3 },
  },
  quick: {
    ...{ repetitions: 2, scenes: 2, betas: [0, 1e-7, 1e-3] },
    ...{ rates: [1e5], adamRate: 0.2, steps: 60, rows: 12, columns: 16 },
    ...{ occluded: 0.2, cluttered: 0.3 },
  },
  cells: ({ betas, rates, adamRate }) =>
    betas.flatMap((beta) => [
      ...rates.map((rate) => cellOf("descent", rate, beta)),
      cellOf("adam", adamRate, beta),
    ]),
  measure({ factors }, settings, name) {
    const { scenes, steps, rows, columns } = settings;
    const beta = Number(factors.beta);
    const terms = beta === 0 ? heatMapTerms : mixedTerms(beta);
    const found = Array.from({ length: scenes }, (_, k) => {
      const maps = droneMaps(`${name}/${k}`, { ...settings, labelNoise: 0 });
      const descent = mapDescent(maps, {
        ...{ rows, columns, steps, terms: () => terms, layer: "exact" },
        optimiser: factors.optimiser as "descent" | "adam",
        rate: Number(factors.rate),
      });
      const { errors, keypoints, logits, balance } = descent;
      return {
        diverged: !(errors[steps] < errors[0]),
        error: errors[steps],
        angle: pixelRotationError(maps.scene, keypoints),
        entropy: mapEntropy(logits, rows * columns),
        balance,
      };
    });
    return {
      diverged: found.filter(({ diverged }) => diverged).length / scenes,
      "keypoint error [px]": median(found.map(({ error }) => error)),
      "rotation error [rad]": median(found.map(({ angle }) => angle)),
      "entropy [nats]": median(found.map(({ entropy }) => entropy)),
      "slope of l_h over slope of β l_proj": median(found.map(({ balance }) => balance)),
    };
  },
  printed: [],
  figures: ({ betas, rates, adamRate }): Figure[] => {
    const at = betas.filter((beta) => beta > 0);
    const series = (measure: string) => [
      ...rates.map((rate) => ({
        ...{ name: `descent, ${rate.toExponential().replace("+", "")}`, measure },
        cells: at.map((beta) => cellOf("descent", rate, beta).id),
      })),
      {
        ...{ name: `Adam, ${adamRate}`, measure },
        cells: at.map((beta) => cellOf("adam", adamRate, beta).id),
      },
    ];
    return [
      {
        ...{ name: "diverged", x: "β", y: "share that diverges", at, logarithmic: true },
        caption: "Share of scenes whose keypoints end no nearer to their labels than they began.",
        series: series("diverged"),
      },
      {
        ...{ name: "error", x: "β", y: "keypoint error [px]", at, logarithmic: true },
        caption: "Error of the keypoints after the last step, by optimiser and rate.",
        series: series("keypoint error [px]"),
      },
    ];
  },
  remarks: [
    "Descent throws maps off where β times its rate reaches 1, in one scene of five at most where it is 0.1, and below that in none. So the largest β is a matter of the rate: 1e-6 at 1e5, the rate that serves l_h best, and 1e-4 at 1e3.",
    "[UAVA2021] found 1e-5 best of 1e-3 to 1e-9, and instability with others: the same order, of a network whose rate has no counterpart here.",
    "Below that, l_proj helps descent, whose l_h alone is slow. At 1e5 keypoints end nearest with β = 1e-7, where both slopes begin about equally long; at 1e-5 that of l_proj is a hundred times as long.",
    "Under Adam no β diverges: its steps are no longer for a longer gradient. From β = 1e-5 on l_h is merely unheard: poses get better with β and keypoints worse, as under l_proj alone.",
    "l_h is a mean over 768 cells, l_proj a sum of squared pixels. With maps of another size or with other reductions, β is another.",
  ],
};

/**
 * Gradient correctness (LC-33) of BPnP, EPro-PnP and LC: where each points at the truth, and where not.
 *
 * Four designs, each for every loss:
 *
 *     noise      D5 with 3 px of noise, by the number of points
 *     offset     D5 with N = 100 and 3 px, by how far all are off together
 *     descent    points learned under the loss: correctness over the steps (Table 3, Fig 7)
 *     leverage   a box close by, weights unequal between x and y: where LC can mislead (LC-34)
 *
 * Source: EQUATIONS LC-33, LC-34, EXP-L3; [LC2023] Sec 4.4, Table 3, Fig 7.
 */
import { gradientCorrectness } from "../loss/gradient-correctness.js";
import { offsetProblem } from "./offset-sweep.js";
import { pointDescent } from "./point-descent.js";
import { type PoseLossName, poseLossGradients, poseLossNames } from "./pose-losses.js";
import type { Cell, Figure, Measures, Study, StudySettings } from "./study.js";

interface CorrectnessSettings extends StudySettings {
  /** Problems whose score makes one repetition. */
  readonly problems: number;
  readonly noise: number;
  readonly points: readonly number[];
  /** Offsets and leverages are taken at this number of points. */
  readonly offsetPoints: number;
  readonly offsets: readonly number[];
  /** w_x / w_y; the leverages' ratio grows with its fourth power. */
  readonly ratios: readonly number[];
  /** Depth of the close box, m. */
  readonly depth: number;
  readonly descentPoints: number;
  readonly descentOffset: number;
  readonly steps: number;
  readonly window: number;
  readonly rate: number;
}

type Design = "noise" | "offset" | "descent" | "leverage";
const cellOf = (design: Design, factor: string, loss: string, value: number | string): Cell => ({
  id: design === "descent" ? `descent/${loss}` : `${design}/${factor}=${value}/${loss}`,
  factors: { design, loss, ...(design === "descent" ? {} : { [factor]: value }) },
});
const cellsOf = (design: Design, factor: string, values: readonly number[]) => (loss: string) =>
  values.map((value) => cellOf(design, factor, loss, value));

export const gradientCorrectnessStudy: Study<CorrectnessSettings> = {
  name: "gradient-correctness",
  sentence:
    "Which share of object points does the gradient of BPnP, EPro-PnP and LC move towards the true pose?",
  revision: 1,
  full: {
    ...{ repetitions: 12, problems: 4, noise: 3, points: [20, 100, 400], offsetPoints: 100 },
    ...{ offsets: [0.003, 0.01, 0.03, 0.1, 0.3], ratios: [1, 2, 4, 8, 16, 32], depth: 0.45 },
    ...{ descentPoints: 64, descentOffset: 0.1, steps: 240, window: 6, rate: 1e-3 },
  },
  quick: {
    ...{ repetitions: 2, problems: 2, noise: 3, points: [20, 60], offsetPoints: 40 },
    ...{ offsets: [0.01, 0.1], ratios: [1, 16], depth: 0.45 },
    ...{ descentPoints: 24, descentOffset: 0.1, steps: 60, window: 6, rate: 2e-3 },
  },
  cells: ({ points, offsets, ratios }) =>
    [
      cellsOf("noise", "N", points),
      cellsOf("offset", "scale", offsets),
      (loss: string) => [cellOf("descent", "", loss, "")],
      cellsOf("leverage", "ratio", ratios),
    ].flatMap((of) => poseLossNames.flatMap(of)),
  measure({ factors }, settings, name) {
    const { noise, problems, offsetPoints, depth } = settings;
    const loss = factors.loss as PoseLossName;
    if (factors.design === "descent") return descentMeasures(loss, name, settings);
    const scores = Array.from({ length: problems }, (_, k) => {
      const { problem, truth, corners } = offsetProblem(`${name}/${k}`, {
        ...{ noise, points: Number(factors.N ?? offsetPoints) },
        offset: Number(factors.scale ?? 0),
        ...(factors.design === "leverage" && { depth }),
      });
      const ratio = Number(factors.ratio ?? 1);
      const w2d = problem.w2d.map((w, j) => (j % 2 === 0 ? w * ratio : w));
      const weighted = { ...problem, w2d };
      const gradients = poseLossGradients(loss, weighted, truth, corners, `${name}/${k}/draws`);
      return {
        points: gradients && gradientCorrectness(weighted, truth, "x3d", gradients.x3d).share,
        pixels: gradients && gradientCorrectness(weighted, truth, "x2d", gradients.x2d).share,
      };
    });
    return {
      correctness: mean(scores.map(({ points }) => points ?? Number.NaN)),
      "by pixels": mean(scores.map(({ pixels }) => pixels ?? Number.NaN)),
    };
  },
  printed: [
    ...[0.539, 0.593, 0.999].map((value, i) => ({
      ...{ cell: `descent/${poseLossNames[i]}`, measure: "correctness", value },
      source: "[LC2023] Table 3",
    })),
  ],
  figures: ({ points, offsets, ratios, steps, window }): Figure[] => {
    const factorSeries = (of: (loss: string) => Cell[]) =>
      poseLossNames.map((loss) => ({
        ...{ name: loss, cells: of(loss).map(({ id }) => id), measure: "correctness" },
      }));
    const over = Array.from({ length: steps / window }, (_, k) => (k + 1) * window);
    const descent = (measure: string) =>
      poseLossNames.map((loss) => ({ name: loss, cells: [`descent/${loss}`], measure }));
    const y = "correct gradients";
    return [
      {
        ...{ name: "steps", x: "step", y, at: over, series: descent("curve") },
        caption: "Correctness while points are learned under each loss (the design of Fig 7).",
      },
      {
        ...{ name: "error", x: "step", y: "error [px]", at: over, series: descent("error curve") },
        caption: "Error of the learned points at the true pose, without noise.",
      },
      {
        ...{ name: "offset", x: "common offset [rad, m]", y, at: offsets, logarithmic: true },
        caption: "Correctness by how far all points are off together, with 3 px of noise each.",
        series: factorSeries(cellsOf("offset", "scale", offsets)),
      },
      {
        ...{ name: "points", x: "points", y, at: points, logarithmic: true },
        caption: "Correctness by the number of points, with 3 px of noise and no common offset.",
        series: factorSeries(cellsOf("noise", "N", points)),
      },
      {
        ...{ name: "leverage", x: "w_x / w_y", y, at: ratios, logarithmic: true },
        caption: "Correctness of a close box by the ratio of its weights.",
        series: factorSeries(cellsOf("leverage", "ratio", ratios)),
      },
    ];
  },
  remarks: [
    "LC moves every object point towards the truth in all designs but the last, and every pixel in all of them: its slope by a pixel is c r with c ≥ 0.",
    "LC ≫ EPro-PnP > BPnP holds while points are off together. As their own noise prevails, both rivals fall to about one half: they see the pose's error alone, and half of the points lie on its other side.",
    "More points make it worse: the pose then hardly errs, and its gradient says nothing about any one point.",
    "Learning shows the same in time. Both rivals start near 0.9 and fall to about 0.55 when the pose is right; what is left of the points' error then stays. There EPro-PnP is no longer above BPnP: the printed order of these two depends on how far training has come.",
    "LC misleads up to one point in a hundred of a close box if weights differ much between x and y (LC-34), as the printed 99.9 % suggests.",
    "Printed are percentages of networks on images; here points are free parameters with fresh noise at each step, and a number is the mean over the last half of the steps.",
  ],
};

function descentMeasures(
  loss: PoseLossName,
  name: string,
  { noise, steps, window, rate, descentPoints, descentOffset }: CorrectnessSettings,
): Measures {
  const { correctness, error } = pointDescent(loss, name, {
    ...{ noise, steps, window, rate, points: descentPoints, offset: descentOffset },
  });
  return {
    correctness: mean(correctness.slice(correctness.length >> 1)),
    "at the start": correctness[0],
    "error [px]": error[error.length - 1],
    curve: correctness,
    "error curve": error,
  };
}

/** NaN if any value is. */
const mean = (values: readonly number[]): number =>
  values.reduce((sum, v) => sum + v, 0) / values.length;

/**
 * The LC loss by the representation that errors are measured in, and by the distribution that they are
 * held to (Table 6).
 *
 * The small head of the ablations. Besides the table's eight, two of its rows are trained with images
 * that differ more or less in difficulty, since that is where the distributions differ.
 * Source: [LC2023] Table 6; EQUATIONS LC-9, LC-16, LC-17, EXP-L6.
 */
import { linearCovarianceLoss } from "../loss/index.js";
import { cloudCorners } from "./cloud.js";
import { type DenseSettings, denseHeadMeasures } from "./dense-head.js";
import { learnedWeight, levels, weightMeasures } from "./level-weights.js";
import type { Cell, Study, StudySettings } from "./study.js";

const representations = ["corners-3d", "quaternion", "axis-angle", "two-column"] as const;
const forms = ["laplace", "gaussian"] as const;
const titles = { laplace: "Laplace", gaussian: "Gaussian" } as const;
type Representation = (typeof representations)[number];
type Form = (typeof forms)[number];

interface RepresentationSettings extends StudySettings, DenseSettings {
  /** Spread of the images' difficulty in the table, and those that two rows are trained at. */
  readonly spread: number;
  readonly spreads: readonly number[];
  readonly levelSteps: number;
  readonly levelBatch: number;
  readonly levelRate: number;
  readonly levelTests: number;
}

const headCell = (representation: Representation, form: Form, spread: number): Cell => ({
  id: `${representation}/${form}/spread=${spread}`,
  factors: { design: "head", representation, form, spread },
});
const levelCell = (form: Form): Cell => ({
  id: `levels/${form}`,
  factors: { design: "levels", form },
});
/** Rows whose difficulty is swept. */
const swept = ["corners-3d", "quaternion"] as const;

export const representation: Study<RepresentationSettings> = {
  name: "representation",
  sentence:
    "Does it matter in which representation the LC loss measures errors, and under which distribution?",
  revision: 1,
  full: {
    ...{ repetitions: 6, points: 32, capacity: 24, systematic: 2, misfit: 1, spread: 0.5 },
    ...{ images: 16, steps: 400, rate: 0.03, tests: 200, beta: 0.02 },
    spreads: [0, 0.5, 1, 1.5],
    ...{ levelSteps: 300, levelBatch: 12, levelRate: 5e-3, levelTests: 256 },
  },
  quick: {
    ...{ repetitions: 2, points: 16, capacity: 8, systematic: 2, misfit: 1, spread: 0.5 },
    ...{ images: 6, steps: 60, rate: 0.06, tests: 30, beta: 0.02 },
    spreads: [0.5, 1.5],
    ...{ levelSteps: 60, levelBatch: 4, levelRate: 2e-2, levelTests: 48 },
  },
  cells: ({ spread, spreads }) => [
    ...representations.flatMap((of) => forms.map((form) => headCell(of, form, spread))),
    ...spreads
      .filter((value) => value !== spread)
      .flatMap((value) => swept.flatMap((of) => forms.map((form) => headCell(of, form, value)))),
    ...forms.map(levelCell),
  ],
  measure({ factors }, settings, name) {
    const form = factors.form as Form;
    if (factors.design === "head") {
      const variant = { form, representation: factors.representation as Representation };
      return denseHeadMeasures(variant, name, settings, Number(factors.spread));
    }
    const weight = learnedWeight(
      (problem, truth) => {
        const { loss, gradient } = linearCovarianceLoss(problem, truth, {
          ...{ corners: cloudCorners, form },
        });
        return Number.isFinite(loss) ? gradient.w2d : null;
      },
      name,
      { steps: settings.levelSteps, batch: settings.levelBatch, rate: settings.levelRate },
    );
    return weightMeasures(weight, name, settings.levelTests);
  },
  printed: Object.entries({
    laplace: [0.6648, 0.6672, 0.6585, 0.6639],
    gaussian: [0.619, 0.6072, 0.5979, 0.6037],
  }).flatMap(([form, values]) =>
    values.map((value, i) => ({
      cell: headCell(representations[i], form as Form, 0.5).id,
      ...{ measure: "accuracy", value, source: "[LC2023] Table 6" },
    })),
  ),
  figures: ({ spreads }) => [
    {
      name: "spread",
      ...{ x: "spread of log difficulty", y: "accuracy", at: spreads },
      caption: "Accuracy by how much images differ in difficulty, for 3D corners and quaternions.",
      series: swept.flatMap((of) =>
        forms.map((form) => ({
          name: `${titles[form]}${of === "quaternion" ? ", quaternion" : ""}`,
          cells: spreads.map((value) => headCell(of, form, value).id),
          measure: "accuracy",
        })),
      ),
    },
    {
      ...{ name: "levels", x: "noise s [px]", y: "w s", at: levels, logarithmic: true },
      caption: "Weights learned from the noise level alone, times that noise: 1 is calibrated.",
      series: forms.map((form) => ({
        ...{ name: titles[form], cells: [levelCell(form).id], measure: "w s" },
      })),
    },
  ],
  remarks: [
    "As printed, representations hardly differ, and Laplace is above Gaussian in each, by 0.03 to 0.07 (printed: 0.05 to 0.06), though for no single one by more than three standard errors.",
    "What parts the distributions is how much images differ in difficulty. Equally hard, both do about as well; as the spread grows, the Gaussian form, whose errors are squared, follows the few hardest images and ends far below.",
    "Where weights depend on noise alone and no image is hard, the Gaussian form is no worse calibrated: the squared deviation's median should be 5.35.",
    "Quaternion, axis-angle and two-column add radians to metres as they are (AMB-8).",
    "Printed are shares of ADD(-S) below 10 % of the diameter on LM-O; here they are shares of mean corner errors below 2 % of it: compare orders, not numbers.",
  ],
};

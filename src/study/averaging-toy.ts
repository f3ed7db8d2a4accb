/**
 * The averaging toy (LC-2): two measurements of one number, averaged; the loss is the average's error.
 *
 *     ā = (a₁ + a₂)/2,   |ā − a|,   ∂/∂a₁ = ∂/∂a₂ = ½ sign(ā − a)
 *
 * Where the measurements lie on either side of the truth, the gradient pushes one of them away from it.
 * Source: EQUATIONS LC-2; [LC2023] Sec 1, Fig 2.
 */
import { stream } from "../random/stream.js";
import type { Cell, Study, StudySettings } from "./study.js";

interface ToySettings extends StudySettings {
  readonly pairs: number;
  /** Common offsets of both measurements, in standard deviations of their independent noise. */
  readonly offsets: readonly number[];
}

const cellOf = (offset: number): Cell => ({ id: `offset=${offset}`, factors: { offset } });

export const averagingToy: Study<ToySettings> = {
  name: "averaging-toy",
  sentence:
    "How often does the gradient of an average's error point each measurement at the truth?",
  revision: 1,
  full: { repetitions: 10, pairs: 20_000, offsets: [0, 0.25, 0.5, 1, 2, 4] },
  quick: { repetitions: 3, pairs: 2000, offsets: [0, 1, 4] },
  cells: ({ offsets }) => offsets.map(cellOf),
  measure({ factors }, { pairs }, name) {
    const draw = stream(name);
    const counts = { correct: 0, opposed: 0, opposedCorrect: 0 };
    for (let k = 0; k < pairs; k++) {
      const errors = [0, 1].map(() => Number(factors.offset) + draw.normal());
      const push = Math.sign(errors[0] + errors[1]);
      const correct = errors.filter((error) => push * error > 0).length;
      counts.correct += correct;
      if (errors[0] * errors[1] < 0) {
        counts.opposed++;
        counts.opposedCorrect += correct;
      }
    }
    return {
      correctness: counts.correct / (2 * pairs),
      opposed: counts.opposed / pairs,
      "correctness of opposed": counts.opposedCorrect / (2 * counts.opposed),
    };
  },
  printed: [],
  figures: ({ offsets }) => [
    {
      name: "correctness",
      caption: "Share of measurements that the gradient moves towards the truth.",
      x: "common offset [standard deviations]",
      y: "correct",
      at: offsets,
      series: [
        { name: "all", cells: offsets.map((o) => cellOf(o).id), measure: "correctness" },
        {
          name: "on either side of the truth",
          cells: offsets.map((o) => cellOf(o).id),
          measure: "correctness of opposed",
        },
      ],
    },
  ],
  remarks: [
    "Measurements on either side of the truth are right exactly half the time, whatever the offset.",
    "Without a common offset half of the pairs are such, so three quarters of the gradients are right.",
  ],
};

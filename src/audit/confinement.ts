/**
 * Whether an error lies in one part of a claim alone: some rows, some points, one coordinate, some problems.
 *
 * A part is sound if it is within budget, and off if it is a thousand times beyond. Noise that large keeps
 * an entry within budget with a probability of about 1/1000, so that four sound entries are no accident.
 */
import { axisOf, type ClaimedErrors, judgeable } from "./claimed-errors.js";

/** Parts of a claim along one axis that an error is confined to. */
export interface Confinement {
  /** What is counted: "row", "point", "coordinate", "sample" or "problem". */
  readonly part: string;
  readonly off: readonly number[];
  /** How many parts there are. */
  readonly of: number;
  /** Error over budget of each part, the worst over the problems. */
  readonly ratios: readonly number[];
}

/** What axes count, by their letter. */
const parts: readonly (readonly [string, string])[] = [
  ["D", "row"],
  ["N", "point"],
  ["2", "coordinate"],
  ["S", "sample"],
];

const beyond = 1e3;
const fewest = 4;

/** The parts that hold all of the error, along the first axis that has both sound ones and others. */
export function confinement(errors: ClaimedErrors): Confinement | null {
  const problems = ofProblems(errors);
  if (problems) return problems;
  for (const [letter, part] of parts) {
    const found = alongAxis(errors, letter, part);
    if (found) return found;
  }
  return null;
}

function ofProblems({ errors, budget, kept, summed, claim }: ClaimedErrors): Confinement | null {
  if (summed) return null;
  const judged = new Set(kept);
  const ratios = errors.map((error, i) => (judged.has(i) ? error / budget[i] : Number.NaN));
  return split("problem", ratios, claim[0]?.length ?? 0);
}

function alongAxis(errors: ClaimedErrors, letter: string, part: string): Confinement | null {
  const axis = axisOf(errors, letter);
  if (!axis || axis.length < 2) return null;
  const ratios = new Array<number>(axis.length).fill(0);
  const items = judgeable(errors);
  for (const { index, claim, truth } of items) {
    const [off, size] = [new Float64Array(axis.length), new Float64Array(axis.length)];
    for (let k = 0; k < truth.length; k++) {
      off[axis.place(k)] += (claim[k] - truth[k]) ** 2;
      size[axis.place(k)] += truth[k] ** 2;
    }
    const whole = Math.sqrt(size.reduce((a, b) => a + b, 0) / axis.length);
    for (let p = 0; p < axis.length; p++) {
      // Rows are measured by themselves, being in units of their own; other parts share one.
      const own = Math.sqrt(size[p]);
      const scale = letter === "D" ? own || whole : Math.max(own, whole);
      const ratio = Math.sqrt(off[p]) / (scale * errors.budget[index]);
      ratios[p] = Math.max(ratios[p], Number.isNaN(ratio) ? 0 : ratio);
    }
  }
  const entries = items.reduce((sum, { truth }) => sum + truth.length, 0) / axis.length;
  return split(part, ratios, entries);
}

/** A clean cut between parts within budget and parts far beyond; null if there is none. */
function split(part: string, ratios: readonly number[], entries: number): Confinement | null {
  const judged = ratios.flatMap((ratio, i) => (Number.isNaN(ratio) ? [] : [i]));
  const off = judged.filter((i) => ratios[i] > 1);
  const sound = judged.length - off.length;
  if (off.length === 0 || sound * entries < fewest) return null;
  const sorted = off.map((i) => ratios[i]).sort((a, b) => a - b);
  if (!(sorted[sorted.length >> 1] > beyond)) return null;
  return { part, off, of: ratios.length, ratios };
}

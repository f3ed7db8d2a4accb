/**
 * Usual mistakes in a file of results: a unit, a convention or an order that is not the data set's. Each
 * is undone on a sample of the rows; if the poses then fit clearly better, that is worth a warning.
 *
 * How well a pose fits is the greatest way of eight far vertices, least over symmetries and instances, as
 * a share of the diameter. Clearly better is all of: at least 8 rows; two in three fit at least three
 * times better, and at most one in twenty of them as many times worse; and half fit to half a diameter.
 * Noise, or a bad estimator, does none of this.
 */
import { quaternionRotation, rotationQuaternion } from "../kernels/quaternion.js";
import { symmetricVertexDistance } from "../kernels/vertex-distance.js";
import type { JudgedRow } from "./evaluation.js";

export interface Mistake {
  readonly name: MistakeName;
  /** What fits better, and by how much, in a sentence. */
  readonly sentence: string;
  /** Rows it is judged on, and how many of them fit at least three times better. */
  readonly rows: number;
  readonly better: number;
  /** Median misfit as a share of the diameter, as given and with the mistake undone. */
  readonly given: number;
  readonly undone: number;
  /** What t is to be multiplied with, if a unit is the mistake. */
  readonly factor?: number;
}

const LEAST_ROWS = 8;
const LEAST_SHARE = 2 / 3;
const GAIN = 3;
const MOST_WORSE = 1 / 20;
const MOST_MISFIT = 0.5;
/** How far the decimal logarithm of the ratio of distances may be from a whole number. */
const NEAR_POWER = 0.15;
const FAR_VERTICES = 8;

/** Each writes to `out` [12] what the pose was, had the mistake been made. */
const undoings = {
  "inverse pose": (P: Float64Array, out: Float64Array) => {
    transposed(P, out);
    for (let i = 0; i < 3; i++)
      out[4 * i + 3] = -(P[i] * P[3] + P[4 + i] * P[7] + P[8 + i] * P[11]);
  },
  "transposed rotation": transposed,
  "quaternion x y z w read as w x y z": (P: Float64Array, out: Float64Array) =>
    reordered(P, out, [3, 0, 1, 2]),
  "quaternion w x y z read as x y z w": (P: Float64Array, out: Float64Array) =>
    reordered(P, out, [1, 2, 3, 0]),
  "x and y of the translation exchanged": (P: Float64Array, out: Float64Array) => {
    out.set(P);
    [out[3], out[7]] = [P[7], P[3]];
  },
  "x and y of the camera exchanged": (P: Float64Array, out: Float64Array) => {
    for (let k = 0; k < 4; k++) {
      [out[k], out[4 + k]] = [P[4 + k], P[k]];
      out[8 + k] = P[8 + k];
    }
  },
  "camera with y up, looking along −z": (P: Float64Array, out: Float64Array) => {
    for (let k = 0; k < 12; k++) out[k] = k < 4 ? P[k] : -P[k];
  },
} as const;
export type MistakeName = "unit" | keyof typeof undoings;

const sentences: Readonly<Record<keyof typeof undoings, string>> = {
  "inverse pose":
    "The inverse poses fit: these map the camera to the object, where X = R z + t maps the object to the camera",
  "transposed rotation":
    "The transposed rotations fit: R seems to be written column by column, or to be that of the camera",
  "quaternion x y z w read as w x y z":
    "Rotations fit whose quaternion x, y, z, w was read as w, x, y, z",
  "quaternion w x y z read as x y z w":
    "Rotations fit whose quaternion w, x, y, z was read as x, y, z, w",
  "x and y of the translation exchanged": "Translations with x and y exchanged fit",
  "x and y of the camera exchanged":
    "Poses with the camera's x and y exchanged fit: rows for columns of the image",
  "camera with y up, looking along −z":
    "Poses of a camera with y up that looks along −z fit, where +y is down and +z forward",
};

/** What would fit clearly better than what was given: a unit, a convention, both, or nothing. */
export function likelyMistakes(judged: readonly JudgedRow[]): Mistake[] {
  const rows = judged.filter(({ estimate }) => Math.hypot(estimate[3], estimate[7], estimate[11]));
  if (rows.length < LEAST_ROWS) return [];
  const asGiven = rows.map((row) => misfit(row, row.estimate));
  const factor = nearestFactor(rows);
  const scaled = rows.map(({ estimate }) => estimate.map((x, k) => (k % 4 === 3 ? x * factor : x)));
  const conventions = (Object.keys(undoings) as (keyof typeof undoings)[])
    .map((name) => {
      const out = new Float64Array(12);
      const misfits = rows.map((row, i) => {
        undoings[name](scaled[i], out);
        return misfit(row, out);
      });
      return { name, misfits };
    })
    .sort((a, b) => median(a.misfits) - median(b.misfits));
  const withFactor = rows.map((row, i) => misfit(row, scaled[i]));
  const found: Mistake[] = [];
  const [first] = conventions;
  const turned = comparison(withFactor, first.misfits);
  if (factor !== 1) {
    // Beside a wrong convention the unit alone need not fit.
    const both = comparison(asGiven, turned.clear ? first.misfits : withFactor);
    if (both.clear)
      found.push({
        name: "unit",
        factor,
        ...both.facts,
        sentence: sentence(`Translations times ${factor} fit: ${unitWords(factor)}`, both.facts),
      });
  }
  if (turned.clear && (factor === 1 || found.length > 0))
    found.push({
      name: first.name,
      ...turned.facts,
      sentence: sentence(sentences[first.name], turned.facts),
    });
  return found;
}

/**
 * A sentence if the models seem to be in another unit than the truth: seen from within a twentieth of
 * their diameter, or from more than a thousand of them. Null otherwise.
 */
export function modelUnitWarning(judged: readonly JudgedRow[]): string | null {
  if (judged.length === 0) return null;
  const ratio = median(
    judged.map(({ model, truths: [P] }) => Math.hypot(P[3], P[7], P[11]) / model.diameter),
  );
  if (ratio >= 1 / 20 && ratio <= 1000) return null;
  return `The models seem to be in another unit than the true translations, which are ${ratio.toPrecision(2)} diameters long (median of ${judged.length} rows).`;
}

/** 10ᵏ, k = −3 … 3, if the true distances are about so many times the estimated ones; else 1. */
function nearestFactor(rows: readonly JudgedRow[]): number {
  const length = (P: Float64Array) => Math.hypot(P[3], P[7], P[11]);
  const power = median(
    rows.map(({ estimate, truths }) => Math.log10(length(truths[0]) / length(estimate))),
  );
  const whole = Math.round(power);
  return Math.abs(whole) <= 3 && Math.abs(power - whole) <= NEAR_POWER ? 10 ** whole : 1;
}

const units: Readonly<Record<number, string>> = {
  1000: "they seem to be in metres, and the data set in millimetres",
  0.001: "they seem to be in millimetres, and the data set in metres",
  10: "they seem to be in centimetres, and the data set in millimetres",
  0.1: "they seem to be in millimetres, and the data set in centimetres",
  100: "they seem to be in metres, and the data set in centimetres",
  0.01: "they seem to be in centimetres, and the data set in metres",
};
const unitWords = (factor: number) => units[factor];

interface Facts {
  readonly rows: number;
  readonly better: number;
  readonly given: number;
  readonly undone: number;
}

function comparison(
  given: readonly number[],
  undone: readonly number[],
): { clear: boolean; facts: Facts } {
  const better = given.filter((e, i) => undone[i] * GAIN <= e && e > 0).length;
  const worse = given.filter((e, i) => e * GAIN <= undone[i] && undone[i] > 0).length;
  const facts = { rows: given.length, better, given: median(given), undone: median(undone) };
  return {
    facts,
    clear:
      better >= LEAST_SHARE * given.length &&
      worse <= MOST_WORSE * better &&
      facts.undone <= MOST_MISFIT,
  };
}

function sentence(what: string, { rows, better, given, undone }: Facts): string {
  return `${what} (${better} of ${rows} rows fit at least ${GAIN} times better; median misfit ${undone.toPrecision(2)} instead of ${given.toPrecision(2)} diameters).`;
}

/** Misfit of a pose as a share of the diameter. */
function misfit({ model, truths }: JudgedRow, pose: Float64Array): number {
  const { vertices, n, symmetryCount, symmetries, diameter } = model;
  const few = Math.min(n, FAR_VERTICES);
  let least = Infinity;
  for (const truth of truths)
    least = Math.min(
      least,
      symmetricVertexDistance(few, vertices, symmetryCount, symmetries, pose, truth),
    );
  return least / diameter;
}

function transposed(P: Float64Array, out: Float64Array): void {
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) out[4 * i + j] = P[4 * j + i];
    out[4 * i + 3] = P[4 * i + 3];
  }
}

const R = new Float64Array(9);
const q = new Float64Array(4);

/** The rotation whose quaternion w, x, y, z has the entries of this one's at these places. */
function reordered(P: Float64Array, out: Float64Array, order: readonly number[]): void {
  for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) R[3 * i + j] = P[4 * i + j];
  rotationQuaternion(R, q);
  quaternionRotation(
    Float64Array.from(order, (k) => q[k]),
    "unit",
    R,
  );
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) out[4 * i + j] = R[3 * i + j];
    out[4 * i + 3] = P[4 * i + 3];
  }
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  return 0.5 * (sorted[(n - 1) >> 1] + sorted[n >> 1]);
}

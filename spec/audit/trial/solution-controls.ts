/** Sound claims of method pnp. */
import type { Claims } from "../../../src/formats/claims.js";
import type { Draw } from "./drawn.js";
import { asSingle } from "./jet.js";
import type { CostSwitches } from "./minimum-cost.js";
import { quaternionRow, rowsFrom, turnedRows } from "./pose-rows.js";
import { type Fitted, fitted, solutions } from "./solution-claims.js";
import {
  type Arrays,
  allBy,
  array,
  claimsFile,
  mapped,
  only,
  type SoundControl,
  storedAs,
} from "./trial.js";

interface Sound extends Omit<SoundControl, "claims" | "method" | "conventions"> {
  readonly claims: readonly string[];
  readonly explained?: readonly string[];
  readonly draw?: Partial<Draw>;
  readonly delta?: number | null;
  readonly with?: Partial<CostSwitches>;
  readonly dtype?: Claims["dtype"];
  readonly convention?: Claims["convention"];
  readonly after?: (arrays: Arrays, of: Fitted) => Arrays;
}

/** A number of a row (ω, t), ω in degrees. */
const inDegrees = (v: number, k: number): number => (k % 6 < 3 ? (v * 180) / Math.PI : v);

/** Poses, each changed. */
const posed = (of: Fitted, change: (y: Float64Array) => ArrayLike<number>): Arrays => {
  const rows = of.poses.map(change);
  return {
    pose: array(
      [rows.length, rows[0].length],
      rows.flatMap((row) => Array.from(row)),
    ),
  };
};
/** T C Tᵀ of the covariances. */
const covarianceIn =
  (chart: "LEFT" | "RP" | "Q7") =>
  ({ pose_cov }: Arrays, of: Fitted): Arrays => {
    const turned = of.poses.flatMap((y, b) => {
      const T = rowsFrom(y, chart);
      const rows = T.map((_, i) => pose_cov.data.slice(36 * b + 6 * i, 36 * b + 6 * i + 6));
      const left = turnedRows(T, rows);
      const across = T.map((_, j) => Float64Array.from(left, (row) => row[j]));
      return turnedRows(T, across).flatMap((row) => [...row]);
    });
    return { pose_cov: array(pose_cov.shape, turned) };
  };
const everything = ["pose", "cost", "pose_cov"];

const sounds: Sound[] = [
  {
    name: "solutions",
    sentence: "Pose, cost and covariance, residuals on both sides of the threshold.",
    kind: "float64",
    claims: everything,
  },
  {
    name: "plain least squares",
    sentence: "No threshold.",
    kind: "float64",
    claims: everything,
    delta: null,
  },
  {
    name: "solutions in single precision",
    sentence: "Cost and covariance in single precision, at poses that carry as many digits.",
    kind: "float32",
    claims: everything,
    dtype: "float32",
    with: { store: asSingle },
    after: storedAs("float32"),
  },
  {
    name: "solutions stored as bfloat16",
    sentence: "Right numbers, rounded to eight bits.",
    kind: "half precision",
    claims: ["pose", "cost"],
    dtype: "bfloat16",
    after: storedAs("bfloat16"),
  },
  {
    name: "cost stored as float16",
    sentence: "Right numbers, rounded to eleven bits.",
    kind: "half precision",
    claims: ["cost"],
    dtype: "float16",
    after: storedAs("float16"),
  },
  {
    name: "a plate's solutions",
    sentence: "A plate a ten-thousandth as thick as wide.",
    kind: "badly conditioned",
    claims: everything,
    draw: { scene: "near-planar", n: 9, outliers: 0 },
  },
  {
    name: "a far object's solutions",
    sentence: "A box at a hundred times its size.",
    kind: "badly conditioned",
    claims: everything,
    draw: { scene: "far", n: 9, outliers: 0 },
  },
  {
    name: "exact data",
    sentence: "Residuals are rounding, and so is the cost.",
    kind: "badly conditioned",
    claims: ["pose", "cost"],
    draw: { noise: 0, outliers: 0 },
    delta: null,
  },
  {
    name: "tiny weights",
    sentence: "Weights of a millionth.",
    kind: "badly conditioned",
    claims: everything,
    draw: { weightFactor: 1e-6 },
    delta: 1.5e-6,
  },
  {
    name: "far solutions in single precision",
    sentence: "A box at a hundred times its size, and few digits.",
    kind: "badly conditioned",
    claims: ["pose", "cost", "pose_cov"],
    draw: { scene: "far", n: 9, outliers: 0 },
    dtype: "float32",
    with: { store: asSingle },
    after: storedAs("float32"),
  },
  {
    name: "poses as quaternions",
    sentence: "Translation and unit quaternion.",
    kind: "convention declared",
    claims: ["pose"],
    after: (_, of) => posed(of, quaternionRow),
  },
  {
    name: "poses as negated quaternions",
    sentence: "The quaternion's other sign.",
    kind: "convention declared",
    claims: ["pose"],
    after: (_, of) => posed(of, (y) => quaternionRow(y).map((v, k) => (k < 3 ? v : -v))),
  },
  {
    name: "a full turn more",
    sentence: "Rotation vectors are longer by 2π.",
    kind: "convention declared",
    claims: ["pose"],
    after: (_, of) =>
      posed(of, (y) => {
        const theta = Math.hypot(y[0], y[1], y[2]);
        return y.map((v, k) => (k < 3 ? v * (1 + (2 * Math.PI) / theta) : v));
      }),
  },
  {
    name: "degrees, declared",
    sentence: "Rotation vectors in degrees, as the file says.",
    kind: "convention declared",
    claims: ["pose"],
    convention: { angle: "deg" },
    after: (_, of) => posed(of, (y) => y.map(inDegrees)),
  },
  {
    name: "covariance in chart LEFT, declared",
    sentence: "Rows by turns of the camera frame, as the file says.",
    kind: "convention declared",
    claims: ["pose_cov"],
    convention: { chart: "LEFT" },
    after: covarianceIn("LEFT"),
  },
  {
    name: "degrees, undeclared",
    sentence: "Rotation vectors in degrees, and nobody says so.",
    kind: "convention undeclared",
    claims: ["pose"],
    explained: ["degrees"],
    after: (_, of) => posed(of, (y) => y.map(inDegrees)),
  },
  {
    name: "translation in millimetres",
    sentence: "Poses in millimetres of points in metres.",
    kind: "convention undeclared",
    claims: ["pose"],
    explained: ["translation-in-millimetres"],
    after: (_, of) => posed(of, (y) => y.map((v, k) => (k < 3 ? v : 1000 * v))),
  },
  {
    name: "translation first",
    sentence: "Rotation and translation exchanged.",
    kind: "convention undeclared",
    claims: ["pose"],
    explained: ["row-order"],
    after: (_, of) => posed(of, (y) => [...y.subarray(3), ...y.subarray(0, 3)]),
  },
  {
    name: "scalar last",
    sentence: "Quaternions as (x, y, z, w).",
    kind: "convention undeclared",
    claims: ["pose"],
    explained: ["quaternion-xyzw"],
    after: (_, of) =>
      posed(of, (y) => {
        const [x, , , w, ...v] = quaternionRow(y);
        return [x, y[4], y[5], ...v, w];
      }),
  },
  {
    name: "scalar last, declared",
    sentence: "Quaternions as (x, y, z, w), as the file says.",
    kind: "convention declared",
    claims: ["pose"],
    convention: { quaternion: "xyzw" },
    after: (_, of) =>
      posed(of, (y) => {
        const [x, , , w, ...v] = quaternionRow(y);
        return [x, y[4], y[5], ...v, w];
      }),
  },
  {
    name: "mean cost",
    sentence: "The cost is averaged over the points.",
    kind: "convention undeclared",
    claims: ["cost"],
    explained: ["mean-over-points"],
    after: ({ cost }, of) => ({ cost: mapped(cost, (v) => v / of.problems[0].n) }),
  },
  {
    name: "root mean square",
    sentence: "The root mean square residual.",
    kind: "convention undeclared",
    claims: ["cost"],
    explained: ["root-mean-square"],
    delta: null,
    after: ({ cost }, of) => ({
      cost: mapped(cost, (v) => Math.sqrt((2 * v) / of.problems[0].n)),
    }),
  },
  {
    name: "covariance in chart LEFT, undeclared",
    sentence: "Rows by turns of the camera frame, and nobody says so.",
    kind: "convention undeclared",
    claims: ["pose_cov"],
    explained: ["chart-left"],
    after: covarianceIn("LEFT"),
  },
  {
    name: "covariance in chart Q7, undeclared",
    sentence: "Rows in the tangent of quaternions, and nobody says so.",
    kind: "convention undeclared",
    claims: ["pose_cov"],
    explained: ["chart-q7"],
    after: covarianceIn("Q7"),
  },
  {
    name: "covariance with the residuals' variance",
    sentence: "The covariance is scaled by what residuals say of the noise.",
    kind: "convention undeclared",
    claims: ["pose_cov"],
    explained: ["residual-variance"],
    delta: null,
    after: ({ pose_cov }, of) => {
      const { cost } = solutions(of);
      const free = 2 * of.problems[0].n - 6;
      return {
        pose_cov: mapped(pose_cov, (v, i) => (v * 2 * cost.data[Math.floor(i / 36)]) / free),
      };
    },
  },
];

export function solutionControls(seed: string): SoundControl[] {
  return sounds.map((sound): SoundControl => {
    const { name, sentence, kind, explained, dtype = "float64", convention = {} } = sound;
    const { delta = 1.5 } = sound;
    const draw: Draw = {
      ...{ scene: "generic", problems: 3, n: 9, noise: 2, weights: "uniform", outliers: 0.2 },
      seed: `solution/${seed}`,
      ...sound.draw,
    };
    const of = fitted(draw, delta, dtype === "float32" ? Math.fround : undefined);
    const claimed = only(solutions(of, sound.with), sound.claims);
    // What a file says of angles holds for its inputs too.
    const start = mapped(of.inputs.pose_init, convention.angle === "deg" ? inDegrees : (v) => v);
    const inputs = { ...of.inputs, pose_init: start };
    return {
      ...{ method: "pnp", name, sentence, kind },
      conventions: allBy(sound.claims, explained),
      claims: claimsFile("pnp", inputs, sound.after?.(claimed, of) ?? claimed, {
        ...{ dtype, convention },
      }),
    };
  });
}

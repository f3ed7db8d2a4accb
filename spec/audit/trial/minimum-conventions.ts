/** SoundSlopes claims of method bpnp under other conventions, declared or not. */
import type { Claims } from "../../../src/formats/claims.js";
import type { Draw } from "./drawn.js";
import { type ClaimOptions, gradients, type Solved } from "./minimum-claims.js";
import { type Arrays, array, each, mapped, type SoundControl } from "./trial.js";

/** A sound derivative of a minimum, as data. */
export interface SoundSlopes extends Omit<SoundControl, "claims" | "method" | "conventions"> {
  readonly claims: readonly string[];
  /** What all of them are explained by, where a convention is not declared. */
  readonly explained?: readonly string[];
  readonly method?: "bpnp" | "bpnp-faster";
  readonly draw?: Partial<Draw>;
  readonly options?: ClaimOptions;
  readonly dtype?: Claims["dtype"];
  readonly convention?: Claims["convention"];
  readonly after?: (arrays: Arrays, of: Solved) => Arrays;
  readonly inputs?: (of: Solved) => Arrays;
}

export const onEach =
  (change: (v: number, i: number, name: string, of: Solved) => number) =>
  (arrays: Arrays, of: Solved): Arrays =>
    each(arrays, (v, i, name) => change(v, i, name, of));
/** Row of a flat entry of J_*. */
const rowOf = (arrays: Arrays, name: string, i: number, { problems }: Solved): number =>
  Math.floor(i / (arrays[name].data.length / (6 * problems.length))) % 6;

/** Axes [B, 6, N, m] as [B, N, m, 6]. */
const rowsLast = (arrays: Arrays): Arrays =>
  Object.fromEntries(
    Object.entries(arrays).map(([name, { shape, data }]) => {
      const [B, D, N, m] = shape;
      const out = array([B, N, m, D], data);
      for (let b = 0; b < B; b++)
        for (let d = 0; d < D; d++)
          for (let c = 0; c < N * m; c++)
            out.data[(b * N * m + c) * D + d] = data[(b * D + d) * N * m + c];
      return [name, out];
    }),
  );
const exchanged = (arrays: Arrays, of: Solved): Arrays =>
  onEach((_, i, name) => {
    const { data } = arrays[name];
    const width = data.length / (6 * of.problems.length);
    return data[i + (rowOf(arrays, name, i, of) < 3 ? 3 : -3) * width];
  })(arrays, of);

export const minimumConventions: readonly SoundSlopes[] = [
  ...(["LEFT", "RP", "Q7"] as const).flatMap((chart): SoundSlopes[] => [
    {
      name: `chart ${chart}, declared`,
      sentence: `Rows in chart ${chart}, as the file says.`,
      kind: "convention declared",
      claims: ["J_x2d", "grad_x3d"],
      options: { chart },
      convention: { chart },
    },
    {
      name: `chart ${chart}, undeclared`,
      sentence: `Rows in chart ${chart}, and nobody says so.`,
      kind: "convention undeclared",
      claims: ["J_x2d", "J_K", "grad_x3d"],
      explained: [`chart-${chart.toLowerCase()}`],
      options: { chart },
    },
  ]),
  {
    name: "mean over the batch, declared",
    sentence: "Gradients of the mean over the batch, as the file says.",
    kind: "convention declared",
    claims: gradients,
    convention: { reduction: "mean" },
    after: onEach((v, _i, _n, { problems }) => v / problems.length),
  },
  {
    name: "mean over the batch, undeclared",
    sentence: "Gradients of the mean over the batch, and nobody says so.",
    kind: "convention undeclared",
    claims: gradients,
    explained: ["mean-over-batch"],
    after: onEach((v, _i, _n, { problems }) => v / problems.length),
  },
  {
    name: "squared weights, declared",
    sentence: "The weights in the file are those of squared residuals.",
    kind: "convention declared",
    claims: ["J_x2d", "grad_w2d"],
    convention: { weights: "w2" },
    inputs: ({ inputs }) => ({ ...inputs, w2d: mapped(inputs.w2d, (v) => v * v) }),
    after: onEach((v, i, name, { inputs }) =>
      name === "grad_w2d" ? v / (2 * inputs.w2d.data[i]) : v,
    ),
  },
  {
    name: "derivative by squared weights",
    sentence: "The derivative is by w², and nobody says so.",
    kind: "convention undeclared",
    claims: ["grad_w2d"],
    explained: ["derivative-by-w2"],
    after: onEach((v, i, _n, { inputs }) => v / (2 * inputs.w2d.data[i])),
  },
  {
    name: "rows exchanged, declared",
    sentence: "Translation first, as the file says.",
    kind: "convention declared",
    claims: ["J_x2d"],
    convention: { order: "translation-first" },
    inputs: (of) => ({
      ...of.inputs,
      pose: array(
        [of.poses.length, 6],
        of.poses.flatMap((y) => [...y.subarray(3), ...y.subarray(0, 3)]),
      ),
    }),
    after: exchanged,
  },
  {
    name: "rows exchanged, undeclared",
    sentence: "Translation first, and nobody says so.",
    kind: "convention undeclared",
    claims: ["J_x2d", "J_x3d"],
    explained: ["row-order"],
    after: exchanged,
  },
  {
    name: "degrees, undeclared",
    sentence: "Rotation rows in degrees, and nobody says so.",
    kind: "convention undeclared",
    claims: ["J_x2d"],
    explained: ["degrees"],
    after: (arrays, of) =>
      onEach((v, i, name) => (rowOf(arrays, name, i, of) < 3 ? (v * 180) / Math.PI : v))(
        arrays,
        of,
      ),
  },
  {
    name: "rows last",
    sentence: "Axes are problems, points, coordinates, rows.",
    kind: "convention undeclared",
    claims: ["J_x2d", "J_x3d"],
    explained: ["transposed"],
    after: rowsLast,
  },
  {
    name: "rows last, by turns of the camera",
    sentence: "Another order of axes, and another chart.",
    kind: "convention undeclared",
    claims: ["J_x2d"],
    explained: ["chart-left+transposed"],
    options: { chart: "LEFT" },
    after: rowsLast,
  },
  {
    name: "image axes exchanged",
    sentence: "Pixels are in the order (v, u).",
    kind: "convention undeclared",
    claims: ["J_x2d", "grad_x2d"],
    explained: ["swapped-image-axes"],
    after: (arrays, of) => onEach((_, i, name) => arrays[name].data[i ^ 1])(arrays, of),
  },
  {
    name: "rays for pixels",
    sentence: "The derivative is by K⁻¹ x.",
    kind: "convention undeclared",
    claims: ["J_x2d"],
    explained: ["normalised-coordinates"],
    after: (arrays, of) => {
      const size = arrays.J_x2d.data.length / of.problems.length;
      return onEach((v, i) => v * of.problems[Math.floor(i / size)].K[i % 2 ? 4 : 0])(arrays, of);
    },
  },
  {
    name: "four numbers of a camera",
    sentence: "Of K only focal lengths and centre are free.",
    kind: "convention undeclared",
    claims: ["J_K", "grad_K"],
    explained: ["pinhole-camera"],
    after: onEach((v, i) => ([0, 2, 4, 5].includes(i % 9) ? v : 0)),
  },
];

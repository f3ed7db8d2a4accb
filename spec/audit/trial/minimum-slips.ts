/** Planted faults of method bpnp that befall sound numbers: signs, factors, indices, batches. */
import { type ClaimOptions, gradients, jacobians, type Solved } from "./minimum-claims.js";
import type { SlopeSwitches } from "./minimum-slopes.js";
import { type Arrays, each, mapped } from "./trial.js";

/** A fault of a minimum's derivative, as data. */
export interface SlopeFault {
  readonly name: string;
  readonly sentence: string;
  readonly spoils: readonly string[];
  readonly cause: readonly string[] | null;
  /** Quantities that are claimed; those spoiled by default. */
  readonly claims?: readonly string[];
  readonly method?: "bpnp" | "bpnp-faster";
  /** What the implementation does otherwise; or what becomes of its sound numbers. */
  readonly slopes?: Partial<SlopeSwitches>;
  readonly options?: (of: Solved) => ClaimOptions;
  readonly after?: (arrays: Arrays, of: Solved) => Arrays;
  /** What becomes of the inputs, where the file tells of the fault. */
  readonly inputs?: (of: Solved) => Arrays;
}

/** The row of a flat entry of J_*. */
const rowOf = (arrays: Arrays, name: string, i: number, B: number): number =>
  Math.floor(i / (arrays[name].data.length / (6 * B))) % 6;
const onRows =
  (first: number, factor: number) =>
  (arrays: Arrays, { problems }: Solved): Arrays =>
    each(arrays, (v, i, name) =>
      Math.floor(rowOf(arrays, name, i, problems.length) / 3) * 3 === first ? factor * v : v,
    );
export const geometry = ["J_x2d", "J_x3d", "J_K"];
const stale = (arrays: Arrays, { problems }: Solved): Arrays =>
  each(arrays, (_, i, name) => {
    const { data } = arrays[name];
    return data[(i + data.length / problems.length) % data.length];
  });

/** The slips; `scale` is the constant of those that have one. */
export const minimumSlips = (scale: number): readonly SlopeFault[] => [
  {
    name: "minus forgotten",
    sentence: "H⁻¹ ∂g/∂θ is returned without its minus sign.",
    spoils: [...jacobians, ...gradients],
    cause: ["sign-flipped"],
    after: (arrays) => each(arrays, (v) => -v),
  },
  {
    name: "one half too few",
    sentence: "The Hessian is that of Σ‖r‖², the mixed derivative that of half of it.",
    spoils: jacobians,
    cause: ["factor-half"],
    after: (arrays) => each(arrays, (v) => v / 2),
  },
  {
    name: "one half too many",
    sentence: "The mixed derivative is that of Σ‖r‖², the Hessian that of half of it.",
    spoils: gradients,
    cause: ["factor-2"],
    after: (arrays) => each(arrays, (v) => 2 * v),
  },
  {
    name: "loss scale left in",
    sentence: "A factor of mixed-precision training is not divided out again.",
    spoils: gradients,
    cause: ["scaled"],
    after: (arrays) => each(arrays, (v) => scale * v),
  },
  {
    name: "rotation rows flipped",
    sentence: "The rotation rows have the wrong sign.",
    spoils: jacobians,
    cause: ["rotation-sign-flipped"],
    after: onRows(0, -1),
  },
  {
    name: "translation rows flipped",
    sentence: "The translation rows have the wrong sign.",
    spoils: jacobians,
    cause: ["translation-sign-flipped"],
    after: onRows(3, -1),
  },
  {
    name: "translation in another unit",
    sentence: "Translation rows are a constant times too large.",
    spoils: geometry,
    cause: ["translation-scaled"],
    after: onRows(3, scale),
  },
  {
    name: "summed over the batch",
    sentence: "Every problem's gradient by its points holds the sum over the batch.",
    spoils: ["grad_x3d"],
    cause: ["summed-over-batch"],
    claims: ["grad_x3d", "grad_x2d"],
    after(arrays, { problems }) {
      const { data } = arrays.grad_x3d;
      const size = data.length / problems.length;
      const sums = mapped(arrays.grad_x3d, (_, i) =>
        problems.reduce((sum, _own, b) => sum + data[b * size + (i % size)], 0),
      );
      return { ...arrays, grad_x3d: sums };
    },
  },
  {
    name: "points off by one",
    sentence: "Every point has its neighbour's gradient.",
    spoils: ["grad_x2d"],
    cause: null,
    claims: ["grad_x2d", "grad_w2d"],
    after(arrays, { problems }) {
      const { data } = arrays.grad_x2d;
      const size = data.length / problems.length;
      const rolled = mapped(
        arrays.grad_x2d,
        (_, i) => data[Math.floor(i / size) * size + ((i + 2) % size)],
      );
      return { ...arrays, grad_x2d: rolled };
    },
  },
  {
    name: "stale batch",
    sentence: "Every problem gets the derivative of the problem beside it.",
    spoils: ["J_x2d"],
    cause: null,
    after: stale,
  },
  {
    name: "one problem not written",
    sentence: "The last problem of the batch is left at zero.",
    spoils: ["J_x2d", "J_x3d"],
    cause: null,
    after: (arrays, { problems }) =>
      each(arrays, (v, i, name) =>
        i < (arrays[name].data.length * (problems.length - 1)) / problems.length ? v : 0,
      ),
  },
  {
    name: "one coordinate doubled",
    sentence: "One entry of one point is twice too large.",
    spoils: ["J_x3d"],
    cause: null,
    after: (arrays) => each(arrays, (v, i) => (i === 10 ? 2 * v : v)),
  },
  {
    name: "not a number",
    sentence: "One entry is 0/0.",
    spoils: ["J_K"],
    cause: ["non-finite"],
    after: (arrays) => each(arrays, (v, i) => (i === 5 ? Number.NaN : v)),
  },
];

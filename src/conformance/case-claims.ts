/** A case as a claims file without claims: what the audit reads problems from, and the shapes of its quantities. */
import { distance } from "../audit/blocks.js";
import { isShared, type Sizes } from "../audit/methods.js";
import type { ClaimArray, Claims } from "../formats/claims.js";
import { claimsSchema } from "../formats/claims.js";
import { methods } from "../formats/methods.js";

/** Inputs in the default conventions of their method, as a claims file with nothing claimed. */
export function caseClaims(method: string, input: Readonly<Record<string, ClaimArray>>): Claims {
  return {
    schema: claimsSchema,
    ...{ method, dtype: "float64", source: "", convention: {}, expect: {}, input, claim: {} },
  };
}

/** A quantity's axes in numbers. */
export interface Layout {
  readonly shape: readonly number[];
  /** The axis that counts problems; −1 if the quantity is summed over them. */
  readonly batchAxis: number;
  /** The axis along which rotation and translation, or samples, are measured apart; −1 for none. */
  readonly blockAxis: number;
}

/** How a quantity of a case is laid out. */
export function layout(claims: Claims, { B, N, S, D }: Sizes, quantity: string): Layout {
  const shared = quantity.startsWith("grad_") && isShared(claims, quantity.slice(5));
  const axes = methods[claims.method].quantities[quantity].filter(
    (axis) => axis !== "B?" || !shared,
  );
  const P = claims.input.pose?.shape.at(-1) ?? 6;
  const sizes: Readonly<Record<string, number>> = { B, N, S, D, P };
  return {
    shape: axes.map((axis) => sizes[axis.replace("?", "")] ?? Number(axis)),
    batchAxis: axes.findIndex((axis) => axis.startsWith("B")),
    blockAxis: axes.findIndex((axis) => /^[DPS]$/.test(axis)),
  };
}

/** One flat array of each problem as one of the whole batch. */
export function assembled<T>(items: readonly (readonly T[])[], { shape, batchAxis }: Layout): T[] {
  if (batchAxis < 0) return [...items[0]];
  const inner = shape.slice(batchAxis + 1).reduce((a, b) => a * b, 1);
  const outer = shape.slice(0, batchAxis).reduce((a, b) => a * b, 1);
  return Array.from({ length: outer }, (_, o) =>
    items.flatMap((item) => item.slice(o * inner, (o + 1) * inner)),
  ).flat();
}

/** A part of an array, as one range [from, to) an axis, and how far its norm may be off. */
export interface Allowance {
  readonly range: readonly (readonly [number, number])[];
  readonly allowed: number;
}

/** What a double implementation may be expected to keep of a quantity. */
export interface ExpectedError {
  /** The greatest error of a part over its size. */
  readonly tolerance: number;
  /** ‖got − truth‖ of each part, at most. */
  readonly blocks: readonly Allowance[];
}

/** The ranges of problem b's part [from, to) of its `length` numbers. */
export function rangesOf(
  { shape, batchAxis, blockAxis }: Layout,
  b: number,
  [from, to]: readonly [number, number],
  length: number,
): [number, number][] {
  return shape.map((size, axis) => {
    if (axis === batchAxis) return [b, b + 1];
    if (axis !== blockAxis || length === 0) return [0, size];
    return [(from * size) / length, (to * size) / length];
  });
}

/** Flat places of a part of an array. */
export function places(shape: readonly number[], range: Allowance["range"]): number[] {
  return shape.reduce<number[]>(
    (starts, size, axis) => {
      const [from, to] = range[axis];
      return starts.flatMap((start) =>
        Array.from({ length: to - from }, (_, k) => start * size + from + k),
      );
    },
    [0],
  );
}

/** The first part of an array that is further from another than allowed; null if there is none. */
export function beyond(
  got: ArrayLike<number>,
  truth: ArrayLike<number>,
  shape: readonly number[],
  { blocks }: ExpectedError,
  times = 1,
): (Allowance & { readonly error: number }) | null {
  for (const block of blocks) {
    const gaps = Float64Array.from(places(shape, block.range), (k) => got[k] - truth[k]);
    const error = distance(gaps, null, [0, gaps.length]);
    if (!(error <= times * block.allowed)) return { ...block, error };
  }
  return null;
}

/** x with two digits, rounded up: an allowance that reads well and depends on no last bit. */
export function roundedUp(x: number): number {
  const near = x.toExponential(1);
  if (Number(near) >= x) return Number(near);
  const [digits, power] = near.split("e");
  return Number(`${Math.round(Number(digits) * 10) + 1}e${Number(power) - 1}`);
}

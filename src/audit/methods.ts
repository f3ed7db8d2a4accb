/** A claims file against the table of its method (formats/methods.ts): names, shapes, finiteness. */
import type { ClaimArray, Claims } from "../formats/claims.js";
import { methods } from "../formats/methods.js";

/** Problems in the batch, and in each correspondences, pose samples and points; 0 where there are none. */
export interface Sizes {
  readonly B: number;
  readonly N: number;
  readonly S: number;
  readonly M: number;
  /** Numbers of a tangent: 4 where poses are a translation and a yaw. */
  readonly D: 6 | 4;
}

/** A claims file that names or shapes something its method does not have. Exit code 2. */
export class ContractError extends Error {
  override readonly name = "ContractError";
}

const list = (names: Iterable<string>): string => [...names].join(", ");
const shown = (shape: readonly number[]): string => `[${shape.join(",")}]`;

/**
 * The sizes of a claims file, after checking every input against its method.
 *
 * @throws ContractError naming the method, input or quantity, what was expected and what came.
 */
export function checkedSizes(claims: Claims): Sizes {
  if (!Object.hasOwn(methods, claims.method))
    throw new ContractError(
      `method: expected one of ${list(Object.keys(methods))}, got "${claims.method}"`,
    );
  const { inputs, required, poses } = methods[claims.method];
  for (const name of Object.keys(claims.input))
    if (!Object.hasOwn(inputs, name))
      throw new ContractError(
        `input/${name}: expected one of ${list(Object.keys(inputs))} for method ${claims.method}`,
      );
  for (const name of required)
    if (!claims.input[name])
      throw new ContractError(`input/${name}: expected it for method ${claims.method}, got none`);
  const pose = Object.keys(inputs).find((name) => inputs[name].includes("P") && claims.input[name]);
  const D = poses.includes(4) && pose && claims.input[pose].shape.at(-1) === 4 ? 4 : 6;
  const sizes: Sizes = { B: 0, N: 0, S: 0, M: 0, ...measured(claims, inputs, required), D };
  for (const [name, array] of Object.entries(claims.input))
    checkInput(name, array, inputs[name], sizes, poses);
  return sizes;
}

/** The axes that go by a letter, as long as the first input that has them says, required ones first. */
function measured(
  { input }: Claims,
  inputs: Readonly<Record<string, readonly string[]>>,
  required: readonly string[],
): Record<string, number> {
  const found: Record<string, number> = {};
  // An input that has to have the batch axis knows the batch; one that may be shared does not.
  const batched = required.filter((name) => inputs[name].includes("B"));
  // Where no required input has an axis, an optional one that came says how long it is.
  const counted = (names: readonly string[]) =>
    new Set(names.flatMap((name) => inputs[name].map((axis) => axis.replace("?", ""))));
  const known = counted(required);
  const others = Object.keys(inputs).filter(
    (name) => input[name] && inputs[name].some((axis) => /^[NSM]$/.test(axis) && !known.has(axis)),
  );
  for (const name of [...batched, ...required, ...others]) {
    const { shape } = input[name];
    const axes = inputs[name].slice(shape.length < inputs[name].length ? 1 : 0);
    if (axes.length !== shape.length || (axes.length < inputs[name].length && axes.includes("B")))
      throw new ContractError(
        `input/${name}: expected shape ${`[${inputs[name]}]`}, got ${shown(shape)}`,
      );
    for (const [k, axis] of axes.entries()) if (/^[BNSM]$/.test(axis)) found[axis] ??= shape[k];
  }
  return found;
}

function checkInput(
  name: string,
  array: ClaimArray,
  axes: readonly string[],
  sizes: Sizes,
  poses: readonly number[],
): void {
  const [whole, shared] = [axes, axes.filter((axis) => axis !== "B?")].map((kept) =>
    resolved(kept, sizes, array.shape, poses),
  );
  if (!same(whole, array.shape) && !same(shared, array.shape))
    throw new ContractError(
      `input/${name}: expected shape ${shown(whole)}${same(whole, shared) ? "" : ` or ${shown(shared)}`} ([${list(axes)}]), got ${shown(array.shape)}`,
    );
  const bad = array.data.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0)
    throw new ContractError(
      `input/${name}: expected finite numbers, got ${array.data[bad]} at ${place(bad, array.shape)}`,
    );
}

/**
 * The shape a claimed quantity should have. A claim whose axes are a permutation of it passes.
 *
 * @throws ContractError as `checkedSizes` does.
 */
export function expectedShape(claims: Claims, quantity: string, sizes: Sizes): number[] {
  const { inputs, quantities, poses } = methods[claims.method];
  if (!Object.hasOwn(quantities, quantity))
    throw new ContractError(
      `claim/${quantity}: expected one of ${list(Object.keys(quantities))} for method ${claims.method}`,
    );
  const of = quantity.startsWith("grad_") ? quantity.slice(5) : null;
  const upstream = Object.keys(inputs).find((name) => name.startsWith("grad_"));
  if (of && upstream && !claims.input[upstream])
    throw new ContractError(`claim/${quantity}: expected input/${upstream} beside it, got none`);
  const got = claims.claim[quantity].shape;
  const expected = resolved(quantityAxes(claims, quantity), sizes, got, poses);
  const sorted = (shape: readonly number[]) => shown([...shape].sort((a, b) => a - b));
  if (sorted(expected) !== sorted(got))
    throw new ContractError(
      `claim/${quantity}: expected shape ${shown(expected)}, got ${shown(got)}`,
    );
  return expected;
}

/** Which axis of a claimed quantity counts problems; −1 if it is summed over them. */
export function batchAxis(claims: Claims, quantity: string): number {
  return quantityAxes(claims, quantity).findIndex((axis) => axis === "B" || axis === "B?");
}

/** The axes of a claimed quantity: the gradient of a shared input is summed, and has no batch axis. */
function quantityAxes(claims: Claims, quantity: string): readonly string[] {
  const axes = methods[claims.method].quantities[quantity];
  const shared = quantity.startsWith("grad_") && isShared(claims, quantity.slice(5));
  return axes.filter((axis) => axis !== "B?" || !shared);
}

/** True if all problems share this input: it came without its leading batch axis. */
export function isShared(claims: Claims, input: string): boolean {
  const array = claims.input[input];
  return array !== undefined && array.shape.length < methods[claims.method].inputs[input].length;
}

/** Axes in numbers. A pose is as many of them as came, last or first, of those the method reads. */
function resolved(
  axes: readonly string[],
  sizes: Sizes,
  got: readonly number[],
  poses: readonly number[],
): number[] {
  return axes.map((axis) => {
    if (axis === "P") return [got.at(-1), got[0]].find((n) => poses.includes(n!)) ?? poses[0];
    const letter = axis.replace("?", "");
    return letter in sizes ? sizes[letter as keyof Sizes] : Number(axis);
  });
}

const same = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((n, i) => n === b[i]);

/** The index of a flat position, as [i,j,k]. */
function place(flat: number, shape: readonly number[]): string {
  const index: number[] = [];
  let rest = flat;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]);
    rest = Math.floor(rest / shape[axis]);
  }
  return shown(index);
}

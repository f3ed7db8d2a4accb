/**
 * Heat maps as callers hold them: ndarrays [..., H, W] of any number of leading axes and any strides, read map
 * by map as the flat rows that kernels take.
 */
import ndarray, { type NdArray } from "ndarray";
import ops from "ndarray-ops";

export interface MapStack {
  /** Lengths of the leading axes, and their product: how many maps there are. */
  readonly leading: readonly number[];
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  /** Map i [H·W], row-major: a view, or a copy that the next call overwrites. To be read only. */
  read(i: number): Float64Array;
}

/** @throws TypeError if `maps` is no ndarray; RangeError if it has no two axes of cells. */
export function mapStack(caller: string, name: string, maps: NdArray): MapStack {
  if (maps === null || typeof maps !== "object" || !("stride" in maps) || !("pick" in maps))
    throw new TypeError(
      `${caller}: expected ${name} as an ndarray [..., H, W], got ${maps === null ? "null" : typeof maps}`,
    );
  const { shape } = maps;
  const [rows, columns] = shape.slice(-2);
  if (shape.length < 2 || rows < 1 || columns < 1)
    throw new RangeError(
      `${caller}: expected ${name} of shape [..., H, W] with cells, got [${shape.join(", ")}]`,
    );
  const leading = shape.slice(0, -2);
  const count = leading.reduce((product, length) => product * length, 1);
  const cells = rows * columns;
  if (isDense(maps)) {
    const data = maps.data as Float64Array;
    const read = (i: number) =>
      data.subarray(maps.offset + i * cells, maps.offset + (i + 1) * cells);
    return { leading, count, rows, columns, read };
  }
  const copy = ndarray(new Float64Array(cells), [rows, columns]);
  const read = (i: number) => {
    ops.assign(copy, maps.pick(...indexOf(i, leading), null, null));
    return copy.data;
  };
  return { leading, count, rows, columns, read };
}

/** @throws RangeError unless both stacks have the same shape. */
export function requireSameShape(
  caller: string,
  [one, name]: readonly [MapStack, string],
  [other, like]: readonly [MapStack, string],
): void {
  const shape = ({ leading, rows, columns }: MapStack) => [...leading, rows, columns].join(", ");
  if (shape(one) !== shape(other))
    throw new RangeError(
      `${caller}: expected ${name} of the shape of ${like}, [${shape(other)}], got [${shape(one)}]`,
    );
}

/** Zeros of the shape of a stack, or with other cells. */
export function zeroMaps(
  { leading, count, rows, columns }: MapStack,
  cells: { readonly rows: number; readonly columns: number } = { rows, columns },
): NdArray<Float64Array> {
  const data = new Float64Array(count * cells.rows * cells.columns);
  return ndarray(data, [...leading, cells.rows, cells.columns]);
}

/** Whether an ndarray's entries are doubles that lie one after the other. */
export function isDense({ data, shape, stride }: NdArray): boolean {
  if (!(data instanceof Float64Array)) return false;
  let step = 1;
  for (let k = shape.length - 1; k >= 0; k--) {
    if (shape[k] !== 1 && stride[k] !== step) return false;
    step *= shape[k];
  }
  return true;
}

function indexOf(flat: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = flat;
  for (let k = shape.length - 1; k >= 0; k--) {
    index.unshift(rest % shape[k]);
    rest = Math.floor(rest / shape[k]);
  }
  return index;
}

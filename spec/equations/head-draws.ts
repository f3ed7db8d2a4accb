import { stream } from "../../src/random/index.js";

/** `count` normals of this name and index, about zero, of standard deviation `spread`. */
export const normals = (name: string, index: number, count: number, spread = 1): Float64Array => {
  const draw = stream(name).at(index);
  return Float64Array.from({ length: count }, () => spread * draw.normal());
};

/** `count` uniform numbers in [low, high) of this name and index. */
export const uniforms = (
  name: string,
  index: number,
  count: number,
  low = 0,
  high = 1,
): Float64Array => {
  const draw = stream(name).at(index);
  return Float64Array.from({ length: count }, () => low + (high - low) * draw.uniform());
};

/** Written to a fresh array whose entries are NaN until they are. */
export const written = (length: number, write: (out: Float64Array) => void): Float64Array => {
  const out = new Float64Array(length).fill(Number.NaN);
  write(out);
  return out;
};

/** Flat scalars as rows of `width`. */
export const rows = <S>(flat: readonly S[], width: number): S[][] =>
  Array.from({ length: flat.length / width }, (_, i) => flat.slice(i * width, (i + 1) * width));

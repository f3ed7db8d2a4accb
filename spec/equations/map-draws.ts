import { cellCoordinates } from "../../src/kernels/heat-map-grid.js";
import type { Real } from "../../src/scalar/index.js";
import type { Matrix } from "../../src/scalar/matrix.js";
import { bigRows, bigs } from "./big-truth.js";
import { normals, rows } from "./head-draws.js";

/** Rows and columns of the maps that equations are checked on: small, and not square. */
export const [H, W] = [3, 4];
export const cells = H * W;

/** Coordinates of columns and rows, about a place of their own, so that no sum cancels by symmetry. */
export const gx = Float64Array.from({ length: W }, (_, u) => 0.75 * u - 0.5);
export const gy = Float64Array.from({ length: H }, (_, v) => 1.25 * v + 0.25);
export const [X, Y] = [bigs(gx), bigs(gy)];

/** Flat scalars as a map [H][W]. */
export const asMap = <S>(flat: readonly S[]): S[][] => rows(flat, W);
/** A flat array as a map of big floats. */
export const bigMap = (flat: ArrayLike<number>) => bigRows(flat, W);
/** Numbers as constants in the scalars of z. */
export const constants = <S extends Real<S>>(values: ArrayLike<number>, z: readonly S[]): S[] =>
  Array.from(values, (value) => z[0].of(value));
/** Σ v ∘ m, a map's product with numbers. */
export const total = <S extends Real<S>>(map: Matrix<S>, v: ArrayLike<number>): S =>
  map
    .flat()
    .map((x, i) => x.times(v[i]))
    .reduce((a, b) => a.plus(b));

/** The k-th logits: of a spread that grows from 0.01 to 30. */
export const logitsAt = (name: string, k: number): Float64Array =>
  normals(name, k, cells, [0.01, 0.3, 2, 8, 30][k % 5]);
/** Positive numbers [n] that sum to 1. */
export const distribution = (name: string, k: number, spread = 1, n = cells): Float64Array => {
  const powers = normals(name, k, n, spread).map(Math.exp);
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((p) => p / sum);
};
/** Coordinates of a grid [n]. */
export const gridOf = (grid: Parameters<typeof cellCoordinates>[0], n: number): Float64Array => {
  const g = new Float64Array(n);
  cellCoordinates(grid, n, g);
  return g;
};

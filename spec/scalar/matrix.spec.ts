import { expect, it } from "vitest";
import { stream } from "../../src/random/index.js";
import { big, type Double, double, matrix } from "../../src/scalar/index.js";

const draw = stream("spec/scalar/matrix");
const array = <S>(rows: number, columns: number, lift: (x: number) => S): S[][] =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => lift(draw.normal())));
const numbers = (A: readonly (readonly Double[])[]) => A.map((row) => row.map((x) => x.toNumber()));

it("solve(A, B) solves: A X = B to the digits of the scalars", () => {
  for (let k = 0; k < 10; k++) {
    const A = array(4, 4, (x) => big(x));
    const B = array(4, 2, (x) => big(x));
    const AX = matrix.multiply(A, matrix.solve(A, B));
    // 64 digits, less what elimination and the conditioning of ten random matrices take.
    for (const [i, row] of AX.entries())
      for (const [j, entry] of row.entries())
        expect(Math.abs(entry.minus(B[i][j]).toNumber())).toBeLessThan(1e-58);
  }
});

it("solve(A, B) pivots: a zero in the corner is no obstacle", () => {
  const A = [
    [0, 1],
    [1, 0],
  ].map((row) => row.map(double));
  expect(numbers(matrix.solve(A, [[double(2)], [double(3)]]))).toEqual([[3], [2]]);
});

it("solve(A, B) throws where A is singular, naming the pivot", () => {
  const A = [
    [1, 2],
    [2, 4],
  ].map((row) => row.map(double));
  expect(() => matrix.solve(A, A)).toThrow(
    "solve: expected a regular 2 x 2 matrix, got pivot 1 = 0",
  );
});

it("products agree with their sums: (A B) b = A (B b), a × b ⊥ a, (a bᵀ) b = a ‖b‖²", () => {
  const [A, B] = [array(2, 3, double), array(3, 3, double)];
  const [[a], [b]] = [array(1, 3, double), array(1, 3, double)];
  const close = (x: Double, y: Double) => expect(x.toNumber()).toBeCloseTo(y.toNumber(), 13);
  matrix.apply(matrix.multiply(A, B), b).forEach((x, i) => {
    close(x, matrix.apply(A, matrix.apply(B, b))[i]);
  });
  close(matrix.dot(matrix.cross(a, b), a), double(0));
  matrix.apply(matrix.outer(a, b), b).forEach((x, i) => {
    close(x, a[i].times(matrix.dot(b, b)));
  });
});

it("sum(terms, like) of nothing is the zero of its scalars", () => {
  expect(matrix.sum([], double(5)).toNumber()).toBe(0);
  expect(matrix.sum([double(1), double(2)], double(5)).toNumber()).toBe(3);
});

import { quaternionProduct, quaternionRotation } from "../../src/definitions/quaternion.js";
import { rotation, rotationVector } from "../../src/definitions/rodrigues.js";
import { twoColumn, twoColumnRotation } from "../../src/definitions/two-column.js";
import { yawDifference, yawRotation } from "../../src/definitions/yaw.js";
import * as quaternions from "../../src/kernels/quaternion.js";
import * as rodrigues from "../../src/kernels/rodrigues.js";
import * as columns from "../../src/kernels/two-column.js";
import * as yaws from "../../src/kernels/yaw.js";
import { type Big, big } from "../../src/scalar/index.js";
import { multiply, norm, transpose } from "../../src/scalar/matrix.js";
import { bigRows, bigs, lastDigit } from "../equations/big-truth.js";

/** Rotations in one representation, as the group they should be. */
export interface RotationGroup {
  readonly name: string;
  /** Unit roundoff of its arithmetic. */
  readonly unit: number;
  /** The element of an angle about an axis [3], unit to rounding. */
  element(axis: readonly number[], angle: number): Big[];
  readonly identity: Big[];
  compose(a: Big[], b: Big[]): Big[];
  inverse(a: Big[]): Big[];
  /** The rotation matrix [3,3] that it stands for. */
  matrix(a: Big[]): Big[][];
}

const doubles = (v: readonly Big[]) => Float64Array.from(v, (x) => x.toNumber());
const written = (length: number, write: (out: Float64Array) => unknown) => {
  const out = new Float64Array(length).fill(Number.NaN);
  write(out);
  return bigs(out);
};
const turn = (axis: readonly number[], angle: number) => bigs(axis.map((x) => x * angle));
const half = (axis: readonly number[], angle: number) =>
  bigs([Math.cos(angle / 2), ...axis.map((x) => Math.sin(angle / 2) * x)]);
const kernelMatrix = (omega: Big[]) =>
  bigRows(doubles(written(9, (R) => rodrigues.rotation(doubles(omega), R))), 3);
const kernelLog = (R: Big[][]) =>
  written(3, (omega) => rodrigues.rotationVector(doubles(R.flat()), omega));
const conjugate = (q: Big[]) => q.map((x, k) => (k ? x.negated() : x));
const negated = (v: Big[]) => v.map((x) => x.negated());

/** Every representation, in 64 digits and in doubles. Matrices multiply in 64 digits in both. */
export const groups: readonly RotationGroup[] = [
  {
    name: "rotation vectors, defined",
    unit: lastDigit,
    element: turn,
    identity: bigs([0, 0, 0]),
    compose: (a, b) => rotationVector(multiply(rotation(a), rotation(b))),
    inverse: negated,
    matrix: rotation,
  },
  {
    name: "rotation vectors, in doubles",
    unit: Number.EPSILON,
    element: turn,
    identity: bigs([0, 0, 0]),
    compose: (a, b) => kernelLog(multiply(kernelMatrix(a), kernelMatrix(b))),
    inverse: negated,
    matrix: kernelMatrix,
  },
  {
    name: "unit quaternions, defined",
    unit: lastDigit,
    element: (axis, angle) => {
      const q = half(axis, angle);
      return q.map((x) => x.over(norm(q)));
    },
    identity: bigs([1, 0, 0, 0]),
    compose: quaternionProduct,
    inverse: conjugate,
    matrix: (q) => quaternionRotation(q, "unit"),
  },
  {
    name: "unit quaternions, in doubles",
    unit: Number.EPSILON,
    element: half,
    identity: bigs([1, 0, 0, 0]),
    compose: (a, b) =>
      written(4, (out) => quaternions.quaternionProduct(doubles(a), doubles(b), out)),
    inverse: conjugate,
    matrix: (q) =>
      bigRows(doubles(written(9, (R) => quaternions.quaternionRotation(doubles(q), "unit", R))), 3),
  },
  {
    name: "yaw angles, defined",
    unit: lastDigit,
    element: (_, angle) => [big(angle)],
    identity: [big(0)],
    compose: ([a], [b]) => [yawDifference(a, b.negated())],
    inverse: negated,
    matrix: ([beta]) => yawRotation(beta),
  },
  {
    name: "yaw angles, in doubles",
    unit: Number.EPSILON,
    element: (_, angle) => [big(angle)],
    identity: [big(0)],
    compose: ([a], [b]) => [big(yaws.yawDifference(a.toNumber(), -b.toNumber()))],
    inverse: negated,
    matrix: ([beta]) =>
      bigRows(doubles(written(9, (R) => yaws.yawRotation(beta.toNumber(), R))), 3),
  },
  {
    name: "two columns, defined",
    unit: lastDigit,
    element: (axis, angle) => twoColumn(rotation(turn(axis, angle))),
    identity: bigs([1, 0, 0, 0, 1, 0]),
    compose: (a, b) => twoColumn(multiply(twoColumnRotation(a), twoColumnRotation(b))),
    inverse: (a) => twoColumn(transpose(twoColumnRotation(a))),
    matrix: twoColumnRotation,
  },
  {
    name: "two columns, in doubles",
    unit: Number.EPSILON,
    element: (axis, angle) => twoColumn(kernelMatrix(turn(axis, angle))),
    identity: bigs([1, 0, 0, 0, 1, 0]),
    compose: (a, b) => twoColumn(multiply(columnsMatrix(a), columnsMatrix(b))),
    inverse: (a) => twoColumn(transpose(columnsMatrix(a))),
    matrix: columnsMatrix,
  },
];

function columnsMatrix(a: Big[]): Big[][] {
  return bigRows(doubles(written(9, (R) => columns.twoColumnRotation(doubles(a), R))), 3);
}

/**
 * A third route to the derivative of a pose, which knows no implicit function theorem: the pose is solved
 * again with all data moved by ±h along signs drawn at random, and moves as the derivative says.
 */
import type { Reprojection } from "../definitions/reprojection-cost.js";
import { stream } from "../random/stream.js";
import { type Big, big } from "../scalar/big.js";
import type { Matrix } from "../scalar/matrix.js";
import type { BigJacobian } from "./first-pose.js";
import { secondMinimum } from "./second-pose.js";

const h = big("1e-20");

/** How far the pose solved again is from where its exact derivative takes it, as a share of the move. */
export function solvedAgainGap(
  data: Reprojection<Big>,
  start: ArrayLike<number>,
  inverse: readonly (readonly number[])[],
  derivative: BigJacobian,
): number {
  const source = stream("conformance/solved again");
  const sign = () => (source.integer(2) ? 1 : -1);
  const signs = {
    x2d: data.x2d.map((row) => row.map(sign)),
    x3d: data.x3d.map((row) => row.map(sign)),
    K: data.K.map((row) => row.map(sign)),
    w2d: data.w2d.map((row) => row.map(sign)),
  };
  const names = ["x2d", "x3d", "K", "w2d"] as const;
  const along = Array.from({ length: 6 }, (_, j) =>
    names
      .flatMap((name) => {
        const flat = signs[name].flat();
        return flat.map((s, k) => derivative[name][j * flat.length + k].times(s));
      })
      .reduce((a, b) => a.plus(b)),
  );
  const ends = [h, h.negated()].map((step) => {
    const moved = (rows: Matrix<Big>, by: readonly (readonly number[])[]) =>
      rows.map((row, i) => row.map((v, k) => v.plus(step.times(by[i][k]))));
    const there = {
      ...data,
      x2d: moved(data.x2d, signs.x2d),
      x3d: moved(data.x3d, signs.x3d),
      K: moved(data.K, signs.K),
      w2d: moved(data.w2d, signs.w2d),
    };
    return secondMinimum(there, start, inverse);
  });
  const size = Math.max(...along.map((v) => Math.abs(v.toNumber())));
  return Math.max(
    ...along.map((v, j) => {
      const secant = ends[0][j].minus(ends[1][j]).over(h.times(2));
      return Math.abs(secant.minus(v).toNumber()) / size;
    }),
  );
}

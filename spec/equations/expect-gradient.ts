import { expect } from "vitest";
import type { Big, Real } from "../../src/scalar/index.js";
import { dot, type Vector } from "../../src/scalar/matrix.js";
import { lastDigit, worstGap } from "./big-truth.js";
import { jacobianOnDuals } from "./on-duals.js";

/** The products of a Jacobian's rows with v: Σ_i v_i f_i, as one function. */
export const pulled =
  (f: <S extends Real<S>>(x: Vector<S>) => readonly S[], v: readonly Big[]) =>
  <S extends Real<S>>(x: Vector<S>): S =>
    dot(
      f(x),
      v.map((entry) => x[0].of(entry.toNumber())),
    );

/**
 * Holds a stated gradient of f to two others at 64 digits: f on duals, and central differences along
 * one direction at h = 1e-20, which leave out h² times the third derivative. `scale` is the size of
 * the gradient's terms.
 */
export function expectGradient(
  f: <S extends Real<S>>(x: Vector<S>) => S,
  x: readonly Big[],
  stated: readonly Big[],
  scale: number,
): void {
  const [onDuals] = jacobianOnDuals((y) => [f(y)], x);
  expect(worstGap(stated, onDuals, scale)).toBeLessThan(1000 * lastDigit);
  const h = 1e-20;
  const moved = (sign: number) =>
    f(x.map((entry, i) => entry.plus((sign * h * (i + 1)) / x.length)));
  const along = dot(
    stated,
    x.map((entry, i) => entry.of((h * (i + 1)) / x.length)),
  );
  const gap = moved(1).minus(moved(-1)).over(2).minus(along).over(h);
  // Rounding of f over the step is 10⁴⁰ last digits; what is left out is far below that.
  expect(Math.abs(gap.toNumber())).toBeLessThan(1e6 * scale * x.length * h);
}

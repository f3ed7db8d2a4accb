/**
 * The errors of method metrics by a second route. Point errors are taken of D = P̂ − P, formed before any
 * point is moved, pixels of K[R | t], neighbours of every pair; the angle by half of it.
 */
import { nearestVertexDistance } from "../definitions/nearest-vertex.js";
import { composedMotion, type RigidMotion } from "../definitions/symmetry.js";
import { apply, type Matrix, multiply, subtract, sum, type Vector } from "../scalar/matrix.js";
import { abs, max, min, type Real, square } from "../scalar/real.js";
import type { Differences } from "./explicit-method.js";
import type { PoseComparison } from "./metrics-points.js";
import type { MetricName, MetricRecipe } from "./metrics-recipe.js";

/** What the two routes to the true recipe's quantities disagree by. */
export function metricDifferences<S extends Real<S>>(
  given: PoseComparison<S>,
): Differences<MetricRecipe, S> {
  return (quantity, _, [value]) => [value.minus(again(given, quantity as MetricName))];
}

function again<S extends Real<S>>(given: PoseComparison<S>, quantity: MetricName): S {
  const { estimate, truth, points, K, symmetries } = given;
  const shift = column(minus(estimate, truth), 3);
  const position = () => length(shift);
  const mean = (lengths: readonly S[]) => sum(lengths, lengths[0]).over(lengths.length);
  const worst = (lengths: readonly S[]) => lengths.reduce((a, b) => max(a, b));
  const apart = (to: RigidMotion<S>) => {
    const D = minus(estimate, to);
    return points.map((v) => length(apply(D, [...v, v[0].of(1)])));
  };
  const pixels = (to: RigidMotion<S>) => {
    const [of, other] = [multiply(K!, estimate), multiply(K!, to)];
    return points.map((v) => length(subtract(pixel(of, v), pixel(other, v))));
  };
  const nearest = (errors: (to: RigidMotion<S>) => readonly S[]) =>
    symmetries.map((A) => worst(errors(composedMotion(truth, A)))).reduce((a, b) => min(a, b));
  switch (quantity) {
    case "add":
      return mean(apart(truth));
    case "adds":
      return nearestVertexDistance(estimate, truth, points);
    case "proj":
      return mean(pixels(truth));
    case "mssd":
      return nearest(apart);
    case "mspd":
      return nearest(pixels);
    case "te":
      return position();
    case "npe":
      return position().over(length(column(truth, 3)));
    case "ad":
      return angle(estimate, truth);
    case "re_deg":
      return angle(estimate, truth).over(halfTurn(shift[0])).times(180);
  }
}

/** θ = 2 atan2(s, c + √(s² + c²)) up to a quarter turn, beyond it what is left of the half turn. */
function angle<S extends Real<S>>(estimate: RigidMotion<S>, truth: RigidMotion<S>): S {
  const D = minus(estimate, truth);
  const columns = [0, 1, 2].map((k) => [column(truth, k), column(D, k)] as const);
  const turn = (i: number, j: number) =>
    sum(
      columns.map(([r, d]) => r[i].times(d[j]).minus(r[j].times(d[i]))),
      D[0][0],
    ).over(2);
  const s = length([turn(1, 2), turn(2, 0), turn(0, 1)]);
  const products = [0, 1, 2].flatMap((i) =>
    [0, 1, 2].map((k) => estimate[i][k].times(truth[i][k])),
  );
  const c = sum(products, s).minus(1).over(2);
  const size = square(s).plus(square(c)).sqrt();
  return c.lessThan(0)
    ? halfTurn(s).minus(s.atan2(size.minus(c)).times(2))
    : s.atan2(size.plus(c)).times(2);
}

/** π. */
const halfTurn = <S extends Real<S>>(like: S): S => like.of(1).atan2(1).times(4);

/** ‖v‖ as the largest entry times what is left: no square of a small number is formed. */
function length<S extends Real<S>>(v: Vector<S>): S {
  const most = v.map(abs).reduce((a, b) => max(a, b));
  if (most.atMost(0)) return most;
  return most.times(sum(v.map((x) => square(x.over(most))), most).sqrt()); // biome-ignore format: one line
}

/** The pixel of a point under K[R | t] [3][4]. */
function pixel<S extends Real<S>>(M: Matrix<S>, v: Vector<S>): S[] {
  const [u, w, depth] = apply(M, [...v, v[0].of(1)]);
  return [u.over(depth), w.over(depth)];
}

const minus = <S extends Real<S>>(A: Matrix<S>, B: Matrix<S>): S[][] =>
  A.map((row, i) => subtract(row, B[i]));
const column = <S>(A: Matrix<S>, k: number): S[] => A.map((row) => row[k]);

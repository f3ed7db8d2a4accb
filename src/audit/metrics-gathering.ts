/** How the differences of many points become one error, under a recipe. */
import { norm, sum, type Vector } from "../scalar/matrix.js";
import { abs, max, type Real, square } from "../scalar/real.js";
import { type MetricName, type MetricRecipe, seesSymmetries } from "./metrics-recipe.js";

/** What is taken of one difference. */
export function distanceUnder<S extends Real<S>>(gap: Vector<S>, { distance }: MetricRecipe): S {
  if (distance === "manhattan") return sum(gap.map(abs), gap[0]);
  return distance === "squared" ? sum(gap.map(square), gap[0]) : norm(gap);
}

/** Which gathering a recipe asks for of a quantity. */
const asked = (name: MetricName, { gathering }: MetricRecipe) =>
  gathering !== "own" ? gathering : seesSymmetries(name) ? "max" : "mean";

/** One number of the distances [M], M ≥ 1. */
export function gathered<S extends Real<S>>(
  distances: readonly S[],
  name: MetricName,
  recipe: MetricRecipe,
): S {
  const total = (terms: readonly S[]) => sum(terms, terms[0]);
  const count = distances.length;
  switch (asked(name, recipe)) {
    case "mean":
      return total(distances).over(count);
    case "max":
      return distances.reduce((a, b) => max(a, b));
    case "sum":
      return total(distances);
    case "root-mean-square":
      return total(distances.map(square)).over(count).sqrt();
    case "root-of-sum":
      return total(distances.map(square)).sqrt();
    case "median": {
      const sorted = [...distances].sort((a, b) => (a.lessThan(b) ? -1 : b.lessThan(a) ? 1 : 0));
      return sorted[(count - 1) >> 1].plus(sorted[count >> 1]).over(2);
    }
  }
}

/** The same in bare doubles, of differences in rows of a width: a million of them take milliseconds. */
export function gatheredDoubles(
  gaps: Float64Array,
  width: number,
  name: MetricName,
  recipe: MetricRecipe,
): number {
  const count = gaps.length / width;
  const distances = new Float64Array(count);
  let [most, total, squares] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    let d = 0;
    for (let k = width * i; k < width * i + width; k++)
      d += recipe.distance === "manhattan" ? Math.abs(gaps[k]) : gaps[k] * gaps[k];
    if (recipe.distance === "euclidean") d = Math.sqrt(d);
    distances[i] = d;
    if (d > most) most = d;
    total += d;
    squares += d * d;
  }
  switch (asked(name, recipe)) {
    case "mean":
      return total / count;
    case "max":
      return most;
    case "sum":
      return total;
    case "root-mean-square":
      return Math.sqrt(squares / count);
    case "root-of-sum":
      return Math.sqrt(squares);
    case "median":
      distances.sort();
      return (distances[(count - 1) >> 1] + distances[count >> 1]) / 2;
  }
}

/** How the differences of many points become one error, under a recipe. */
import { norm, sum, type Vector } from "../scalar/matrix.js";
import { abs, max, type Real, square } from "../scalar/real.js";
import { type MetricName, type MetricRecipe, seesSymmetries } from "./metrics-recipe.js";

/** What is taken of one difference. */
export function distanceUnder<S extends Real<S>>(gap: Vector<S>, { distance }: MetricRecipe): S {
  if (distance === "manhattan") return sum(gap.map(abs), gap[0]);
  return distance === "squared" ? sum(gap.map(square), gap[0]) : norm(gap);
}

/** One number of the distances [M], M ≥ 1. */
export function gathered<S extends Real<S>>(
  distances: readonly S[],
  name: MetricName,
  { gathering }: MetricRecipe,
): S {
  const total = (terms: readonly S[]) => sum(terms, terms[0]);
  const count = distances.length;
  const own = seesSymmetries(name) ? "max" : "mean";
  switch (gathering === "own" ? own : gathering) {
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

/**
 * The few points among which the nearest one must be: in any scalars the choice is left to them, and of
 * M² pairs only these few are computed in many digits.
 */
import type { Matrix } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";

/**
 * For every point that looks, the indices of the points that doubles cannot tell from the nearest one,
 * at least one. A coordinate is known to ε/2 of the greatest, and so a distance to a few times that.
 */
export function nearestCandidates<S extends Real<S>>(
  lookers: Matrix<S>,
  targets: Matrix<S>,
): number[][] {
  const [from, to] = [lookers, targets].map((points) =>
    Float64Array.from(points.flat(), (v) => v.toNumber()),
  );
  const most = [...from, ...to].reduce((size, v) => Math.max(size, Math.abs(v)), 0);
  const unsure = 16 * Number.EPSILON * most;
  const squares = new Float64Array(targets.length);
  return lookers.map((_, i) => {
    let least = Infinity;
    for (let j = 0; j < squares.length; j++) {
      const x = to[3 * j] - from[3 * i];
      const y = to[3 * j + 1] - from[3 * i + 1];
      const z = to[3 * j + 2] - from[3 * i + 2];
      squares[j] = x * x + y * y + z * z;
      if (squares[j] < least) least = squares[j];
    }
    const bound = (Math.sqrt(least) * (1 + 8 * Number.EPSILON) + unsure) ** 2;
    const near: number[] = [];
    for (let j = 0; j < squares.length; j++) if (!(squares[j] > bound)) near.push(j);
    return near;
  });
}

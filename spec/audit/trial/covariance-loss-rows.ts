/** The pieces of a Linear-Covariance loss: shortened residuals, rows of J and of J_f, errors of corners. */
import {
  type Boxed,
  type LossConstants,
  type LossSwitches,
  type Pair,
  pair,
} from "./covariance-loss-switches.js";
import { moved, seen } from "./geometry.js";
import { constant, cross, dot, type Jet, type Space, variable } from "./jet.js";

/** e [2]: r no longer than it may be. */
export function shortened(r: Pair<Jet>, most: number, is: LossSwitches): Pair<Jet> {
  if (is.clamp === "none") return r;
  const length = dot(r, r).sqrt().plus(is.epsilon);
  if (length.v <= most) return r;
  const through = pair((k) => r[k].times(most).over(length));
  if (is.clamp === "differentiated") return through;
  return pair((k) => r[k].minus(r[k].held().minus(through[k].held())));
}

/** Rows a [2][6] of J by turns of the object and shifts, and their curvature times a residual [2][6][6]. */
export function linearised(
  R: Jet[][],
  z: Jet[],
  t: Jet[],
  K: Jet[][],
  r: Pair<Jet>,
  with_: LossConstants,
  is: LossSwitches,
) {
  const own = is.linearisation ? z : z.map((v) => v.held());
  const outer = z[0].space;
  const zero = constant(outer, 0);
  const X = moved(R, own, t);
  const everywhere = is.depth === "everywhere" && X[2].v < with_.zMin;
  const d = everywhere ? constant(outer, with_.zMin) : dot(K[2], X);
  const p = [dot(K[0], X).over(d), dot(K[1], X).over(d)];
  const by = p.map((v, k) =>
    [0, 1, 2].map((a) => (everywhere ? K[k][a] : K[k][a].minus(v.times(K[2][a]))).over(d)),
  );
  const a = pair((k) => {
    const back = [0, 1, 2].map((c) =>
      dot(
        by[k],
        R.map((row) => row[c]),
      ),
    );
    return [...cross(own, back), ...by[k]];
  });
  const none = pair(() => [0, 1, 2, 3, 4, 5].map(() => new Array<Jet>(6).fill(zero)));
  const clamped = is.depth === "pixel" && X[2].v < with_.zMin;
  const wanted = is.hessian === "observed" || (is.hessian === "clamped" && clamped);
  if (!wanted) return { a, bent: none };
  // ∂²π by turns and shifts, from jets of those six alone.
  const space: Space = { n: 6, second: true, store: is.store };
  const xi = [0, 1, 2, 3, 4, 5].map((k) => variable(space, 0, k));
  const fixed = (v: Jet) => constant(space, v.v);
  const still = z.map(fixed);
  const once = cross(xi.slice(0, 3), still);
  const twice = cross(xi.slice(0, 3), once);
  const turned = still.map((v, k) => v.plus(once[k]).plus(twice[k].over(2)));
  const moving = moved(
    R.map((row) => row.map(fixed)),
    turned,
    t.map((v, k) => fixed(v).plus(xi[3 + k])),
  );
  const { pixel } = seen(
    moving,
    K.map((row) => row.map(fixed)),
  );
  const gap = pair((k) => {
    if (is.hessian === "observed") return r[k].v;
    const held = dot(K[k], X).v / with_.zMin;
    return held - p[k].v;
  });
  const bent = pair((k) =>
    [0, 1, 2, 3, 4, 5].map((i) =>
      [0, 1, 2, 3, 4, 5].map((j) => constant(outer, gap[k] * pixel[k].h[6 * i + j])),
    ),
  );
  return { a, bent };
}

/** J_f: corners by turns of the object and shifts [24][6], or something else. */
export function represented(
  of: Boxed,
  R: Jet[][],
  t: Jet[],
  K: Jet[][],
  is: LossSwitches,
): Jet[][] {
  const space = R[0][0].space;
  const num = (v: number) => constant(space, v);
  const unit = [0, 1, 2].map((i) => [0, 1, 2].map((j) => num(i === j ? 1 : 0)));
  if (is.represented === "tangent")
    return [0, 1, 2, 3, 4, 5].map((i) => [0, 1, 2, 3, 4, 5].map((j) => num(i === j ? 1 : 0)));
  return Array.from({ length: 8 }, (_, g) => g).flatMap((g) => {
    const b = [0, 1, 2].map((k) => num(of.corners[3 * g + k]));
    const X = moved(R, b, t);
    const rows = [0, 1, 2].map((i) => {
      if (is.turn === "right") return [...cross(b, R[i]), ...unit[i]];
      const p = R.map((row) => dot(row, b));
      return [...cross(p, unit[i]), ...unit[i]];
    });
    if (is.represented === "corners") return rows;
    const [u, v, depth] = K.map((row) => dot(row, X));
    return [u, v].map((h, k) => {
      const by = [0, 1, 2].map((a) => K[k][a].minus(h.over(depth).times(K[2][a])).over(depth));
      return [0, 1, 2, 3, 4, 5].map((q) =>
        dot(
          by,
          rows.map((row) => row[q]),
        ),
      );
    });
  });
}

/** The error of squares or variances of components. */
export function sized(squares: readonly Jet[], is: LossSwitches): Jet {
  const own = is.represented === "tangent" ? 1 : is.represented === "pixels" ? 2 : 3;
  const group = is.corner === "sum of roots" ? 1 : own;
  const sums = Array.from({ length: squares.length / group }, (_, g) =>
    squares.slice(group * g, group * (g + 1)).reduce((a, b) => a.plus(b)),
  );
  const share = is.over === "sum" ? 1 : sums.length;
  const total = (of: readonly Jet[]) => of.reduce((a, b) => a.plus(b)).over(share);
  if (is.corner === "sum") return total(sums);
  return is.over === "root of mean" ? total(sums).sqrt() : total(sums.map((v) => v.sqrt()));
}

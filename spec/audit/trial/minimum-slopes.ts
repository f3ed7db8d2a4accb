/**
 * The derivative of a minimum by everything it was solved from, written for this trial: ∂π by duals of
 * second order, the rest by hand. Its switches are the faults.
 *
 *     g = −Σ w² r ∂π/∂y = 0     ∂y/∂θ = −H⁻¹ ∂g/∂θ     y = (ω, t), r = x − π
 */
import type { Drawn } from "./drawn.js";
import { moved, type RotationMap, rotationOf, seen } from "./geometry.js";
import {
  asDouble,
  constant,
  eliminated,
  type Jet,
  type Space,
  type Store,
  variable,
} from "./jet.js";

export interface SlopeSwitches {
  /** Whether ∂π/∂y is differentiated in H, and in the derivatives by points and camera. */
  readonly curvature: "kept" | "dropped" | "wrong sign";
  readonly mixed: "kept" | "dropped";
  readonly residual: "plain" | "times depth";
  /** What the weight of a squared residual is made of w; and of w² where it is differentiated by x, z and K. */
  readonly weight: (w: number) => number;
  readonly weightSlope: (w: number) => number;
  readonly mixedWeight: ((w: number) => number) | null;
  readonly map: RotationMap;
  /** Added to the diagonal of H, as a damped solver leaves it there, in shares of that diagonal. */
  readonly damping: number;
  /** Whether H is inverted before it multiplies. */
  readonly inverse: boolean;
  /** Multiplies K's focal lengths where derivatives are taken. */
  readonly focal: number;
  readonly store: Store;
}

export const soundSlopes: SlopeSwitches = {
  curvature: "kept",
  mixed: "kept",
  residual: "plain",
  weight: (w) => w * w,
  weightSlope: (w) => 2 * w,
  mixedWeight: null,
  map: "exact",
  damping: 0,
  inverse: true,
  focal: 1,
  store: asDouble,
};

/** Six rows for each input, in chart AA; the negative of H⁻¹ is left out of `covariance`. */
export interface Slopes {
  readonly x2d: Float64Array[];
  readonly x3d: Float64Array[];
  readonly K: Float64Array[];
  readonly w2d: Float64Array[];
  readonly covariance: Float64Array[];
}

const sign = { kept: 1, dropped: 0, "wrong sign": -1 } as const;

/** ∂y/∂(x, z, K, w) and H⁻¹ at the pose y = (ω, t). */
export function minimumSlopes(
  of: Drawn,
  y: ArrayLike<number>,
  faults: Partial<SlopeSwitches> = {},
): Slopes {
  const is = { ...soundSlopes, ...faults };
  const { n } = of;
  // Variables: y 0 … 5, z 6 … 8, K 9 … 17.
  const space: Space = { n: 18, second: true, store: is.store };
  const at = Array.from({ length: 6 }, (_, k) => variable(space, y[k], k));
  const R = rotationOf(at.slice(0, 3), is.map);
  const K = [0, 1, 2].map((a) =>
    [0, 1, 2].map((b) => {
      const value = of.K[3 * a + b] * (a === b && a < 2 ? is.focal : 1);
      return variable(space, value, 9 + 3 * a + b);
    }),
  );
  const plain: Space = { n: 0, second: false, store: is.store };
  const zero = constant(plain, 0);
  const table = (width: number) =>
    Array.from({ length: 6 }, () => new Array<Jet>(width).fill(zero));
  const H = table(6);
  const right = table(7 * n + 9);
  for (let i = 0; i < n; i++) {
    const z = [0, 1, 2].map((k) => variable(space, of.x3d[3 * i + k], 6 + k));
    const { pixel, depth } = seen(moved(R, z, at.slice(3)), K);
    const deep = is.residual === "times depth";
    const num = (v: number) => constant(plain, v);
    for (let k = 0; k < 2; k++) {
      const { v: pi, g: c, h } = pixel[k];
      const w = of.w2d[2 * i + k];
      const r = num(of.x2d[2 * i + k]).minus(num(pi));
      const S = deep ? num(depth.v) : num(1);
      const W = num(is.weight(w));
      for (let j = 0; j < 6; j++) {
        /** ∂g_j by variable v: of the residual, of the depth, and of ∂π/∂y. */
        const by = (v: number, weight: Jet, bent: number): Jet => {
          const curve = num(h[18 * j + v] * bent).times(r);
          const slope = S.times(curve.minus(num(c[v]).times(num(c[j]))));
          const whole = deep ? slope.plus(num(depth.g[v]).times(r).times(num(c[j]))) : slope;
          return whole.times(weight).negated();
        };
        const weight = is.mixedWeight ? num(is.mixedWeight(w)) : W;
        const bent = is.mixed === "kept" ? 1 : 0;
        for (let v = 0; v < 6; v++) H[j][v] = H[j][v].plus(by(v, W, sign[is.curvature]));
        const row = right[j];
        row[2 * i + k] = S.times(num(c[j])).times(weight).negated();
        for (let a = 0; a < 3; a++)
          row[2 * n + 3 * i + a] = row[2 * n + 3 * i + a].plus(by(6 + a, weight, bent));
        for (let a = 0; a < 9; a++) row[5 * n + a] = row[5 * n + a].plus(by(9 + a, weight, bent));
        row[5 * n + 9 + 2 * i + k] = S.times(r).times(num(c[j])).times(is.weightSlope(w)).negated();
      }
    }
  }
  for (let j = 0; j < 6; j++) H[j][j] = H[j][j].times(1 + is.damping);
  const unit = H.map((row, i) => row.map((_, j) => constant(plain, i === j ? 1 : 0)));
  const inverse = eliminated(H, unit);
  const J = is.inverse
    ? eliminated(H, right)
    : H.map((row) =>
        right[0].map((_, c) => row.map((v, j) => v.times(right[j][c])).reduce((a, b) => a.plus(b))),
      );
  const part = (from: number, to: number) =>
    J.map((row) => Float64Array.from(row.slice(from, to), ({ v }) => -v));
  return {
    x2d: part(0, 2 * n),
    x3d: part(2 * n, 5 * n),
    K: part(5 * n, 5 * n + 9),
    w2d: part(5 * n + 9, 7 * n + 9),
    covariance: inverse.map((row) => Float64Array.from(row, ({ v }) => v)),
  };
}

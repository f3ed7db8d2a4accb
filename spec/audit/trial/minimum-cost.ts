/** The cost of a pose and its Hessian, Huber included, written for this trial: ½ Σ ρ(‖w ∘ (x − π)‖²). */
import type { Drawn } from "./drawn.js";
import { halfHuber, moved, rotationOf, seen } from "./geometry.js";
import {
  asDouble,
  constant,
  eliminated,
  type Jet,
  type Space,
  type Store,
  variable,
} from "./jet.js";

export interface CostSwitches {
  readonly weight: (w: number) => number;
  /** Whether the threshold enters. */
  readonly robust: boolean;
  /** Whether second derivatives of π, and of ρ, are in the Hessian. */
  readonly curvature: boolean;
  /** Added to every pixel coordinate of the data. */
  readonly offset: number;
  readonly store: Store;
}

export const soundCost: CostSwitches = {
  weight: (w) => w,
  robust: true,
  curvature: true,
  offset: 0,
  store: asDouble,
};

/** The cost at y = (ω, t), and its Hessian there [6][6] in chart AA. */
export function costAt(
  of: Drawn,
  delta: number | null,
  y: ArrayLike<number>,
  faults: Partial<CostSwitches> = {},
): { cost: number; hessian: Jet[][] } {
  const is = { ...soundCost, ...faults };
  const space: Space = { n: 6, second: true, store: is.store };
  const at = Array.from({ length: 6 }, (_, k) => variable(space, y[k], k));
  const R = rotationOf(at.slice(0, 3));
  const K = [0, 1, 2].map((a) => [0, 1, 2].map((b) => constant(space, of.K[3 * a + b])));
  const threshold = is.robust ? delta : null;
  const terms = Array.from({ length: of.n }, (_, i): Pick<Jet, "v" | "h"> => {
    const z = [0, 1, 2].map((k) => constant(space, of.x3d[3 * i + k]));
    const { pixel } = seen(moved(R, z, at.slice(3)), K);
    const e = pixel.map((p, k) =>
      p.minus(of.x2d[2 * i + k] + is.offset).times(is.weight(of.w2d[2 * i + k])),
    );
    const s = e[0].times(e[0]).plus(e[1].times(e[1]));
    const whole = halfHuber(s, threshold);
    if (is.curvature) return whole;
    // ρ′ JᵀJ: residuals linear in the pose, and ρ′ held.
    const slope = threshold !== null && s.v > threshold ** 2 ? threshold / Math.sqrt(s.v) : 1;
    const h = whole.h.map((_v, k) => {
      const [a, b] = [Math.floor(k / 6), k % 6];
      return is.store(slope * (e[0].g[a] * e[0].g[b] + e[1].g[a] * e[1].g[b]));
    });
    return { v: whole.v, h };
  });
  const h = terms[0].h.map((_, k) => terms.reduce((sum, term) => is.store(sum + term.h[k]), 0));
  const plain: Space = { n: 0, second: false, store: is.store };
  const cost = terms.reduce((sum, term) => is.store(sum + term.v), 0);
  const hessian = Array.from({ length: 6 }, (_, a) =>
    Array.from({ length: 6 }, (_, b) => constant(plain, h[6 * a + b])),
  );
  return { cost, hessian };
}

/** H⁻¹ [36]. */
export function inverted(hessian: readonly (readonly Jet[])[]): Float64Array {
  const unit = hessian.map((row, i) => row.map((v, j) => constant(v.space, i === j ? 1 : 0)));
  return Float64Array.from(eliminated(hessian, unit).flat(), ({ v }) => v);
}

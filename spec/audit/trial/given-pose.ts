/**
 * Costs, residuals and their Jacobian at a given pose (epropnp-cost), written for this trial.
 *
 *     f = w ∘ (π − x)     ½ Σ ρ(‖f‖²)     √ρ′ f     √ρ′ w ∘ ∂π/∂ξ     ξ = (t, δ) or (t, β)
 */
import {
  type Depth,
  halfHuber,
  moved,
  normalised,
  quaternionMatrix,
  seen,
  steppedQuaternion,
  yawMatrix,
} from "./geometry.js";
import { asDouble, constant, type Jet, type Space, type Store, variable } from "./jet.js";
import type { Posed } from "./posed.js";

export interface GivenSwitches {
  readonly weight: (w: number) => number;
  /** The factor on residuals and rows: √ρ′, one, ρ′ or what a slip of the pen makes of it. */
  readonly rescaling: (size: number, delta: number) => number;
  /** ½ρ of ‖f‖, or what is taken for it. */
  readonly cost: (s: Jet, delta: number) => Jet;
  readonly clamp: Depth["clamp"];
  /** Whether rows of points with clamped depth are zero. */
  readonly masked: boolean;
  /** From which side a quaternion is stepped, and whether it stays of unit length. */
  readonly side: "left" | "right";
  readonly unit: boolean;
  readonly store: Store;
}

export const soundGiven: GivenSwitches = {
  weight: (w) => w,
  rescaling: (size, delta) => Math.sqrt(Math.min(1, delta / size)),
  cost: halfHuber,
  clamp: "held",
  masked: true,
  side: "left",
  unit: true,
  store: asDouble,
};

export interface Given {
  readonly cost: number;
  /** [N][2] */
  readonly residual: number[][];
  /** [N][2][d] */
  readonly jacobian: number[][][];
}

/** R and t of a pose that a tangent ξ moves, as jets of ξ with `offset` variables before them. */
export function steppedPose(y: ArrayLike<number>, xi: readonly Jet[], is: GivenSwitches) {
  const { space } = xi[0];
  const t = [0, 1, 2].map((k) => xi[k].plus(y[k]));
  if (y.length === 4) return { t, R: yawMatrix(xi[3].plus(y[3])) };
  const q = [3, 4, 5, 6].map((k) => constant(space, y[k]));
  const ray = steppedQuaternion(q, xi.slice(3), is.side);
  return { t, R: quaternionMatrix(is.unit ? normalised(ray) : ray) };
}

/** The quantities of one problem. */
export function atGivenPose(of: Posed, zMin: number, faults: Partial<GivenSwitches> = {}): Given {
  const is = { ...soundGiven, ...faults };
  const d = of.y.length === 4 ? 4 : 6;
  const space: Space = { n: d, second: false, store: is.store };
  const xi = Array.from({ length: d }, (_, k) => variable(space, 0, k));
  const { R, t } = steppedPose(of.y, xi, is);
  const K = [0, 1, 2].map((a) => [0, 1, 2].map((b) => constant(space, of.K[3 * a + b])));
  const points = Array.from({ length: of.n }, (_, i) => {
    const z = [0, 1, 2].map((k) => constant(space, of.x3d[3 * i + k]));
    const { pixel, clamped } = seen(moved(R, z, t), K, { zMin, clamp: is.clamp });
    const f = pixel.map((p, k) => p.minus(of.x2d[2 * i + k]).times(is.weight(of.w2d[2 * i + k])));
    const s = f[0].times(f[0]).plus(f[1].times(f[1]));
    const factor = is.store(is.rescaling(Math.sqrt(s.v), of.delta));
    return {
      cost: is.cost(s, of.delta).v,
      residual: f.map(({ v }) => is.store(factor * v)),
      jacobian: f.map(({ g }) =>
        Array.from(g, (v) => (clamped && is.masked ? 0 : is.store(factor * v))),
      ),
    };
  });
  return {
    cost: points.reduce((sum, { cost }) => is.store(sum + cost), 0),
    residual: points.map(({ residual }) => residual),
    jacobian: points.map(({ jacobian }) => jacobian),
  };
}

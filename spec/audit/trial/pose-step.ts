/**
 * One Gauss–Newton step from a given pose and its gradient (epropnp-reg), written for this trial.
 *
 *     y⁺ = y ⊞ Δy     Δy = −(Σ ρ′ JᵀJ + ε I)⁻¹ Σ ρ′ Jᵀ f     grad_θ = vᵀ ∂y⁺/∂θ, y held
 *
 * Jets of second order give ∂π/∂ξ as a function of x3d; everything after that is one chain of jets of all
 * data, which carries the gradient whatever is switched.
 */
import { type Depth, moved, normalised, seen, steppedQuaternion } from "./geometry.js";
import { soundGiven, steppedPose } from "./given-pose.js";
import {
  asDouble,
  constant,
  dot,
  eliminated,
  type Jet,
  type Space,
  type Store,
  variable,
} from "./jet.js";
import type { Posed } from "./posed.js";

export interface Stepped extends Posed {
  /** The upstream gradient of y⁺ [7 or 4]. */
  readonly upstream: Float64Array;
}

export interface StepSwitches {
  readonly weight: (w: Jet) => Jet;
  /** ρ′ of ‖f‖² as it enters JᵀJ and Jᵀf. */
  readonly slope: (s: Jet, delta: number) => Jet;
  readonly ridge: (diagonal: Jet, epsilon: number) => Jet;
  readonly clamp: Depth["clamp"];
  readonly masked: boolean;
  /** −1 for a step downhill. */
  readonly direction: -1 | 1;
  /** Multiplies the rotation of a step before it is taken. */
  readonly turn: number;
  readonly retraction:
    | "normalised"
    | "as it comes"
    | "by the whole angle"
    | "from the right"
    | "shift alone";
  /** What the gradient takes for constant. */
  readonly held: "nothing" | "ρ′" | "JᵀJ" | "J";
  /** The retraction that the gradient runs through, where it is another one. */
  readonly backwards: "same" | "as it comes";
  readonly store: Store;
}

export const huberSlope = (s: Jet, delta: number): Jet => {
  const one = s.held().times(0).plus(1);
  return s.v <= delta * delta ? one : one.times(delta).over(s.sqrt());
};

export const soundStep: StepSwitches = {
  weight: (w) => w,
  slope: huberSlope,
  ridge: (v, epsilon) => v.plus(epsilon),
  clamp: "held",
  masked: true,
  direction: -1,
  turn: 1,
  retraction: "normalised",
  held: "nothing",
  backwards: "same",
  store: asDouble,
};

/** y⁺, and the gradient of vᵀ y⁺ by x2d, x3d and w2d. */
export function poseStep(
  of: Stepped,
  zMin: number,
  epsilon: number,
  faults: Partial<StepSwitches> = {},
) {
  const is = { ...soundStep, ...faults };
  const d = of.y.length === 4 ? 4 : 6;
  const { n } = of;
  // All data: x 0 … 2n, z 2n … 5n, w 5n … 7n.
  const space: Space = { n: 7 * n, second: false, store: is.store };
  const zero = constant(space, 0);
  let normal = Array.from({ length: d }, () => new Array<Jet>(d).fill(zero));
  let pull = new Array<Jet>(d).fill(zero);
  for (let i = 0; i < n; i++) {
    const { f, J } = rowsOf(of, i, d, zMin, space, is);
    const s = dot(f, f);
    const slope = is.held === "ρ′" ? is.slope(s, of.delta).held() : is.slope(s, of.delta);
    const own = J.map((row) => row.map((v) => (is.held === "J" ? v.held() : v)));
    const gram = (v: Jet) => (is.held === "JᵀJ" || is.held === "J" ? v.held() : v);
    normal = normal.map((row, p) =>
      row.map((v, q) =>
        v.plus(gram(slope.times(own.map((r) => r[p].times(r[q])).reduce((a, b) => a.plus(b))))),
      ),
    );
    pull = pull.map((v, p) =>
      v.plus(slope.times(f.map((e, k) => e.times(own[k][p])).reduce((a, b) => a.plus(b)))),
    );
  }
  const A = normal.map((row, p) => row.map((v, q) => (p === q ? is.ridge(v, epsilon) : v)));
  const step = eliminated(
    A,
    pull.map((v) => [v]),
  ).map(([v]) => v.times(is.direction));
  const plus = retracted(of.y, step, is.retraction, is.turn);
  const through = is.backwards === "same" ? plus : retracted(of.y, step, is.backwards, is.turn);
  const value = through.map((v, k) => v.times(of.upstream[k])).reduce((a, b) => a.plus(b));
  return {
    plus: plus.map(({ v }) => v),
    x2d: Array.from(value.g.subarray(0, 2 * n)),
    x3d: Array.from(value.g.subarray(2 * n, 5 * n)),
    w2d: Array.from(value.g.subarray(5 * n)),
  };
}

/** f [2] and J [2][d] of point i, as jets of all data. */
function rowsOf(
  of: Stepped,
  i: number,
  d: number,
  zMin: number,
  space: Space,
  is: StepSwitches,
): { f: Jet[]; J: Jet[][] } {
  const { n } = of;
  const local: Space = { n: d + 3, second: true, store: is.store };
  const xi = Array.from({ length: d }, (_, k) => variable(local, 0, k));
  const { R, t } = steppedPose(of.y, xi, soundGiven);
  const K = [0, 1, 2].map((a) => [0, 1, 2].map((b) => constant(local, of.K[3 * a + b])));
  const z = [0, 1, 2].map((k) => variable(local, of.x3d[3 * i + k], d + k));
  const { pixel, clamped } = seen(moved(R, z, t), K, { zMin, clamp: is.clamp });
  /** A number with its slopes by z, among all data. */
  const spread = (v: number, slopes: (a: number) => number): Jet => {
    const out = constant(space, v);
    for (let a = 0; a < 3; a++) out.g[2 * n + 3 * i + a] = is.store(slopes(a));
    return out;
  };
  const w = [0, 1].map((k) => is.weight(variable(space, of.w2d[2 * i + k], 5 * n + 2 * i + k)));
  const f = pixel.map((p, k) =>
    spread(p.v, (a) => p.g[d + a])
      .minus(variable(space, of.x2d[2 * i + k], 2 * i + k))
      .times(w[k]),
  );
  const J = pixel.map((p, k) =>
    Array.from({ length: d }, (_, q) =>
      clamped && is.masked
        ? constant(space, 0)
        : spread(p.g[q], (a) => p.h[(d + 3) * q + d + a]).times(w[k]),
    ),
  );
  return { f, J };
}

/** y ⊞ Δy [7 or 4]. */
function retracted(
  y: ArrayLike<number>,
  step: readonly Jet[],
  how: StepSwitches["retraction"],
  turn: number,
): Jet[] {
  const t = [0, 1, 2].map((k) => step[k].plus(y[k]));
  if (y.length === 4) return [...t, step[3].plus(y[3])];
  const q = [3, 4, 5, 6].map((k) => constant(step[0].space, y[k]));
  if (how === "shift alone") return [...t, ...q];
  const delta = step.slice(3).map((v) => v.times(turn));
  if (how === "by the whole angle") {
    const angle = dot(delta, delta).sqrt();
    const axis = delta.map((v) => v.over(angle).times(angle.sin()));
    // cos ‖δ‖ (1, −tan‖δ‖ axis) ⊗ q
    const slanted = axis.map((v) => v.over(angle.cos()));
    return [...t, ...steppedQuaternion(q, slanted).map((v) => v.times(angle.cos()))];
  }
  const ray = steppedQuaternion(q, delta, how === "from the right" ? "right" : "left");
  return [...t, ...(how === "as it comes" ? ray : normalised(ray))];
}

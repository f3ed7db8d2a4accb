/** Rotations and projections of the trial's own implementations, in jets. */
import { cross, dot, type Jet, total } from "./jet.js";

export type Matrix3 = readonly (readonly Jet[])[];

/** How a rotation vector becomes a matrix: as it should, with a guarded axis, or by a series cut short. */
export type RotationMap = "exact" | { readonly axisGuard: number } | "cubic-series";

/** R of a rotation vector ω. */
export function rotationOf(omega: readonly Jet[], map: RotationMap = "exact"): Jet[][] {
  const square = dot(omega, omega);
  const one = square.held().times(0).plus(1);
  if (map === "cubic-series") {
    // sin θ / θ and (1 − cos θ) / θ² to the second power of θ.
    const a = one.minus(square.over(6));
    const b = one.over(2).minus(square.over(24));
    return turned(omega, a, b, square, one);
  }
  const theta = square.sqrt();
  const length = map === "exact" ? theta : theta.plus(map.axisGuard);
  const axis = omega.map((v) => v.over(length));
  return turned(axis, theta.sin(), one.minus(theta.cos()), dot(axis, axis), one, map !== "exact");
}

/** I + a [u]× + b [u]×², or as guarded code has it: cos θ I + a [u]× + b u uᵀ. */
function turned(
  u: readonly Jet[],
  a: Jet,
  b: Jet,
  square: Jet,
  one: Jet,
  outerForm = false,
): Jet[][] {
  const hat = [
    [null, u[2].negated(), u[1]],
    [u[2], null, u[0].negated()],
    [u[1].negated(), u[0], null],
  ];
  return [0, 1, 2].map((i) =>
    [0, 1, 2].map((j) => {
      const outer = u[i].times(u[j]).times(b);
      const diagonal = outerForm ? one.minus(b) : one.minus(b.times(square));
      const whole = i === j ? outer.plus(diagonal) : outer;
      const skew = hat[i][j];
      return skew ? whole.plus(skew.times(a)) : whole;
    }),
  );
}

/** R of a quaternion (w, x, y, z), taken to be of unit length. */
export function quaternionMatrix([w, x, y, z]: readonly Jet[]): Jet[][] {
  const two = (a: Jet, b: Jet) => a.times(b).times(2);
  const one = w.held().times(0).plus(1);
  return [
    [one.minus(two(y, y)).minus(two(z, z)), two(x, y).minus(two(w, z)), two(x, z).plus(two(w, y))],
    [two(x, y).plus(two(w, z)), one.minus(two(x, x)).minus(two(z, z)), two(y, z).minus(two(w, x))],
    [two(x, z).minus(two(w, y)), two(y, z).plus(two(w, x)), one.minus(two(x, x)).minus(two(y, y))],
  ];
}

/** (1, −δ) ⊗ q, not normalised: a small half-angle turn from the left, with the sign that EPro-PnP has. */
export function steppedQuaternion(
  q: readonly Jet[],
  delta: readonly Jet[],
  from: "left" | "right" = "left",
): Jet[] {
  const [w, v] = [q[0], q.slice(1)];
  const u = delta.map((d) => d.negated());
  const across = from === "left" ? cross(u, v) : cross(v, u);
  return [w.minus(dot(u, v)), ...v.map((x, k) => x.plus(u[k].times(w)).plus(across[k]))];
}

export const normalised = (q: readonly Jet[]): Jet[] => {
  const length = dot(q, q).sqrt();
  return q.map((v) => v.over(length));
};

/** R of a turn by β about the camera's Y axis. */
export function yawMatrix(beta: Jet): Jet[][] {
  const [s, c] = [beta.sin(), beta.cos()];
  const [none, one] = [beta.held().times(0), beta.held().times(0).plus(1)];
  return [
    [c, none, s],
    [none, one, none],
    [s.negated(), none, c],
  ];
}

/** R z + t. */
export const moved = (R: Matrix3, z: readonly Jet[], t: readonly Jet[]): Jet[] =>
  R.map((row, k) => dot(row, z).plus(t[k]));

/** What is done about depths below z_min before dividing by them. */
export interface Depth {
  readonly zMin: number;
  /** Held at z_min, taken as it is, or held in value while its slope stays that of the free depth. */
  readonly clamp: "held" | "free" | "slope-kept";
}

export interface Seen {
  readonly pixel: Jet[];
  readonly depth: Jet;
  readonly clamped: boolean;
}

/** The pixel of a camera point: the first two of K X over the third. */
export function seen(X: readonly Jet[], K: Matrix3, limit?: Depth): Seen {
  const [u, v, z] = K.map((row) => dot(row, X));
  const clamped = limit !== undefined && limit.clamp !== "free" && z.v < limit.zMin;
  const shifted = clamped ? z.minus(z.v - limit.zMin) : z;
  const depth = clamped && limit.clamp === "held" ? shifted.held() : shifted;
  return { pixel: [u.over(depth), v.over(depth)], depth, clamped };
}

/** ½ ρ(s), ρ = min(s, 2δ√s − δ²). */
export function halfHuber(s: Jet, delta: number | null): Jet {
  if (delta === null || s.v <= delta * delta) return s.over(2);
  return s
    .sqrt()
    .times(delta)
    .minus((delta * delta) / 2);
}

export const meanOf = (terms: readonly Jet[]): Jet => total(terms).over(terms.length);

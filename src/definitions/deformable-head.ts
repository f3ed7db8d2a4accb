/**
 * A deformable head's attention: where an object query looks, and what it sees there.
 *
 *     l_m = p + σ o_m     a_m = μ_m e^{q·k_m/√D} / Σ_j e^{q·k_j/√D}     s = Σ_m a_m v(l_m)
 *     NOC bias of head h of H: ½ (cos θ sin φ, sin θ sin φ, cos φ),  cos φ = 1 − (2h + 1)/H,  θ = π (1 + √5)(h + ½)
 *
 * p is the reference point and σ the stride of the level, both in pixels; μ_m in [0, 1] says whether
 * location m lies in the image, and is applied after the softmax, so that attention sums to 1 or
 * less. With all offsets 0 and equal keys, s is the plain average.
 *
 * A horizontally mirrored image, u → W − u, is that of the scene mirrored in camera X: an object point
 * z becomes (z₁, z₂, −z₃) in the frame turned by π − β, and a velocity changes the sign of its X.
 * Source: EQUATIONS EPRO-37, 44; [EProPnP2022] Sec 4.2, 5.4 and published code (lattice, mask).
 */
import { add, dot, type Matrix, scale, sum, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import {
  bilinearLocationJacobian,
  bilinearMapVjp,
  bilinearSample,
  type ChannelMap,
  type Padding,
} from "./bilinear-sampling.js";

/** l [M,2] = p + σ o, in the unit of p [2] and σ. */
export function samplingLocations<S extends Real<S>>(
  p: Vector<S>,
  stride: S,
  offsets: Matrix<S>,
): S[][] {
  return offsets.map((o) => add(p, scale(o, stride)));
}

/** a [M] of a query q [D], keys [M,D] and a mask [M]. */
export function maskedAttention<S extends Real<S>>(
  q: Vector<S>,
  keys: Matrix<S>,
  mask: Vector<S>,
): S[] {
  const root = q[0].of(q.length).sqrt();
  const powers = keys.map((k) => dot(q, k).over(root).exp());
  const total = sum(powers, q[0]);
  return powers.map((x, m) => x.over(total).times(mask[m]));
}

/** ∂L/∂q [D], ∂L/∂keys [M,D] and ∂L/∂mask [M] of v = ∂L/∂a [M]. */
export function maskedAttentionVjp<S extends Real<S>>(
  q: Vector<S>,
  keys: Matrix<S>,
  mask: Vector<S>,
  v: Vector<S>,
): { query: S[]; keys: S[][]; mask: S[] } {
  const one = q[0].of(1);
  const root = q[0].of(q.length).sqrt();
  const bare = maskedAttention(
    q,
    keys,
    mask.map(() => one),
  );
  const up = v.map((x, m) => x.times(mask[m]));
  const mean = sum(
    bare.map((x, m) => x.times(up[m])),
    one,
  );
  const logits = bare.map((x, m) => x.times(up[m].minus(mean)).over(root));
  return {
    query: q.map((like, d) =>
      sum(
        logits.map((x, m) => x.times(keys[m][d])),
        like,
      ),
    ),
    keys: logits.map((x) => scale(q, x)),
    mask: bare.map((x, m) => x.times(v[m])),
  };
}

/** s [C] = Σ_m a_m v(l_m): values sampled at locations [M,2], in cells of the map, and added up. */
export function attendedSample<S extends Real<S>>(
  map: ChannelMap<S>,
  locations: Matrix<S>,
  attention: Vector<S>,
  padding: Padding,
): S[] {
  const terms = locations.map((l, m) => scale(bilinearSample(map, l, padding), attention[m]));
  return map[0][0].map((like, k) =>
    sum(
      terms.map((term) => term[k]),
      like,
    ),
  );
}

/** ∂L/∂locations [M,2], ∂L/∂a [M] and ∂L/∂map [rows, columns, C] of v = ∂L/∂s [C]. */
export function attendedSampleVjp<S extends Real<S>>(
  map: ChannelMap<S>,
  locations: Matrix<S>,
  attention: Vector<S>,
  padding: Padding,
  v: Vector<S>,
): { locations: S[][]; attention: S[]; map: S[][][] } {
  const shares = locations.map((l, m) =>
    bilinearMapVjp(map.length, map[0].length, l, padding, scale(v, attention[m])),
  );
  return {
    locations: locations.map((l, m) => {
      const J = bilinearLocationJacobian(map, l, padding);
      return [0, 1].map((a) =>
        dot(
          J.map((row) => row[a]),
          v,
        ).times(attention[m]),
      );
    }),
    attention: locations.map((l) => dot(bilinearSample(map, l, padding), v)),
    map: map.map((row, r) =>
      row.map((cell, c) =>
        cell.map((like, k) =>
          sum(
            shares.map((share) => share[r][c][k]),
            like,
          ),
        ),
      ),
    ),
  };
}

/** The first NOC biases [H,3] of H heads: a spherical lattice of radius ½. */
export function coordinateLattice<S extends Real<S>>(H: number, like: S): S[][] {
  const π = like.of(0).atan2(-1);
  return Array.from({ length: H }, (_, h) => {
    const cosφ = like.of(1).minus(like.of(2 * h + 1).over(H));
    const sinφ = like.of(1).minus(cosφ.times(cosφ)).sqrt();
    const θ = π.times(like.of(5).sqrt().plus(1)).times(h + 0.5);
    return scale([θ.cos().times(sinφ), θ.sin().times(sinφ), cosφ], 0.5);
  });
}

/** Object points or NOC [N,3] of the mirrored object: (z₁, z₂, −z₃). */
export function mirroredPoints<S extends Real<S>>(z: Matrix<S>): S[][] {
  return z.map(([x, y, depth]) => [x, y, depth.negated()]);
}

/** Pixels [N,2] in the mirrored image: (W − u, v), W the sum of u at both edges. */
export function mirroredPixels<S extends Real<S>>(x: Matrix<S>, W: S): S[][] {
  return x.map(([u, v]) => [W.minus(u), v]);
}

/** Yaw of the mirrored object: π − β rad, not wrapped. */
export function mirroredYaw<S extends Real<S>>(beta: S): S {
  return beta.of(0).atan2(-1).minus(beta);
}

/** Velocity (v_X, v_Z) [2] of the mirrored object: (−v_X, v_Z). */
export function mirroredVelocity<S extends Real<S>>(velocity: Vector<S>): S[] {
  return [velocity[0].negated(), velocity[1]];
}

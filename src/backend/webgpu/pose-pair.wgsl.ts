/**
 * A point seen from a moved pose, in the frame of frame.ts: what costs of samples and their slopes share.
 *
 * Depths and pixels are clamped as in kernels/projection-clamp.ts where `CLAMPED`: π = (Y₀₁ + p̄ Y₂)/d with d the
 * clamped depth, so that m gains (p̄ + x' )(Y₂ − d), and r is held to what is left of the bounds.
 */
import { pointStructure } from "./frame.js";

/** Floats of a problem's record, and of a motion's. */
export const PROBLEM = 24;
export const MOTION = 8;

/** Lanes of every workgroup here. */
export const LANES = 64;

export const posePair = (clamped: boolean): string => /* wgsl */ `
const CLAMPED = ${clamped};
${pointStructure}
struct Problem {
  first: u32, count: u32, delta: f32, zMin: f32,
  P0: vec3f, none0: f32, P1: vec3f, none1: f32, P2: vec3f, none2: f32,
  low: vec2f, high: vec2f, pixel: vec2f, none3: vec2f,
}
/** A turn in object axes, (x, y, z, w), and the shift of Y. */
struct Motion { q: vec4f, shift: vec3f, none: f32 }
/** ΔP by rows, with the shift behind. */
struct Moved { a: vec4f, b: vec4f, c: vec4f }

fn movedRow(p: vec3f, q: vec4f, shift: f32) -> vec4f {
  let c = cross(p, q.xyz);
  return vec4f(2.0 * (q.w * c + cross(c, q.xyz)), shift);
}

fn movedBy(P: Problem, motion: Motion) -> Moved {
  return Moved(movedRow(P.P0, motion.q, motion.shift.x), movedRow(P.P1, motion.q, motion.shift.y),
    movedRow(P.P2, motion.q, motion.shift.z));
}

/** r' and 1/d, and whether depth, u and v are free (1) or held (0). */
struct Pair { r: vec2f, inverse: f32, freeDepth: f32, free: vec2f }

fn pairOf(P: Problem, point: Point, moved: Moved) -> Pair {
  let z = vec4f(point.z, 1.0);
  let dY = vec3f(dot(moved.a, z), dot(moved.b, z), dot(moved.c, z));
  var n = point.m + dY.xy - point.x * dY.z;
  var depth = point.depth + dY.z;
  var pair: Pair;
  pair.freeDepth = 1.0;
  pair.free = vec2f(1.0);
  if (CLAMPED) {
    if (depth <= P.zMin) {
      n += (P.pixel + point.x) * (depth - P.zMin);
      depth = P.zMin;
      pair.freeDepth = 0.0;
    }
  }
  // No infinities: drivers may take it that there are none.
  if (abs(depth) < 1e-30) { depth = 1e-30; }
  pair.inverse = 1.0 / depth;
  pair.r = clamp(-n * pair.inverse, vec2f(-1e15), vec2f(1e15));
  if (CLAMPED) {
    let least = point.x - P.high;
    let most = point.x - P.low;
    pair.free = select(vec2f(1.0), vec2f(0.0), (pair.r <= least) | (pair.r >= most));
    pair.r = clamp(pair.r, least, most);
  }
  return pair;
}
`;

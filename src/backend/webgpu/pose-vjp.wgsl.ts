/**
 * λᵀ ∂g/∂θ of the points of a problem, for the motion λ of its pose: kernels/bpnp.ts in the frame of frame.ts, where the camera
 * is the identity. A lane takes a point; what belongs to the camera is summed over a workgroup.
 */
import { posedStructure } from "./curvature.wgsl.js";
import { LANES } from "./pose-pair.wgsl.js";

/** ∂/∂E [9] of M → (I + E) M. */
export const CAMERA = 9;

/**
 * Bindings: sizes, problems, points, motions [2 · 4] (turn, shift), tiles (problem, first point in it), slopes out
 * [N, 8] by x' [2], w' [2], z' [3] and δ, camera sums out [tiles, 9].
 */
export const poseVjpKernel = (keep: boolean): string => /* wgsl */ `
const KEEP = ${keep};
${posedStructure}
struct Sizes { tiles: u32, none0: u32, none1: u32, none2: u32 }
@group(0) @binding(0) var<storage, read> sizes: Sizes;
@group(0) @binding(1) var<storage, read> problems: array<Posed>;
@group(0) @binding(2) var<storage, read> points: array<Point>;
@group(0) @binding(3) var<storage, read> motions: array<vec4f>;
@group(0) @binding(4) var<storage, read> tiles: array<vec2u>;
@group(0) @binding(5) var<storage, read_write> slopes: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> cameras: array<f32>;
var<workgroup> parts: array<f32, ${LANES * CAMERA}>;

@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) all: vec3u,
    @builtin(local_invocation_index) lane: u32) {
  let group = id.x + id.y * all.x;
  if (group >= sizes.tiles) { return; }
  let b = tiles[group].x;
  let P = problems[b];
  let own = tiles[group].y + lane;
  let point = points[P.first + min(own, P.count - 1u)];
  let turn = motions[2u * b].xyz;
  let inverse = 1.0 / point.depth;
  let r = -point.m * inverse;
  let pi = point.x - r;
  let Y = vec3f(pi * point.depth, point.depth);
  let u = along(P, cross(turn, point.z)) + motions[2u * b + 1u].xyz;
  let kappa = u.z * inverse;
  let v = point.w * point.w;
  let a = inverse * vec3f(1.0, 0.0, -pi.x);
  let c = inverse * vec3f(0.0, 1.0, -pi.y);
  let d = vec2f(dot(a, u), dot(c, u));
  let s = dot(v * r, r);
  var slope = 1.0;
  var bend = 0.0;
  var byDelta = 0.0;
  if (s > P.delta * P.delta) {
    let norm = sqrt(s);
    let work = dot(v * r, d);
    slope = P.delta / norm;
    bend = -slope * work / s;
    byDelta = -work / norm;
  }
  let byW = -point.w * r * (2.0 * slope * d + bend * r);
  let pull = bend * v * r + slope * v * d;
  var along2 = pull;
  var third = -dot(pull, pi);
  var f = vec3f(0.0);
  var byZ = vec3f(0.0);
  var E = mat3x3f();
  if (KEEP) {
    let m = slope * v * r;
    let md = dot(m, d);
    let mp = dot(m, pi);
    along2 += kappa * m;
    third += md - mp * kappa;
    E = mat3x3f(-m.x * inverse * u, -m.y * inverse * u, mp * inverse * u);
    // Moving the arm of a turn: q × λ, both in object axes.
    byZ = cross(back(P, -(m.x * a + m.y * c)), turn);
    f = vec3f(0.0, 0.0, md * inverse);
  }
  E += mat3x3f(along2.x * inverse * Y, along2.y * inverse * Y, third * inverse * Y);
  byZ += back(P, f + along2.x * a + along2.y * c);
  let counts = own < P.count;
  if (counts) {
    slopes[2u * (P.first + own)] = vec4f(-pull, byW);
    slopes[2u * (P.first + own) + 1u] = vec4f(byZ, byDelta);
  }
  // Rows of E stand in the columns of a matrix of WGSL.
  for (var k = 0u; k < 3u; k++) {
    for (var j = 0u; j < 3u; j++) { parts[${LANES}u * (3u * k + j) + lane] = select(0.0, E[k][j], counts); }
  }
  workgroupBarrier();
  if (lane < ${CAMERA}u) {
    var sum = 0.0;
    for (var i = 0u; i < ${LANES}u; i++) { sum += parts[${LANES}u * lane + i]; }
    cameras[${CAMERA}u * group + lane] = sum;
  }
}
`;

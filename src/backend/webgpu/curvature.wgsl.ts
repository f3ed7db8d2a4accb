/**
 * Sums over the points of a problem at its reference pose: curvature of the cost, in a tangent of its own.
 *
 * The tangent turns the object about its centroid, by θ in object axes, and shifts Y by τ: a point moves by
 * P (θ × z') + τ. With q = ∂c/∂Y, Q = ∂²c/∂Y² and cⱼ = P (eⱼ × z'),
 *
 *     H_θθ = cᵢᵀ Q cⱼ + ½ (s zᵀ + z sᵀ) − (s·z) I,   H_θτ = Q cᵢ,   H_ττ = Q,   s = Pᵀ q
 *
 * Gauss–Newton leaves out the turning term and the curvature of π and ρ. Centroid and line of sight as origin and axis make the
 * matrix as well conditioned as the problem is; the change of tangent, and all 6 × 6 algebra, is for doubles.
 */
import { pointStructure } from "./frame.js";
import { LANES } from "./pose-pair.wgsl.js";

/** θθ [6], θτ [9], ττ [6], and how many residuals lie beside the Huber threshold. */
export const CURVATURE = 22;
/** Floats of a problem's record here: first and number of points, δ, and P by rows [4]. */
export const POSED = 16;

export const posedStructure = /* wgsl */ `
${pointStructure}
struct Posed {
  first: u32, count: u32, delta: f32, none0: f32,
  P0: vec3f, none1: f32, P1: vec3f, none2: f32, P2: vec3f, none3: f32,
}
fn along(P: Posed, v: vec3f) -> vec3f { return vec3f(dot(P.P0, v), dot(P.P1, v), dot(P.P2, v)); }
fn back(P: Posed, v: vec3f) -> vec3f { return v.x * P.P0 + v.y * P.P1 + v.z * P.P2; }
`;

/** Bindings: sizes, problems, points, curvature out. */
export const curvatureKernel = (exact: boolean): string => /* wgsl */ `
const EXACT = ${exact};
/** Share of δ within which single precision cannot tell the side of the threshold. */
const BESIDE = 1e-5;
${posedStructure}
struct Sizes { problems: u32, none0: u32, none1: u32, none2: u32 }
@group(0) @binding(0) var<storage, read> sizes: Sizes;
@group(0) @binding(1) var<storage, read> problems: array<Posed>;
@group(0) @binding(2) var<storage, read> points: array<Point>;
@group(0) @binding(3) var<storage, read_write> curvature: array<f32>;
var<workgroup> parts: array<f32, ${LANES * CURVATURE}>;

@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) all: vec3u,
    @builtin(local_invocation_index) lane: u32) {
  let b = id.x + id.y * all.x;
  if (b >= sizes.problems) { return; }
  let P = problems[b];
  var turns = mat3x3f();
  var mixed = mat3x3f();
  var shifts = mat3x3f();
  var beside = 0.0;
  for (var i = lane; i < P.count; i += ${LANES}u) {
    let point = points[P.first + i];
    let z = point.z;
    let inverse = 1.0 / point.depth;
    let r = -point.m * inverse;
    let pi = point.x - r;
    let e = point.w * r;
    let s = dot(e, e);
    var slope = 1.0;
    var bend = 0.0;
    if (s > P.delta * P.delta) {
      slope = P.delta / sqrt(s);
      bend = slope / s;
    }
    if (abs(sqrt(s) - P.delta) <= BESIDE * P.delta) { beside += 1.0; }
    let a = point.w.x * inverse * vec3f(1.0, 0.0, -pi.x);
    let c = point.w.y * inverse * vec3f(0.0, 1.0, -pi.y);
    let m = -(e.x * a + e.y * c);
    let q = slope * m;
    var Q = mat3x3f(a.x * a + c.x * c, a.y * a + c.y * c, a.z * a + c.z * c) * slope;
    if (EXACT) {
      let k = vec3f(0.0, 0.0, inverse);
      Q -= mat3x3f(k.x * q + q.x * k, k.y * q + q.y * k, k.z * q + q.z * k);
      Q -= mat3x3f(m.x * m, m.y * m, m.z * m) * bend;
    }
    let C = mat3x3f(along(P, vec3f(0.0, -z.z, z.y)), along(P, vec3f(z.z, 0.0, -z.x)),
      along(P, vec3f(-z.y, z.x, 0.0)));
    let QC = Q * C;
    var turn = transpose(C) * QC;
    if (EXACT) {
      let v = back(P, q);
      turn += 0.5 * mat3x3f(v.x * z + z.x * v, v.y * z + z.y * v, v.z * z + z.z * v);
      let d = dot(v, z);
      turn -= mat3x3f(d, 0.0, 0.0, 0.0, d, 0.0, 0.0, 0.0, d);
    }
    turns += turn;
    mixed += QC;
    shifts += Q;
  }
  let sums = array<f32, ${CURVATURE}>(
    turns[0].x, turns[0].y, turns[0].z, turns[1].y, turns[1].z, turns[2].z,
    mixed[0].x, mixed[0].y, mixed[0].z, mixed[1].x, mixed[1].y, mixed[1].z, mixed[2].x, mixed[2].y, mixed[2].z,
    shifts[0].x, shifts[0].y, shifts[0].z, shifts[1].y, shifts[1].z, shifts[2].z, beside);
  for (var k = 0u; k < ${CURVATURE}u; k++) { parts[${LANES}u * k + lane] = sums[k]; }
  workgroupBarrier();
  if (lane < ${CURVATURE}u) {
    var sum = 0.0;
    for (var i = 0u; i < ${LANES}u; i++) { sum += parts[${LANES}u * lane + i]; }
    curvature[${CURVATURE}u * b + lane] = sum;
  }
}
`;

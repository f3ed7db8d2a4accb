/**
 * Descent on the reprojection cost from a start: damped Gauss–Newton, a workgroup a problem, all iterations in one dispatch.
 *
 * The pose is a motion of the start, so that residuals keep their digits on the way; turns are in object axes. A step is taken
 * back, and damped more, if the cost rises or a point comes to lie behind the camera. What is left to do afterwards, Newton to
 * machine precision, and the word on what was reached, is the oracle's.
 */
import { LANES, posePair } from "./pose-pair.wgsl.js";

/** Cost, points behind, gradient [6], and the lower triangle of H [21]. */
const SUMS = 29;
/** Most evaluations: minima with small residuals take about six. */
const EVALUATIONS = 16;

/** Bindings: sizes, problems, points, motions out. */
export const descentKernel = /* wgsl */ `
${posePair(false)}
struct Sizes { problems: u32, none0: u32, none1: u32, none2: u32 }
@group(0) @binding(0) var<storage, read> sizes: Sizes;
@group(0) @binding(1) var<storage, read> problems: array<Problem>;
@group(0) @binding(2) var<storage, read> points: array<Point>;
@group(0) @binding(3) var<storage, read_write> motions: array<Motion>;
var<workgroup> parts: array<f32, ${LANES * SUMS}>;
var<workgroup> fresh: array<f32, ${SUMS}>;
var<workgroup> held: array<f32, ${SUMS}>;
var<workgroup> candidate: Motion;
var<workgroup> best: Motion;
var<workgroup> damping: f32;
var<workgroup> stop: u32;

/** Solves (H + damping D) s = −g of the sums held, in units of the diagonal D; false if a pivot vanishes. */
fn solved(s: ptr<function, array<f32, 6>>) -> bool {
  var L: array<f32, 36>;
  var unit: array<f32, 6>;
  for (var p = 0u; p < 6u; p++) {
    let diagonal = held[8u + p * (p + 1u) / 2u + p];
    if (!(diagonal > 1e-30)) { return false; }
    unit[p] = 1.0 / sqrt(diagonal);
  }
  for (var p = 0u; p < 6u; p++) {
    for (var q = 0u; q <= p; q++) {
      var sum = held[8u + p * (p + 1u) / 2u + q] * unit[p] * unit[q];
      if (p == q) { sum += damping; }
      for (var k = 0u; k < q; k++) { sum -= L[6u * p + k] * L[6u * q + k]; }
      if (p == q) {
        if (!(sum > 1e-7)) { return false; }
        L[7u * p] = sqrt(sum);
      } else { L[6u * p + q] = sum / L[7u * q]; }
    }
  }
  for (var p = 0u; p < 6u; p++) {
    var sum = -held[2u + p] * unit[p];
    for (var k = 0u; k < p; k++) { sum -= L[6u * p + k] * (*s)[k]; }
    (*s)[p] = sum / L[7u * p];
  }
  for (var i = 0u; i < 6u; i++) {
    let p = 5u - i;
    var sum = (*s)[p];
    for (var k = p + 1u; k < 6u; k++) { sum -= L[6u * k + p] * (*s)[k]; }
    (*s)[p] = sum / L[7u * p];
  }
  for (var p = 0u; p < 6u; p++) { (*s)[p] *= unit[p]; }
  return true;
}

/** δR Exp(θ), θ through half its tangent: to second order, and a rotation whatever θ is. */
fn turned(q: vec4f, turn: vec3f) -> vec4f {
  let h = normalize(vec4f(0.5 * turn, 1.0));
  return normalize(vec4f(q.w * h.xyz + h.w * q.xyz + cross(q.xyz, h.xyz), q.w * h.w - dot(q.xyz, h.xyz)));
}

/** What lane 0 does between evaluations. */
fn advance(first: bool) {
  // Sums of N terms are compared up to their rounding.
  let slack = 1e-6 * (abs(held[0]) + abs(fresh[0]));
  if (first || (fresh[0] <= held[0] + slack && fresh[1] <= held[1])) {
    if (!first && fresh[0] >= held[0] - slack) { stop = 1u; }
    for (var k = 0u; k < ${SUMS}u; k++) { held[k] = fresh[k]; }
    best = candidate;
    damping = select(0.1 * damping, 0.0, damping < 1e-4);
  } else {
    damping = max(8.0 * damping, 1e-3);
  }
  var s: array<f32, 6>;
  if (damping > 1e6 || !solved(&s)) {
    damping = max(8.0 * damping, 1e-3);
    if (damping > 1e6 || !solved(&s)) {
      stop = 1u;
      return;
    }
  }
  var largest = 0.0;
  for (var k = 0u; k < 6u; k++) { largest = max(largest, abs(s[k])); }
  // Newton finishes from here in a step.
  if (largest < 1e-6) { stop = 1u; }
  candidate.q = turned(best.q, vec3f(s[0], s[1], s[2]));
  candidate.shift = best.shift + vec3f(s[3], s[4], s[5]);
}

@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) all: vec3u,
    @builtin(local_invocation_index) lane: u32) {
  let b = id.x + id.y * all.x;
  if (b >= sizes.problems) { return; }
  let problem = problems[b];
  if (lane == 0u) {
    candidate = Motion(vec4f(0.0, 0.0, 0.0, 1.0), vec3f(0.0), 0.0);
    damping = 1e-3;
    stop = 0u;
  }
  for (var step = 0u; step < ${EVALUATIONS}u; step++) {
    workgroupBarrier();
    let moved = movedBy(problem, candidate);
    let P0 = problem.P0 + moved.a.xyz;
    let P1 = problem.P1 + moved.b.xyz;
    let P2 = problem.P2 + moved.c.xyz;
    var own: array<f32, ${SUMS}>;
    for (var i = lane; i < problem.count; i += ${LANES}u) {
      let point = points[problem.first + i];
      let pair = pairOf(problem, point, moved);
      let e = point.w * pair.r;
      let s = dot(e, e);
      var slope = 1.0;
      var cost = 0.5 * s;
      if (s > problem.delta * problem.delta) {
        let norm = sqrt(s);
        slope = problem.delta / norm;
        cost = problem.delta * (norm - 0.5 * problem.delta);
      }
      own[0] += cost - point.cost;
      if (pair.inverse <= 0.0 && point.w.x + point.w.y > 0.0) { own[1] += 1.0; }
      let pi = point.x - pair.r;
      let a = point.w.x * pair.inverse * vec3f(1.0, 0.0, -pi.x);
      let c = point.w.y * pair.inverse * vec3f(0.0, 1.0, -pi.y);
      let turnA = cross(point.z, a.x * P0 + a.z * P2);
      let turnC = cross(point.z, c.y * P1 + c.z * P2);
      let A = array<f32, 6>(turnA.x, turnA.y, turnA.z, a.x, a.y, a.z);
      let C = array<f32, 6>(turnC.x, turnC.y, turnC.z, c.x, c.y, c.z);
      var k = 8u;
      for (var p = 0u; p < 6u; p++) {
        own[2u + p] -= slope * (e.x * A[p] + e.y * C[p]);
        for (var q = 0u; q <= p; q++) {
          own[k] += slope * (A[p] * A[q] + C[p] * C[q]);
          k++;
        }
      }
    }
    for (var k = 0u; k < ${SUMS}u; k++) { parts[${LANES}u * k + lane] = own[k]; }
    workgroupBarrier();
    if (lane < ${SUMS}u) {
      var sum = 0.0;
      for (var i = 0u; i < ${LANES}u; i++) { sum += parts[${LANES}u * lane + i]; }
      fresh[lane] = sum;
    }
    workgroupBarrier();
    if (lane == 0u) { advance(step == 0u); }
    if (workgroupUniformLoad(&stop) == 1u) { break; }
  }
  if (lane == 0u) { motions[b] = best; }
}
`;

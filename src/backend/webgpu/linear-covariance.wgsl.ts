/**
 * The two passes over points of the Linear-Covariance loss: sums of H, S and b in the tangent of curvature.wgsl.ts, and slopes from
 * what doubles make of them. A row of J is a·(P (θ × z') + τ), a = ∂π'/∂Y, so that it is (z' × Pᵀa, a).
 *
 * All three sums are free of units, as is every slope of the loss by them: lengths in pixels are over σ here, weights
 * times σ, and squared weights times σ².
 */
import { posedStructure } from "./curvature.wgsl.js";
import { LANES } from "./pose-pair.wgsl.js";

/** H [21] and S [21], lower triangles by rows, b [6], thresholds δ_e [2] and κ₂ mean(w² M) [2]. */
export const SUMS = 52;
/** Y, Z [6,6] each, v [6] and the four thresholds. */
export const FORMS = 82;

/** What of a loss is compiled into its shaders. */
export interface LossForm {
  readonly robust: boolean;
  /** Whether the robust clamp has its own slope, or that of the identity. */
  readonly trueClamp: boolean;
  /** Whether w2d is the square of what multiplies residuals. */
  readonly squared: boolean;
  readonly masked: boolean;
}

const rowsOf = ({ robust, trueClamp, squared, masked }: LossForm): string => /* wgsl */ `
const ROBUST = ${robust};
const TRUE_CLAMP = ${trueClamp};
const SQUARED = ${squared};
const MASKED = ${masked};
${posedStructure}
/** Whether ∂/∂ω, ∂/∂M and ∂/∂e are taken along, and κ₁, κ₂. */
struct Sizes {
  count: u32, none0: u32, none1: u32, none2: u32,
  spreads: f32, leans: f32, bySpread: f32, byLean: f32,
  residualFactor: f32, weightFactor: f32, none3: f32, none4: f32,
}
struct Seen { r: vec2f, e: vec2f, squares: vec2f, a: vec3f, c: vec3f }

fn seenAt(P: Posed, point: Point) -> Seen {
  let inverse = 1.0 / point.depth;
  let r = -point.m * inverse;
  let pi = point.x - r;
  var e = r;
  // P.none1 is the longest residual, P.none2 and P.none3 what published code adds to lengths and variances.
  if (ROBUST) {
    let long = sqrt(dot(r, r)) + P.none2;
    if (long > P.none1) { e = r * (P.none1 / long); }
  }
  var squares = point.w * point.w;
  if (SQUARED) { squares = point.w * P.none0; }
  return Seen(r, e, squares, inverse * vec3f(1.0, 0.0, -pi.x), inverse * vec3f(0.0, 1.0, -pi.y));
}

/** h of |e|, twice a Huber cost. */
fn varianceOf(e: vec2f, threshold: vec2f) -> vec2f {
  if (!ROBUST) { return e * e; }
  let v = abs(e);
  return select(threshold * (2.0 * v - threshold), v * v, v <= threshold);
}

/** δ_w, beyond which squared weights grow no faster than their root. */
fn limitOf(P: Posed, M: vec2f, mean: vec2f) -> vec2f { return sqrt(mean / (M + P.none3)); }

fn weightOf(point: Point, squares: vec2f, limit: vec2f) -> vec2f {
  var omega = squares;
  if (ROBUST) {
    omega = select(limit * (2.0 * sqrt(squares) - limit), squares, squares <= limit * limit);
  }
  if (MASKED) { omega *= point.none; }
  return omega;
}
`;

/** Bindings: sizes, problems, points, sums out. */
export const lossSumsKernel = (form: LossForm): string => /* wgsl */ `
${rowsOf(form)}
@group(0) @binding(0) var<storage, read> sizes: Sizes;
@group(0) @binding(1) var<storage, read> problems: array<Posed>;
@group(0) @binding(2) var<storage, read> points: array<Point>;
@group(0) @binding(3) var<storage, read_write> sums: array<f32>;
var<workgroup> parts: array<f32, ${LANES * 48}>;

fn total(first: u32) -> f32 {
  var sum = 0.0;
  for (var i = 0u; i < ${LANES}u; i++) { sum += parts[${LANES}u * first + i]; }
  return sum;
}

@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) all: vec3u,
    @builtin(local_invocation_index) lane: u32) {
  let b = id.x + id.y * all.x;
  if (b >= sizes.count) { return; }
  let P = problems[b];
  var threshold = vec2f(0.0);
  var mean = vec2f(0.0);
  if (ROBUST) {
    var sum = vec3f(0.0);
    for (var i = lane; i < P.count; i += ${LANES}u) {
      let point = points[P.first + i];
      sum += point.none * vec3f(abs(seenAt(P, point).e), 1.0);
    }
    parts[lane] = sum.x;
    parts[${LANES}u + lane] = sum.y;
    parts[${2 * LANES}u + lane] = sum.z;
    workgroupBarrier();
    let counted = max(total(2u), 1e-30);
    threshold = sizes.residualFactor * vec2f(total(0u), total(1u)) / counted;
    workgroupBarrier();
    var pulls = vec2f(0.0);
    for (var i = lane; i < P.count; i += ${LANES}u) {
      let point = points[P.first + i];
      let seen = seenAt(P, point);
      pulls += point.none * seen.squares * varianceOf(seen.e, threshold);
    }
    parts[lane] = pulls.x;
    parts[${LANES}u + lane] = pulls.y;
    workgroupBarrier();
    mean = sizes.weightFactor * vec2f(total(0u), total(1u)) / counted;
    workgroupBarrier();
  }
  var own: array<f32, 48>;
  for (var i = lane; i < P.count; i += ${LANES}u) {
    let point = points[P.first + i];
    let seen = seenAt(P, point);
    let M = varianceOf(seen.e, threshold);
    let omega = weightOf(point, seen.squares, limitOf(P, M, mean));
    let turnA = cross(point.z, back(P, seen.a));
    let turnC = cross(point.z, back(P, seen.c));
    let A = array<f32, 6>(turnA.x, turnA.y, turnA.z, seen.a.x, seen.a.y, seen.a.z);
    let C = array<f32, 6>(turnC.x, turnC.y, turnC.z, seen.c.x, seen.c.y, seen.c.z);
    let spread = omega * omega * M;
    let lean = omega * seen.e;
    var k = 0u;
    for (var p = 0u; p < 6u; p++) {
      for (var q = 0u; q <= p; q++) {
        let one = A[p] * A[q];
        let two = C[p] * C[q];
        own[k] += omega.x * one + omega.y * two;
        own[21u + k] += spread.x * one + spread.y * two;
        k++;
      }
      own[42u + p] += lean.x * A[p] + lean.y * C[p];
    }
  }
  for (var k = 0u; k < 48u; k++) { parts[${LANES}u * k + lane] = own[k]; }
  workgroupBarrier();
  if (lane < 48u) { sums[${SUMS}u * b + lane] = total(lane); }
  if (lane == 48u) {
    sums[${SUMS}u * b + 48u] = threshold.x;
    sums[${SUMS}u * b + 49u] = threshold.y;
    sums[${SUMS}u * b + 50u] = mean.x;
    sums[${SUMS}u * b + 51u] = mean.y;
  }
}
`;

/** Bindings: sizes, problems, points, forms, tiles (problem, first point in it), slopes out [N, 8]: by x', w' [2] and z' [3]. */
export const lossSlopesKernel = (form: LossForm): string => /* wgsl */ `
${rowsOf(form)}
@group(0) @binding(0) var<storage, read> sizes: Sizes;
@group(0) @binding(1) var<storage, read> problems: array<Posed>;
@group(0) @binding(2) var<storage, read> points: array<Point>;
@group(0) @binding(3) var<storage, read> forms: array<f32>;
@group(0) @binding(4) var<storage, read> tiles: array<vec2u>;
@group(0) @binding(5) var<storage, read_write> slopes: array<vec4f>;

/** aᵀ Q a of the matrix from entry \`at\` on. */
fn quadratic(at: u32, a: array<f32, 6>) -> f32 {
  var sum = 0.0;
  for (var p = 0u; p < 6u; p++) {
    var line = 0.0;
    for (var q = 0u; q < 6u; q++) { line += forms[at + 6u * p + q] * a[q]; }
    sum += a[p] * line;
  }
  return sum;
}

fn linear(at: u32, a: array<f32, 6>) -> f32 {
  var sum = 0.0;
  for (var p = 0u; p < 6u; p++) { sum += forms[at + p] * a[p]; }
  return sum;
}

@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) all: vec3u,
    @builtin(local_invocation_index) lane: u32) {
  let group = id.x + id.y * all.x;
  if (group >= sizes.count) { return; }
  let b = tiles[group].x;
  let P = problems[b];
  let own = tiles[group].y + lane;
  if (own >= P.count) { return; }
  let point = points[P.first + own];
  let seen = seenAt(P, point);
  let at = ${FORMS}u * b;
  let threshold = vec2f(forms[at + 78u], forms[at + 79u]);
  let mean = vec2f(forms[at + 80u], forms[at + 81u]);
  let M = varianceOf(seen.e, threshold);
  let limit = limitOf(P, M, mean);
  let omega = weightOf(point, seen.squares, limit);
  let turnA = cross(point.z, back(P, seen.a));
  let turnC = cross(point.z, back(P, seen.c));
  let A = array<f32, 6>(turnA.x, turnA.y, turnA.z, seen.a.x, seen.a.y, seen.a.z);
  let C = array<f32, 6>(turnC.x, turnC.y, turnC.z, seen.c.x, seen.c.y, seen.c.z);
  let pull = vec2f(quadratic(at, A), quadratic(at, C));
  let along2 = vec2f(linear(at + 72u, A), linear(at + 72u, C));
  var byOmega = sizes.spreads * omega * M * pull + sizes.leans * along2 * seen.e
    - vec2f(quadratic(at + 36u, A), quadratic(at + 36u, C));
  if (MASKED) { byOmega *= point.none; }
  let byM = sizes.bySpread * omega * omega * pull;
  var run = 2.0 * abs(seen.e);
  var share = vec2f(1.0);
  if (ROBUST) {
    run = 2.0 * min(abs(seen.e), threshold);
    share = select(limit / sqrt(max(seen.squares, vec2f(1e-37))), vec2f(1.0), seen.squares <= limit * limit);
  }
  var g = sizes.byLean * omega * along2 + byM * run * sign(seen.e);
  var byW = byOmega * share;
  if (SQUARED) { byW *= P.none0; } else { byW *= 2.0 * point.w; }
  if (TRUE_CLAMP) {
    let size = sqrt(dot(seen.r, seen.r));
    let long = size + P.none2;
    if (long > P.none1) { g = P.none1 / long * (g - seen.r * (dot(seen.r, g) / (size * long))); }
  }
  slopes[2u * (P.first + own)] = vec4f(g, byW);
  slopes[2u * (P.first + own) + 1u] = vec4f(-back(P, g.x * seen.a + g.y * seen.c), 0.0);
}
`;

/**
 * Kernels of the Monte Carlo pose loss: costs of samples, their weights, and the slopes of the weighted sum.
 *
 * costs: a lane takes two samples and holds their ΔP and sums in registers; points come by tiles through workgroup
 * memory, read by all lanes at once. slopes: the other way round, a lane takes a point, and samples come by tiles.
 * Nothing is written for a pair: memory is O(N + S). About 33 floating-point operations a pair forward, 66 back.
 */
import { elementary } from "./elementary.wgsl.js";
import { LANES, posePair } from "./pose-pair.wgsl.js";

/** Samples of a workgroup of `costs`. */
export const SAMPLES_TOGETHER = 2 * LANES;

const surplus = /* wgsl */ `
/** What a pair costs more than its point does at the reference. */
fn surplus(problem: Problem, point: Point, moved: Moved) -> f32 {
  let e = point.w * pairOf(problem, point, moved).r;
  let s = dot(e, e);
  if (s > problem.delta * problem.delta) {
    return problem.delta * (sqrt(s) - 0.5 * problem.delta) - point.cost;
  }
  return 0.5 * s - point.cost;
}
`;

/** Bindings: sizes, problems, points, motions, costs out, less the reference's. */
export const costsKernel = (clamped: boolean): string => /* wgsl */ `
${posePair(clamped)}
${surplus}
/** Problems, samples a problem, motions a problem. */
struct Sizes { problems: u32, samples: u32, motions: u32, none: u32 }
@group(0) @binding(0) var<storage, read> sizes: Sizes;
@group(0) @binding(1) var<storage, read> problems: array<Problem>;
@group(0) @binding(2) var<storage, read> points: array<Point>;
@group(0) @binding(3) var<storage, read> motions: array<Motion>;
@group(0) @binding(4) var<storage, read_write> costs: array<f32>;
var<workgroup> tile: array<Point, ${LANES}>;

@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) all: vec3u,
    @builtin(local_invocation_index) lane: u32) {
  let tiles = (sizes.samples + ${SAMPLES_TOGETHER - 1}u) / ${SAMPLES_TOGETHER}u;
  let group = id.x + id.y * all.x;
  let b = group / tiles;
  if (b >= sizes.problems) { return; }
  let problem = problems[b];
  let s = (group % tiles) * ${SAMPLES_TOGETHER}u + lane;
  let S = s + ${LANES}u;
  let last = sizes.samples - 1u;
  let one = movedBy(problem, motions[b * sizes.motions + min(s, last)]);
  let two = movedBy(problem, motions[b * sizes.motions + min(S, last)]);
  var sums = vec2f(0.0);
  for (var start = 0u; start < problem.count; start += ${LANES}u) {
    let together = min(${LANES}u, problem.count - start);
    workgroupBarrier();
    tile[lane] = points[problem.first + start + min(lane, together - 1u)];
    workgroupBarrier();
    var part = vec2f(0.0);
    for (var i = 0u; i < together; i++) {
      let point = tile[i];
      part += vec2f(surplus(problem, point, one), surplus(problem, point, two));
    }
    // Sums of sums: rounding grows with a tile's length and the number of tiles, not with N.
    sums += part;
  }
  if (s <= last) { costs[b * sizes.samples + s] = sums.x; }
  if (S <= last) { costs[b * sizes.samples + S] = sums.y; }
}
`;

/**
 * Bindings: sizes, problems, points, motions, costs, log-densities, weights out, summary out [4]: greatest log v, Σ v over it,
 * and the target's cost, less the reference's. Motion S of a problem is its target.
 */
export const weightsKernel = (clamped: boolean): string => /* wgsl */ `
${posePair(clamped)}
${surplus}
${elementary}
struct Sizes { problems: u32, samples: u32, motions: u32, proposals: u32 }
@group(0) @binding(0) var<storage, read> sizes: Sizes;
@group(0) @binding(1) var<storage, read> problems: array<Problem>;
@group(0) @binding(2) var<storage, read> points: array<Point>;
@group(0) @binding(3) var<storage, read> motions: array<Motion>;
@group(0) @binding(4) var<storage, read> costs: array<f32>;
@group(0) @binding(5) var<storage, read> densities: array<f32>;
@group(0) @binding(6) var<storage, read_write> weights: array<f32>;
@group(0) @binding(7) var<storage, read_write> summary: array<vec4f>;
var<workgroup> parts: array<vec2f, ${LANES}>;
var<workgroup> sums: array<f32, ${LANES}>;

/** log v of sample s: its cost against the mixture of the proposals. */
fn logWeight(b: u32, s: u32) -> f32 {
  let at = b * sizes.proposals * sizes.samples + s;
  var top = -3e38;
  for (var m = 0u; m < sizes.proposals; m++) { top = max(top, densities[at + m * sizes.samples]); }
  var sum = 0.0;
  for (var m = 0u; m < sizes.proposals; m++) {
    sum += exponential(densities[at + m * sizes.samples] - top);
  }
  return -costs[b * sizes.samples + s] - (top + logarithm(sum / f32(sizes.proposals)));
}

@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) all: vec3u,
    @builtin(local_invocation_index) lane: u32) {
  let b = id.x + id.y * all.x;
  if (b >= sizes.problems) { return; }
  let problem = problems[b];
  let at = b * sizes.samples;
  var top = -3e38;
  for (var s = lane; s < sizes.samples; s += ${LANES}u) {
    let found = logWeight(b, s);
    weights[at + s] = found;
    top = max(top, found);
  }
  let moved = movedBy(problem, motions[b * sizes.motions + sizes.samples]);
  var cost = 0.0;
  for (var i = lane; i < problem.count; i += ${LANES}u) {
    cost += surplus(problem, points[problem.first + i], moved);
  }
  parts[lane] = vec2f(top, cost);
  workgroupBarrier();
  for (var i = 0u; i < ${LANES}u; i++) { top = max(top, parts[i].x); }
  var sum = 0.0;
  for (var s = lane; s < sizes.samples; s += ${LANES}u) {
    let v = exponential(weights[at + s] - top);
    weights[at + s] = v;
    sum += v;
  }
  sums[lane] = sum;
  workgroupBarrier();
  sum = 0.0;
  cost = 0.0;
  for (var i = 0u; i < ${LANES}u; i++) {
    sum += sums[i];
    cost += parts[i].y;
  }
  for (var s = lane; s < sizes.samples; s += ${LANES}u) { weights[at + s] = weights[at + s] / sum; }
  if (lane == 0u) { summary[b] = vec4f(top, sum, cost, 0.0); }
}
`;

/**
 * Bindings: sizes, problems, points, motions, weights, tiles (problem, first point in it), slopes out [N, 8]: by x' [2], w' [2],
 * z' [3] and δ of c(target) − Σ v̄ c.
 */
export const slopesKernel = (clamped: boolean): string => /* wgsl */ `
${posePair(clamped)}
struct Sizes { tiles: u32, samples: u32, motions: u32, none: u32 }
@group(0) @binding(0) var<storage, read> sizes: Sizes;
@group(0) @binding(1) var<storage, read> problems: array<Problem>;
@group(0) @binding(2) var<storage, read> points: array<Point>;
@group(0) @binding(3) var<storage, read> motions: array<Motion>;
@group(0) @binding(4) var<storage, read> weights: array<f32>;
@group(0) @binding(5) var<storage, read> tiles: array<vec2u>;
@group(0) @binding(6) var<storage, read_write> slopes: array<vec4f>;
var<workgroup> rows: array<Moved, ${LANES}>;
var<workgroup> shares: array<f32, ${LANES}>;

/** A sample of less weight than this, 2⁻⁴⁰, moves no digit of a slope. */
const NEGLIGIBLE = 9.1e-13;

/** What a pair adds to slopes: ρ′ r, ρ′ r², what multiplies the rows of P, and to the slope by δ. */
struct Pull { r: vec2f, square: vec2f, rows: vec3f, delta: f32 }

fn pullOf(problem: Problem, point: Point, moved: Moved) -> Pull {
  let pair = pairOf(problem, point, moved);
  let e = point.w * pair.r;
  let s = dot(e, e);
  var slope = 1.0;
  var beyond = 0.0;
  if (s > problem.delta * problem.delta) {
    let norm = sqrt(s);
    slope = problem.delta / norm;
    beyond = norm - problem.delta;
  }
  let r = slope * pair.r;
  let ab = r * pair.inverse * point.w * point.w * pair.free;
  // ∂π/∂z = (P₀₁ − π' P₂)/Y₂; where the depth is held, it is P₀₁ + p̄ P₂ that is left.
  let seen = select(-problem.pixel, point.x - pair.r, pair.freeDepth > 0.5);
  return Pull(r, r * pair.r, vec3f(ab, -dot(ab, seen)), beyond);
}

fn alongRows(rows: vec3f, moved: Moved) -> vec3f {
  return rows.x * moved.a.xyz + rows.y * moved.b.xyz + rows.z * moved.c.xyz;
}

@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) all: vec3u,
    @builtin(local_invocation_index) lane: u32) {
  let group = id.x + id.y * all.x;
  if (group >= sizes.tiles) { return; }
  let b = tiles[group].x;
  let start = tiles[group].y;
  let problem = problems[b];
  let own = start + lane;
  let point = points[problem.first + min(own, problem.count - 1u)];
  let target_moved = movedBy(problem, motions[b * sizes.motions + sizes.samples]);
  let aim = pullOf(problem, point, target_moved);
  // The weights sum to one: what target and samples have in common is taken off before it is weighed.
  var sum = Pull(vec2f(0.0), vec2f(0.0), vec3f(0.0), 0.0);
  var byZ = alongRows(aim.rows, target_moved);
  for (var first = 0u; first < sizes.samples; first += ${LANES}u) {
    workgroupBarrier();
    let s = first + lane;
    if (s < sizes.samples) {
      rows[lane] = movedBy(problem, motions[b * sizes.motions + s]);
      shares[lane] = weights[b * sizes.samples + s];
    }
    workgroupBarrier();
    let together = min(${LANES}u, sizes.samples - first);
    for (var i = 0u; i < together; i++) {
      let v = shares[i];
      if (v < NEGLIGIBLE) { continue; }
      let moved = rows[i];
      let pull = pullOf(problem, point, moved);
      sum.r += v * (aim.r - pull.r);
      sum.square += v * (aim.square - pull.square);
      sum.rows += v * (aim.rows - pull.rows);
      sum.delta += v * (aim.delta - pull.delta);
      byZ -= v * alongRows(pull.rows, moved);
    }
  }
  if (own < problem.count) {
    let at = 2u * (problem.first + own);
    let z = -(byZ + sum.rows.x * problem.P0 + sum.rows.y * problem.P1 + sum.rows.z * problem.P2);
    slopes[at] = vec4f(point.w * point.w * sum.r, point.w * sum.square);
    slopes[at + 1u] = vec4f(z, sum.delta);
  }
}
`;

/**
 * ADD and ADD-S in the estimate's object frame, where a true vertex lies at z + d(z), d(z) = (δR − I) z + s: a small
 * motion stays small, and neighbours are differences of vertices.
 *
 * A lane takes a true vertex; estimated ones come by tiles through workgroup memory. About ten operations a pair.
 */
import { LANES } from "./pose-pair.wgsl.js";

/** Bindings: sizes, vertices, motions, sums out [problems · tiles, 2] of both distances. */
export const poseDistanceKernel = /* wgsl */ `
struct Sizes { problems: u32, vertices: u32, tiles: u32, none: u32 }
struct Motion { q: vec4f, shift: vec3f, none: f32 }
@group(0) @binding(0) var<storage, read> sizes: Sizes;
@group(0) @binding(1) var<storage, read> vertices: array<vec4f>;
@group(0) @binding(2) var<storage, read> motions: array<Motion>;
@group(0) @binding(3) var<storage, read_write> sums: array<vec2f>;
var<workgroup> tile: array<vec3f, ${LANES}>;
var<workgroup> parts: array<vec2f, ${LANES}>;

@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) all: vec3u,
    @builtin(local_invocation_index) lane: u32) {
  let group = id.x + id.y * all.x;
  if (group >= sizes.problems * sizes.tiles) { return; }
  let motion = motions[group / sizes.tiles];
  let own = (group % sizes.tiles) * ${LANES}u + lane;
  let last = sizes.vertices - 1u;
  let z = vertices[min(own, last)].xyz;
  let v = motion.q.xyz;
  let c = cross(v, z);
  let d = 2.0 * (motion.q.w * c + cross(v, c)) + motion.shift;
  var least = 3e38;
  for (var start = 0u; start < sizes.vertices; start += ${LANES}u) {
    let together = min(${LANES}u, sizes.vertices - start);
    workgroupBarrier();
    tile[lane] = vertices[min(start + lane, last)].xyz;
    workgroupBarrier();
    for (var i = 0u; i < together; i++) {
      let gap = (tile[i] - z) - d;
      least = min(least, dot(gap, gap));
    }
  }
  parts[lane] = select(vec2f(0.0), vec2f(length(d), sqrt(least)), own <= last);
  workgroupBarrier();
  if (lane == 0u) {
    var sum = vec2f(0.0);
    for (var i = 0u; i < ${LANES}u; i++) { sum += parts[i]; }
    sums[group] = sum;
  }
}
`;

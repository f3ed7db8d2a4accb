/**
 * Moments of heat maps and the slopes of their cells: a workgroup a map. Cells count columns and rows from the middle of the map.
 * Powers of logits are made anew wherever they are needed: reading them back would cost as much.
 */
import { elementary } from "./elementary.wgsl.js";
import { LANES } from "./pose-pair.wgsl.js";

const grid = /* wgsl */ `
struct Sizes { maps: u32, rows: u32, columns: u32, none: u32 }
@group(0) @binding(0) var<storage, read> sizes: Sizes;

/** Column and row of a cell, from the middle. */
fn place(cell: u32) -> vec2f {
  let row = cell / sizes.columns;
  let middle = vec2f(f32(sizes.columns) - 1.0, f32(sizes.rows) - 1.0);
  return vec2f(f32(cell - row * sizes.columns), f32(row)) - 0.5 * middle;
}
`;

const masses = (logits: boolean, binding: number): string => /* wgsl */ `
${logits ? elementary : ""}
@group(0) @binding(${binding}) var<storage, read> values: array<f32>;
fn mass(at: u32) -> f32 { return ${logits ? "exponential(values[at])" : "values[at]"}; }
`;

/** Bindings: sizes, moments out [6]: total, Σ |mass|, mean [2] and variance [2]; values. */
export const momentsKernel = (logits: boolean): string => /* wgsl */ `
${grid}
${masses(logits, 2)}
@group(0) @binding(1) var<storage, read_write> moments: array<f32>;
var<workgroup> parts: array<vec4f, ${LANES}>;

@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) all: vec3u,
    @builtin(local_invocation_index) lane: u32) {
  let map = id.x + id.y * all.x;
  if (map >= sizes.maps) { return; }
  let count = sizes.rows * sizes.columns;
  let first = map * count;
  var sum = vec4f(0.0);
  for (var cell = lane; cell < count; cell += ${LANES}u) {
    let m = mass(first + cell);
    sum += vec4f(m, abs(m), m * place(cell));
  }
  parts[lane] = sum;
  workgroupBarrier();
  sum = vec4f(0.0);
  for (var i = 0u; i < ${LANES}u; i++) { sum += parts[i]; }
  let total = sum.x;
  let size = sum.y;
  let about = sum.zw / total;
  // Once more about the first answer: what is left to find is its rounding.
  sum = vec4f(0.0);
  for (var cell = lane; cell < count; cell += ${LANES}u) {
    let d = place(cell) - about;
    sum += mass(first + cell) * vec4f(d, d * d);
  }
  workgroupBarrier();
  parts[lane] = sum;
  workgroupBarrier();
  if (lane == 0u) {
    sum = vec4f(0.0);
    for (var i = 0u; i < ${LANES}u; i++) { sum += parts[i]; }
    let rest = sum.xy / total;
    let mean = about + rest;
    let variance = sum.zw / total - rest * rest;
    moments[6u * map] = total;
    moments[6u * map + 1u] = size;
    moments[6u * map + 2u] = mean.x;
    moments[6u * map + 3u] = mean.y;
    moments[6u * map + 4u] = variance.x;
    moments[6u * map + 5u] = variance.y;
  }
}
`;

/**
 * Bindings: sizes, mean and variance [4], upstream by mean and variance [4] over the total, slopes out: of a mass, or of a
 * logit, its mass times that; and then values, which slopes of masses do not depend on.
 */
export const cellSlopesKernel = (logits: boolean): string => /* wgsl */ `
${grid}
${logits ? masses(logits, 4) : ""}
@group(0) @binding(1) var<storage, read> about: array<vec4f>;
@group(0) @binding(2) var<storage, read> upstream: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> slopes: array<f32>;

@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) all: vec3u,
    @builtin(local_invocation_index) lane: u32) {
  let map = id.x + id.y * all.x;
  if (map >= sizes.maps) { return; }
  let count = sizes.rows * sizes.columns;
  let middle = about[map];
  let pull = upstream[map];
  for (var cell = lane; cell < count; cell += ${LANES}u) {
    let at = map * count + cell;
    let d = place(cell) - middle.xy;
    let slope = dot(d, pull.xy) + dot(d * d - middle.zw, pull.zw);
    slopes[at] = ${logits ? "mass(at) * slope" : "slope"};
  }
}
`;

import { expect } from "vitest";
import { Device } from "../../../src/backend/webgpu/device.js";
import { elementary } from "../../../src/backend/webgpu/elementary.wgsl.js";
import { inJob } from "../../../src/backend/webgpu/job.js";
import { onGpu } from "./gpu.js";

const kernel = /* wgsl */ `
${elementary}
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<vec2f>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  y[id.x] = vec2f(exponential(-x[id.x]), logarithm(x[id.x]));
}
`;

onGpu("exponential and logarithm are right to a few roundings, at every size", async () => {
  // From 1e-6 to 86, and beside one, where a logarithm cancels.
  const x = Float32Array.from({ length: 1024 }, (_, i) =>
    i < 768 ? 10 ** (-6 + (7.93 * i) / 768) : 1 + (i - 896) / 4096,
  );
  const device = await Device.open();
  const [y] = await inJob(device, async (job) => {
    const out = job.room(2 * x.length);
    job.dispatch(kernel, x.length / 64, [job.input(x), out]);
    return job.read(out);
  });
  device.close();
  const ulp = 2 ** -24;
  x.forEach((value, i) => {
    // An exponent of 86 is itself rounded to 64 units of 2⁻²⁴.
    const off = Math.abs(y[2 * i] / Math.exp(-value) - 1);
    expect(off, `exp(-${value})`).toBeLessThan(8 * ulp + value * ulp);
    const truth = Math.log(value);
    expect(Math.abs(y[2 * i + 1] - truth), `log ${value}`).toBeLessThan(
      8 * ulp * (Math.abs(truth) + ulp),
    );
  });
});

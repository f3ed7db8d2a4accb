import { expect, it } from "vitest";
import { rotationQuaternion } from "../../src/kernels/quaternion.js";
import { monteCarloPoseLoss } from "../../src/loss/index.js";
import { scene } from "../../src/problem/index.js";

/** Bytes of all arrays of doubles that `run` makes, kept or not. */
function bytesMade(run: () => void): number {
  const Original = globalThis.Float64Array;
  let bytes = 0;
  const Counting = new Proxy(Original, {
    construct(target, parameters, caller) {
      const made = Reflect.construct(target, parameters, caller);
      // A view of an array that exists is not made anew.
      if (!(parameters[0] instanceof ArrayBuffer)) bytes += made.byteLength;
      return made;
    },
  });
  try {
    globalThis.Float64Array = Counting;
    // Copies by slice and map ask the prototype how to make an array.
    Original.prototype.constructor = Counting;
    run();
  } finally {
    globalThis.Float64Array = Original;
    Original.prototype.constructor = Original;
  }
  return bytes;
}

it("monteCarloPoseLoss keeps and passes O(N + K) numbers: nothing grows with pairs of points and samples", () => {
  const bytes = (n: number, samples: number) => {
    const { correspondences, pose } = scene("generic", { n, noise: 2, seed: 1 });
    const target = new Float64Array(7);
    target.set(pose.t.data as Float64Array);
    rotationQuaternion(pose.R.data as Float64Array, target.subarray(3));
    const problem = { ...correspondences, w2d: correspondences.w2d.map(() => 0.3) };
    // A start of its own for each N would need its own number of steps, whatever K is.
    const options = { seed: "memory", delta: 4, pose: target, samples };
    return bytesMade(() => {
      expect(monteCarloPoseLoss(problem, target, options).status).toBe("ok");
    });
  };
  const [n, samples] = [48, 256];
  // Room that is kept from call to call grows to the largest sample first.
  bytes(n, 2 * samples);
  const more = bytes(2 * n, 2 * samples) - bytes(2 * n, samples);
  // What more samples cost does not depend on N: not by one number.
  expect(more).toBe(bytes(n, 2 * samples) - bytes(n, samples));
  // Poses, K [R | t], densities, weights and costs of each of 4 proposals: some sixty numbers a sample.
  expect(more).toBeGreaterThan(8 * 24 * samples);
  expect(more).toBeLessThan(8 * 80 * samples);
});

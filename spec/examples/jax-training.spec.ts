import { type numpy as np, tree } from "@jax-js/jax";
import { expect, it } from "vitest";
import {
  doubles,
  drawnBatch,
  initialParameters,
  lossAndGradient,
  type Parameters,
  trained,
} from "../../docs/examples/jax-training.js";
import { InlineBackend } from "../../src/backend/index.js";
import { normals } from "../equations/head-draws.js";

const inline = new InlineBackend();

it("trained(…) makes the loss fall in a few steps of a network in jax-js", async () => {
  const losses = await trained(inline, { steps: 40, batch: 16, rate: 1e-2, seed: "spec" });
  const mean = (from: number) => losses.slice(from, from + 5).reduce((sum, v) => sum + v, 0) / 5;
  expect(mean(35)).toBeLessThan(mean(0) / 4);
});

it("lossAndGradient(…) is the slope of the whole step, network, solver and loss", async () => {
  const batch = drawnBatch(4, "spec/jax");
  const parameters = initialParameters("spec/jax");
  const { loss, gradient } = await lossAndGradient(inline, tree.ref(parameters), batch);
  const h = 1e-5;
  for (const [i, name] of (["W1", "b1", "W2", "b2"] as const).entries()) {
    const slope = (await gradient[name].data()) as Float64Array;
    const direction = normals("jax/direction", i, slope.length);
    const moved = async (step: number): Promise<number> => {
      const by: np.Array = doubles(direction, parameters[name].shape).mul(step);
      const there: Parameters = { ...tree.ref(parameters), [name]: parameters[name].ref.add(by) };
      const { loss: value, gradient: unused } = await lossAndGradient(inline, there, batch);
      tree.dispose(unused);
      return value;
    };
    const at = (step: number) => Promise.all([moved(step), moved(-step)]);
    const [fine, coarse] = (await Promise.all([at(h), at(2 * h)])).map(
      ([up, down], k) => (up - down) / (2 * h * (k + 1)),
    );
    const product = slope.reduce((sum, g, k) => sum + g * direction[k], 0);
    // Halving the step changes three times what is left; losses are right to some thousand units: a solver stands between.
    const room = Math.abs(fine - coarse) + (2 ** 11 * Number.EPSILON * loss) / h;
    expect(Math.abs(product - fine), name).toBeLessThanOrEqual(room);
    expect(room).toBeLessThan(1e-4 * Math.abs(fine));
  }
});

it("doubles(…) keeps every bit on jax's side, and leaves no stand-in behind", async () => {
  const before = "Float16Array" in globalThis;
  const values = normals("jax/doubles", 0, 6);
  expect(await doubles(values, [2, 3]).data()).toEqual(values);
  expect("Float16Array" in globalThis).toBe(before);
});

import { expect, it } from "vitest";
import {
  epnpLayer,
  keypointLosses,
  keypointPipeline,
  poseTerms,
} from "../../src/pipeline/index.js";
import { type Correspondences, poseOf } from "../../src/problem/index.js";
import { stream } from "../../src/random/index.js";
import { difference, dot, largest } from "../heatmap/strided.js";
import { camera, drone, dronePose, droneScene, pixelsOf } from "./drone.js";

const ε = Number.EPSILON;
const n = drone.length / 3;
const layer = epnpLayer();

/** Keypoints of a drone `noise` px off, under uneven weights, and the true ones. */
function noisy(k: number, noise: number) {
  const truth = pixelsOf(drone, dronePose("epnp-layer/pose", k));
  const draw = stream("epnp-layer/noise").at(k);
  const problem: Correspondences = {
    n,
    x2d: truth.map((x) => x + noise * draw.normal()),
    x3d: drone.slice(),
    w2d: Float64Array.from({ length: 2 * n }, () => 0.5 + draw.uniform()),
    K: camera.slice(),
  };
  return { problem, truth };
}

it("the gradient of l_p through epnpLayer() is the difference quotient by x, z, w and K", () => {
  for (const k of [1, 2]) {
    const { problem, truth } = noisy(k, 0.1);
    const { gradient, outcome, loss } = keypointLosses(problem, truth, { layer });
    expect(outcome.status).toBe("ok");
    const value = () => keypointLosses(problem, truth, { layer }).loss;
    for (const key of ["x2d", "x3d", "w2d", "K"] as const) {
      const size = { x2d: 1, x3d: 0.01, w2d: 0.1, K: 1 }[key];
      const draw = stream(`epnp-layer/${key}`).at(k);
      const direction = problem[key].map(
        (_, i) => (key === "K" && i > 5 ? 1e-3 : size) * draw.normal(),
      );
      const { slope, error } = difference(value, problem[key], direction, 1e-5);
      // Squared pixels of size 300, through a null vector a thousand times less sharp than they.
      const rounding = (2 * n * 300 * 1e3 * ε * (1 + Math.sqrt(loss))) / 1e-5;
      expect(Math.abs(slope - dot(gradient[key], direction))).toBeLessThan(error + rounding);
      const whole = gradient[key].reduce((sum, g, i) => sum + Math.abs(g * direction[i]), 0);
      expect(error + rounding).toBeLessThan(1e-2 * whole);
    }
  }
});

it("epnpLayer().solve has a pose or says why not, and vjp refuses another pose than its own", () => {
  const { problem } = noisy(3, 0.1);
  const { pose, outcome } = layer.solve(problem);
  expect(outcome.counts).toBe(true);
  if (pose === null) throw new Error("expected a pose");
  const room = () => ({
    x2d: new Float64Array(2 * n),
    x3d: new Float64Array(3 * n),
    w2d: new Float64Array(2 * n),
    K: new Float64Array(9),
  });
  const v = Float64Array.of(1, 2, 3, 4, 5, 6);
  const out = room();
  expect(layer.vjp(problem, pose, v, out).counts).toBe(true);
  for (const part of Object.values(out)) expect(largest(part)).toBeGreaterThan(0);
  const other = poseOf(
    pose.R.data.slice(),
    pose.t.data.map((x) => 1.001 * x),
  );
  expect(layer.vjp(problem, other, v, room())).toMatchObject({
    counts: false,
    status: "other-pose",
  });
  const few = {
    ...problem,
    n: 5,
    x2d: problem.x2d.slice(0, 10),
    x3d: problem.x3d.slice(0, 15),
    w2d: problem.w2d.slice(0, 10),
  };
  expect(layer.solve(few)).toMatchObject({
    pose: null,
    outcome: { counts: false, status: "too-few-points" },
  });
  expect(() => epnpLayer({ choice: "first" as "cost" })).toThrow(
    /expected choice cost or distance, got first/,
  );
});

it("keypointPipeline(maps, scene, { layer: epnpLayer() }) brings the gradient back on the maps", () => {
  const { logits, scene } = droneScene("epnp-layer/maps", 1, { rows: 12, columns: 16 });
  const run = () => keypointPipeline(logits, scene, { terms: poseTerms, layer, outside: "keep" });
  const { items, gradients, loss } = run();
  expect(items[0].failures).toEqual([]);
  const slopes = gradients[0].data.slice();
  const draw = stream("epnp-layer/direction");
  const direction = slopes.map(() => draw.normal());
  const { slope, error } = difference(() => run().loss, logits.data, direction, 1e-5);
  const rounding = (2 * n * 300 * 1e3 * ε * (1 + Math.sqrt(loss))) / 1e-5;
  expect(Math.abs(slope - dot(slopes, direction))).toBeLessThan(error + rounding);
  expect(error + rounding).toBeLessThan(1e-2 * Math.abs(slope));
});

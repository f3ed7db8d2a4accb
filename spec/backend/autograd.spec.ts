import { describe, expect, it } from "vitest";
import {
  type Differentiable,
  differentiableCovarianceLosses,
  differentiableKeypoints,
  differentiableMonteCarloLosses,
  differentiablePoseLosses,
  differentiablePoses,
  differentiableReprojectionCosts,
  differentiableSeededMonteCarloLosses,
} from "../../src/backend/autograd/index.js";
import { InlineBackend } from "../../src/backend/inline.js";
import { seededMonteCarloLosses } from "../../src/backend/monte-carlo-losses.js";
import { paddedProblems } from "../../src/backend/padded-problems.js";
import { type Problems, packedProblems } from "../../src/backend/problems.js";
import { movedRow } from "../../src/kernels/pose-row.js";
import { stream } from "../../src/random/index.js";
import { aimedBatch } from "./aimed-batch.js";

const inline = new InlineBackend();
const B = 14;
const { problems: list, truth } = aimedBatch(B, 10);
const problems = packedProblems(list);
// Without a threshold no step meets a kink.
const normals = (name: string, length: number) => {
  const draw = stream(`spec/backend/autograd/${name}`);
  return Float64Array.from({ length }, () => draw.normal());
};
/** Poses [B, 7] beside the true ones: at those, costs have no slope. */
const beside = truth.slice();
for (let b = 0; b < B; b++)
  movedRow(
    truth.slice(7 * b, 7 * b + 7),
    normals(`beside/${b}`, 6).map((v) => 1e-2 * v),
    beside.subarray(7 * b, 7 * b + 7),
  );

type Input = Problems & { readonly pose: Float64Array };
const inputs = ["x2d", "x3d", "w2d", "K", "pose"] as const;
/** Sizes of what is moved: by these and by a step no point leaves the picture. */
const sizes = { x2d: 10, x3d: 0.05, w2d: 0.1, K: 1, pose: 0.05 };

/** The sum of upstream times values that count; a direction moves those inputs that have a gradient. */
async function expectGradient(
  of: (input: Input) => Promise<Differentiable<object>>,
  step = 1e-5,
): Promise<void> {
  const at: Input = { ...problems, pose: beside };
  const hook = await of(at);
  const upstream = normals("upstream", hook.value.length);
  const gradients = (await hook.backward(upstream)) as Record<string, Float64Array>;
  const moved = inputs.filter((name) => gradients[name]);
  const direction = Object.fromEntries(
    moved.map((name) => [
      name,
      normals(`direction/${name}`, at[name].length).map((v) => sizes[name] * v),
    ]),
  );
  const each = hook.value.length / B;
  const total = async (h: number) => {
    const there = await of({
      ...at,
      ...Object.fromEntries(
        moved.map((name) => [name, at[name].map((v, k) => v + h * direction[name][k])]),
      ),
    });
    return there.value.reduce(
      (sum, v, k) => (hook.counts[Math.floor(k / each)] ? sum + upstream[k] * v : sum),
      0,
    );
  };
  const size = hook.value.reduce(
    (sum, v, k) => (hook.counts[Math.floor(k / each)] ? sum + Math.abs(upstream[k] * v) : sum),
    0,
  );
  const slope = async (h: number) => ((await total(h)) - (await total(-h))) / (2 * h);
  const [fine, coarse] = [await slope(step), await slope(2 * step)];
  const product = moved.reduce(
    (sum, name) => sum + gradients[name].reduce((part, g, k) => part + g * direction[name][k], 0),
    0,
  );
  // What halving the step changes is three times what is left; values are right to some hundred units.
  const room = Math.abs(fine - coarse) + (128 * Number.EPSILON * size) / step;
  expect(Math.abs(product - fine), `${product} for ${fine}`).toBeLessThanOrEqual(room);
  expect(room).toBeLessThan(1e-3 * Math.abs(fine));
  expect(hook.counts.filter(Boolean).length).toBeGreaterThan(B / 3);
}

describe("backward(…) is the derivative of the value:", () => {
  it("differentiablePoses", () =>
    expectGradient((input) => differentiablePoses(inline, input, { poseInit: beside })));

  it("differentiablePoseLosses", () =>
    expectGradient((input) =>
      differentiablePoseLosses(inline, input, beside, {
        ...{ poseInit: beside, translation: 3, rotation: 100 },
      }),
    ));

  it("differentiableMonteCarloLosses", () =>
    expectGradient((input) => {
      const poses = Float64Array.from({ length: 7 * 3 * B }, (_, i) => {
        const [b, k] = [Math.floor(i / 21), i % 7];
        return (i % 21 < 7 ? truth : beside)[7 * b + k];
      });
      const samples = { poses, logDensities: normals("densities", 2 * 3 * B) };
      // Weights so small that several samples count.
      const softened = { ...input, w2d: input.w2d.map((w) => 0.02 * w) };
      return differentiableMonteCarloLosses(inline, softened, beside, samples).then((hook) => ({
        ...hook,
        backward: async (upstream) => {
          const found = await hook.backward(upstream);
          return { ...found, w2d: found.w2d.map((g) => 0.02 * g) };
        },
      }));
    }));

  it("differentiableCovarianceLosses, nothing detached", () =>
    expectGradient((input) =>
      differentiableCovarianceLosses(inline, input, beside, {
        representation: "quaternion",
        detached: [],
      }),
    ));

  it("differentiableReprojectionCosts", () =>
    expectGradient(async (input) => differentiableReprojectionCosts(input, input.pose)));

  it("differentiableKeypoints", async () => {
    const options = { rows: 4, columns: 5 };
    const maps = normals("maps", 20 * 3);
    maps.fill(Number.NaN, 20, 40);
    const upstream = normals("by-keypoint", 12);
    const hook = await differentiableKeypoints(inline, maps, options);
    expect(hook.counts).toEqual([true, false, true]);
    const { maps: gradient } = await hook.backward(upstream);
    expect(gradient.slice(20, 40)).toEqual(new Float64Array(20));
    const direction = normals("by-maps", 60);
    const h = 1e-5;
    const [up, down] = await Promise.all(
      [h, -h].map(async (step) => {
        const moved = maps.map((v, k) => v + step * direction[k]);
        const { value } = await differentiableKeypoints(inline, moved, options);
        return value.reduce((sum, v, k) => (hook.counts[k >> 2] ? sum + upstream[k] * v : sum), 0);
      }),
    );
    const product = gradient.reduce((sum, g, k) => sum + g * direction[k], 0);
    // Coordinates up to 5, their third derivatives some hundred times that.
    const room = (128 * Number.EPSILON * 60) / h + 500 * 60 * h * h;
    expect(Math.abs((up - down) / (2 * h) - product)).toBeLessThan(room);
  });
});

it("differentiableSeededMonteCarloLosses hands back the gradients of the losses, each by its upstream", async () => {
  const options = { samples: 16, iterations: 2, delta: 2, seed: "autograd" };
  const hook = await differentiableSeededMonteCarloLosses(inline, problems, truth, options);
  const losses = await seededMonteCarloLosses(inline, problems, truth, options);
  expect(hook.value).toEqual(losses.loss);
  expect(new Set(hook.counts)).toEqual(new Set([true, false]));
  const { x2d, delta } = await hook.backward(hook.value.map((_, b) => (b === 2 ? -3 : 0)));
  const [from, to] = [2 * problems.offsets[2], 2 * problems.offsets[3]];
  x2d.forEach((g, k) => {
    const own = k >= from && k < to;
    expect(Math.abs(g)).toBe(own ? Math.abs(-3 * losses.x2d[k]) : 0);
  });
  expect(delta[2]).toBe(-3 * losses.byDelta[2]);
});

it("backward(…) hands back zeros for problems that do not count, whatever their upstream", async () => {
  const none = Float64Array.from({ length: B }, () => Number.NaN);
  for (const hook of [
    await differentiablePoseLosses(inline, problems, truth),
    await differentiableCovarianceLosses(inline, problems, truth, { representation: "quaternion" }),
    await differentiableMonteCarloLosses(inline, problems, truth, {
      poses: truth,
      logDensities: new Float64Array(B),
    }),
  ]) {
    const given = none.map((v, b) => (hook.counts[b] ? 1 : v));
    const gradients: object = await hook.backward(given);
    for (const values of Object.values(gradients) as Float64Array[])
      for (const value of values) expect(value).not.toBeNaN();
    hook.counts.forEach((own, b) => {
      expect(Number.isFinite(hook.value[b])).toBe(own);
      if (!own) expect(hook.status[b]).not.toBe("ok");
    });
  }
});

it("backward(…) gives padded problems their gradients in arrays like theirs", async () => {
  const N = 6;
  const few = list.filter(({ n }) => n >= 4 && n <= N).slice(0, 2);
  const padded = (name: "x2d" | "x3d" | "w2d", width: number) =>
    Float64Array.from({ length: 2 * N * width }, (_, i) => {
      const [b, k] = [Math.floor(i / (N * width)), i % (N * width)];
      return few[b][name][k] ?? 7;
    });
  const counts = few.map(({ n }) => n);
  const K = Float64Array.from(few.flatMap((one) => [...one.K]));
  const wide = paddedProblems({
    ...{ x2d: padded("x2d", 2), x3d: padded("x3d", 3), w2d: padded("w2d", 2), K, counts },
    size: [2, N],
  });
  const poses = Float64Array.of(0, 0, 5, 1, 0, 0, 0, 0, 0, 5, 1, 0, 0, 0);
  const [there, packed] = await Promise.all(
    [wide, packedProblems(few)].map((one) =>
      differentiableReprojectionCosts(one, poses).backward([2, 3]),
    ),
  );
  for (const [b, n] of counts.entries()) {
    const from = b === 0 ? 0 : 3 * counts[0];
    expect(there.x3d.slice(3 * N * b, 3 * (N * b + n))).toEqual(
      packed.x3d.slice(from, from + 3 * n),
    );
    expect(there.x3d.slice(3 * (N * b + n), 3 * N * (b + 1))).toEqual(
      new Float64Array(3 * (N - n)),
    );
  }
});

it("backward(…) and the functions say what they expected", async () => {
  const hook = differentiableReprojectionCosts(problems, truth);
  await expect(hook.backward([1])).rejects.toThrow(
    `differentiableReprojectionCosts: expected an upstream gradient of ${B} numbers, got 1`,
  );
  await expect(
    differentiablePoseLosses(
      inline,
      problems,
      truth.map((v) => 2 * v),
    ),
  ).rejects.toThrow(/differentiablePoseLosses: expected unit quaternions, got one of length/);
});

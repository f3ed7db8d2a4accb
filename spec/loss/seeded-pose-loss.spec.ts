import { expect, it } from "vitest";
import { poseSampleCosts } from "../../src/definitions/pose-sample-cost.js";
import { rowRotation } from "../../src/kernels/pose-row.js";
import {
  clampMask,
  DEPTH_CLAMPED,
  U_CLAMPED,
  V_CLAMPED,
} from "../../src/kernels/projection-clamp.js";
import { rotationQuaternion } from "../../src/kernels/quaternion.js";
import { monteCarloPoseLoss, type SeededPoseLoss } from "../../src/loss/index.js";
import { type Correspondences, scene } from "../../src/problem/index.js";
import { stream } from "../../src/random/stream.js";
import { type DoubleDouble, doubleDouble } from "../../src/scalar/index.js";
import { car } from "../sample/yaw-problems.js";

const inputs = ["x3d", "x2d", "w2d"] as const;
type Inputs = Record<(typeof inputs)[number], Float64Array>;

/** Least depth [m] and the least and greatest pixel. */
interface Bounds {
  readonly zMin: number;
  readonly lb: readonly [number, number];
  readonly ub: readonly [number, number];
}

const samples = 64;
const delta = 1.5;

const rows = (flat: ArrayLike<number>, width: number): DoubleDouble[][] =>
  Array.from({ length: flat.length / width }, (_, i) =>
    Array.from({ length: width }, (_, k) => doubleDouble(flat[width * i + k])),
  );

/** `array` moved by h along u, to all 31 digits. */
const movedRows = (array: Float64Array, u: Float64Array, h: number, width: number) => {
  const steps = rows(u, width);
  return rows(array, width).map((row, i) => row.map((x, k) => x.plus(steps[i][k].times(h))));
};

/** The definition's c(y_gt) + log (1/K) Σ exp(−cⱼ)/Qⱼ at inputs moved by h along u, samples held. */
function definedLoss(
  of: Correspondences,
  target: Float64Array,
  { sample }: SeededPoseLoss,
  bounds: Bounds | undefined,
  u: Partial<Inputs> = {},
  h = 0,
): DoubleDouble {
  if (sample === null) throw new Error("expected a sample, got none");
  const still = new Float64Array(of.x3d.length);
  const data = {
    x3d: movedRows(of.x3d, u.x3d ?? still, h, 3),
    x2d: movedRows(of.x2d, u.x2d ?? still, h, 2),
    w2d: movedRows(of.w2d, u.w2d ?? still, h, 2),
    K: rows(of.K, 3),
  };
  const clamps = bounds && {
    zMin: doubleDouble(bounds.zMin),
    lower: bounds.lb.map((x) => doubleDouble(x)),
    upper: bounds.ub.map((x) => doubleDouble(x)),
  };
  const { width, count } = sample;
  const all = rows([...sample.poses, ...target], width);
  const costs = poseSampleCosts(data, all, doubleDouble(delta), clamps);
  const weights = costs.slice(0, count).map((cost, j) => {
    const densities = sample.proposals.map((_, m) =>
      doubleDouble(sample.logDensities[m * count + j]).exp(),
    );
    const mixture = densities.reduce((a, b) => a.plus(b)).over(densities.length);
    return cost.negated().exp().over(mixture);
  });
  const evidence = weights.reduce((a, b) => a.plus(b)).over(count);
  return costs[count].plus(evidence.log());
}

const generic = () => {
  const { correspondences, pose } = scene("generic", { n: 16, noise: 2, seed: 3 });
  const target = new Float64Array(7);
  target.set(pose.t.data as Float64Array);
  rotationQuaternion(pose.R.data as Float64Array, target.subarray(3));
  target[2] *= 1.01;
  return { of: { ...correspondences, w2d: correspondences.w2d.map(() => 0.1) }, target };
};
const turning = () => {
  const { correspondences, t, yaw } = car(1.8, 1, 2);
  return { of: correspondences, target: Float64Array.of(t[0], t[1], t[2] + 0.3, yaw + 0.02) };
};

/** R z + t [N][3]. */
function seen(of: Correspondences, y: Float64Array): Float64Array[] {
  const R = new Float64Array(9);
  rowRotation(y, R);
  return Array.from({ length: of.n }, (_, i) =>
    Float64Array.from({ length: 3 }, (_, a) =>
      [0, 1, 2].reduce((sum, k) => sum + R[3 * a + k] * of.x3d[3 * i + k], y[a]),
    ),
  );
}

/** Bounds that a sixth or a quarter of the points is beyond, at the target; none is on one. */
function bounds(of: Correspondences, target: Float64Array): Bounds {
  const between = (values: ArrayLike<number>, share: number) => {
    const sorted = Array.from(values).sort((a, b) => a - b);
    const at = Math.floor(share * sorted.length);
    return (sorted[at - 1] + sorted[at]) / 2;
  };
  const depths = seen(of, target).map(([, , depth]) => depth);
  const [u, v] = [0, 1].map((axis) => of.x2d.filter((_, k) => k % 2 === axis));
  return {
    zMin: between(depths, 1 / 4),
    lb: [between(u, 1 / 6), between(v, 1 / 6)],
    ub: [between(u, 5 / 6), between(v, 5 / 6)],
  };
}

for (const [chart, problem] of [
  ["Q7", generic],
  ["YAW", turning],
] as const)
  for (const clamped of [false, true])
    it(`monteCarloPoseLoss from a seed, ${chart}, ${clamped ? "clamped" : "open"}: value and slopes are the definition's, samples held`, () => {
      const { of, target } = problem();
      const clamps = clamped ? bounds(of, target) : undefined;
      const result = monteCarloPoseLoss(of, target, {
        ...{ seed: `spec/seeded/${chart}`, samples, delta, clamps },
      });
      expect(result.status).toBe("ok");
      const value = definedLoss(of, target, result, clamps);
      // n terms a cost, each off by its rounding, in an exponent.
      const rounding = of.n * 16 * Number.EPSILON * Math.max(1, result.target, ...result.costs);
      expect(Math.abs(result.loss - value.toNumber())).toBeLessThan(rounding);
      const draw = stream(`spec/seeded/${chart}/direction`);
      for (const [name, scale] of [
        ["x3d", 0.1],
        ["x2d", 10],
        ["w2d", 0.1],
      ] as const) {
        const u = of[name].map(() => scale * draw.normal());
        // 31 digits of a value of some hundred over h leave 19; the third derivative times h² is as small.
        const h = 1e-10;
        const [after, before] = [h, -h].map((step) =>
          definedLoss(of, target, result, clamps, { [name]: u }, step),
        );
        const slope = after
          .minus(before)
          .over(2 * h)
          .toNumber();
        const products = u.map((x, k) => x * result.slopes[name][k]);
        const along = products.reduce((a, b) => a + b);
        const size = products.reduce((a, b) => a + Math.abs(b), 0);
        expect(Math.abs(along - slope), name).toBeLessThan(rounding * size);
        expect(size, name).toBeGreaterThan(1e-3);
      }
    });

it("the clamps above are at work: some points are clamped in depth, some in the image, some not at all", () => {
  for (const problem of [generic, turning]) {
    const { of, target } = problem();
    const { zMin, lb, ub } = bounds(of, target);
    const clamps = Float64Array.of(zMin, ...lb, ...ub);
    const masks = seen(of, target).map((X) => clampMask(X, of.K, clamps));
    const count = (test: (mask: number) => boolean) => masks.filter(test).length;
    expect(count((mask) => (mask & DEPTH_CLAMPED) > 0)).toBeGreaterThan(1);
    expect(count((mask) => (mask & (U_CLAMPED | V_CLAMPED)) > 0)).toBeGreaterThan(1);
    const free = (mask: number) => (mask & U_CLAMPED) === 0 || (mask & V_CLAMPED) === 0;
    expect(count((mask) => (mask & DEPTH_CLAMPED) > 0 && free(mask))).toBeGreaterThan(0);
    expect(count((mask) => mask === 0)).toBeGreaterThan(1);
  }
});

it("monteCarloPoseLoss starts where the clamped solver rests: rows of clamped points are zeroed, or not if asked", () => {
  for (const problem of [generic, turning]) {
    const { of, target } = problem();
    const clamps = bounds(of, target);
    const run = (mask: boolean) =>
      monteCarloPoseLoss(of, target, { seed: "mask", samples, delta, clamps: { ...clamps, mask } });
    const [zeroed, kept] = [run(true), run(false)];
    expect([zeroed.status, kept.status]).toEqual(["ok", "ok"]);
    // Rows that are zeroed hold no pose: what is left is less sure of it.
    const trace = ({ covariance }: SeededPoseLoss) => {
      if (covariance === null) throw new Error("expected a covariance, got none");
      const d = Math.sqrt(covariance.length);
      return covariance.reduce((sum, x, k) => (k % (d + 1) === 0 ? sum + x : sum), 0);
    };
    expect(trace(zeroed)).toBeGreaterThan(trace(kept));
  }
});

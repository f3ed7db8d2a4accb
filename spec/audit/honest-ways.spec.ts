import { expect, it } from "vitest";
import { audit } from "../../src/audit/audit.js";
import { type StepInput, stepGradient } from "../../src/audit/regularisation.js";
import { forwardStepGradient, goesForward } from "../../src/audit/regularisation-forward.js";
import { type StepRecipe, stepContract } from "../../src/audit/regularisation-recipe.js";
import type { Claims } from "../../src/formats/claims.js";
import { stream } from "../../src/random/stream.js";
import { type DoubleDouble, doubleDouble } from "../../src/scalar/double-double.js";
import { rowProblem } from "../equations/row-draws.js";
import { array } from "./claimed.js";
import { poseStepControls } from "./trial/pose-step-controls.js";
import { solutionControls } from "./trial/solution-controls.js";

const inputs: readonly StepInput[] = ["x2d", "x3d", "w2d"];

function drawn(chart: "Q7" | "YAW") {
  const draw = stream("spec/audit/honest-ways");
  const { y, flat } = rowProblem(draw, { n: 6, chart, kink: 0.7, noise: 20 });
  const lift = (v: number) => doubleDouble(v);
  const rows = (values: Float64Array, width: number): DoubleDouble[][] =>
    Array.from({ length: values.length / width }, (_, i) =>
      Array.from(values.subarray(width * i, width * (i + 1)), lift),
    );
  return {
    ...{ x2d: rows(flat.x2d, 2), x3d: rows(flat.x3d, 3), w2d: rows(flat.w2d, 2) },
    ...{ K: rows(flat.K, 3), y: Array.from(y, lift), zMin: lift(0.1), delta: lift(flat.delta) },
    ...{ epsilon: lift(3e3), upstream: Array.from(y, () => lift(draw.normal())) },
  };
}

const recipes: Partial<StepRecipe>[] = [
  ...[{}, { ridge: "relative" }, { direction: -1 }, { turn: -2 }, { weights: "w2" }],
  ...[{ frozen: "huber" }, { frozen: "matrix" }, { frozen: "jacobian" }, { huber: "squared" }],
] as const;

for (const chart of ["Q7", "YAW"] as const)
  it(`forwardStepGradient(problem) is stepGradient(problem) under every recipe that both can take, ${chart}`, () => {
    const problem = drawn(chart);
    for (const change of recipes) {
      const recipe = { ...stepContract, ...change };
      expect(goesForward(recipe)).toBe(true);
      for (const name of inputs) {
        const one = stepGradient(problem, recipe, name);
        const other = forwardStepGradient(problem, recipe, name);
        const size = Math.hypot(...one.map((v) => v.toNumber()));
        const gap = Math.hypot(...one.map((v, k) => v.minus(other[k]).toNumber()));
        // 31 digits, of which a system of six rows and the sum over points may lose seven.
        expect(gap).toBeLessThan(1e-24 * size);
      }
    }
  });

it("audit(a gradient by weights that all but cancels) allows what forward derivatives lose in it", async () => {
  for (const seed of ["u1", "k"])
    for (const { name, claims } of poseStepControls(seed)) {
      if (name !== "steps") continue;
      const { files } = await audit([{ name, claims }]);
      const [found] = files[0].claims.filter(({ quantity }) => quantity === "grad_w2d");
      expect(found.verdict).toBe("rounding");
      // It is no licence: a part in a million is far beyond it.
      const off = claims.claim.grad_w2d.data.map((v) => v * (1 + 1e-6));
      const spoiled = { ...claims, claim: { grad_w2d: { ...claims.claim.grad_w2d, data: off } } };
      const again = await audit([{ name, claims: spoiled }]);
      expect(again.files[0].claims[0].verdict).toBe("wrong");
    }
});

/** Two rotations about an axis of the image, the second further by `turn`, as doubles hold them. */
function turned(angle: number, turn: number): Float64Array[] {
  return [angle + turn, angle].map((a) => {
    const [c, s] = [Math.cos(a), Math.sin(a)];
    const [x, y, z] = [0.48, 0.6, 0.64];
    const v = 1 - c;
    return Float64Array.of(
      ...[c + x * x * v, x * y * v - z * s, x * z * v + y * s],
      ...[y * x * v + z * s, c + y * y * v, y * z * v - x * s],
      ...[z * x * v - y * s, z * y * v + x * s, c + z * z * v],
    );
  });
}

it("audit(the arc cosine of a trace beside zero) is rounding, as rotations are stored in so many digits", async () => {
  const pairs = Array.from({ length: 8 }, (_, b) => turned(0.3 + b / 3, 1e-4));
  const angle = ([R, S]: Float64Array[], times: number) => {
    const trace = R.reduce((sum, v, k) => sum + v * S[k], 0);
    return times * Math.acos(Math.min(1, (trace - 1) / 2));
  };
  const flat = (k: 0 | 1) =>
    array(
      [8, 3, 3],
      pairs.flatMap((pair) => [...pair[k]]),
    );
  const still = array([8, 3], new Float64Array(24).fill(1));
  const claimed = (times: number): Claims => ({
    ...{ schema: "pnp-oracle/claims@1", method: "metrics", dtype: "float64", source: "spec" },
    ...{ convention: {}, expect: {} },
    input: { R_est: flat(0), t_est: still, R_gt: flat(1), t_gt: still },
    claim: {
      ad: array(
        [8],
        pairs.map((pair) => angle(pair, times)),
      ),
    },
  });
  const verdictOf = async (times: number) => {
    const { files } = await audit([{ name: "spec", claims: claimed(times) }]);
    return files[0].claims[0].verdict;
  };
  expect(await verdictOf(1)).toBe("rounding");
  expect(await verdictOf(1 + 1e-4)).toBe("wrong");
});

it("audit(pose_cov of a plate) is held to the pose that is claimed beside it", async () => {
  const plate = solutionControls("k").find(({ name }) => name === "a plate's solutions")!;
  const { files } = await audit([plate]);
  const verdicts = files[0].claims.map(({ quantity, verdict }) => [quantity, verdict]);
  expect(Object.fromEntries(verdicts)).toEqual({
    ...{ pose: "rounding", cost: "correct", pose_cov: "rounding" },
  });
});

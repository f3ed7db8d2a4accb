import { expect, it } from "vitest";
import { audit } from "../../src/audit/audit.js";
import { type CostRecipe, contract, poseCost } from "../../src/audit/pose-cost.js";
import { poseCostDifferences } from "../../src/audit/pose-cost-again.js";
import type { Claims } from "../../src/formats/claims.js";
import { big } from "../../src/scalar/big.js";
import { double } from "../../src/scalar/double.js";
import type { Real } from "../../src/scalar/real.js";
import { array } from "./claimed.js";

const [u, v] = [3, 4];

/** One camera at the origin, looking along z: two points, whose residuals and depths are known. */
function problem<S extends Real<S>>(lift: (x: number) => S, delta: number) {
  const list = (values: number[]) => values.map(lift);
  return {
    K: [list([1, 0, 0]), list([0, 1, 0]), list([0, 0, 1])],
    x3d: [list([1, 0, 2]), list([0, 1, 4])],
    x2d: [list([0.5 - u, -v]), list([0, 0.25])],
    w2d: [list([1, 1]), list([1, 1])],
    ...{ delta: lift(delta), zMin: lift(2), y: list([0, 0, 0, 0]) },
  };
}
const recipe: CostRecipe = { ...contract, chart: "YAW" };

function claims(zMin: number, delta: number): Claims {
  const { cost, residual, jacobian } = poseCost(
    { ...problem(double, delta), zMin: double(zMin) },
    recipe,
  );
  const numbers = (values: { toNumber(): number }[]) => values.map((x) => x.toNumber());
  const columns = jacobian.map((rows) => numbers(rows.flat()));
  return {
    ...{ schema: "pnp-oracle/claims@1", method: "epropnp-cost", dtype: "float64", source: "spec" },
    ...{ convention: {}, expect: {} },
    input: {
      x3d: array([1, 2, 3], [1, 0, 2, 0, 1, 4]),
      x2d: array([1, 2, 2], [0.5 - u, -v, 0, 0.25]),
      K: array([1, 3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1]),
      pose: array([1, 4], [0, 0, 0, 0]),
      delta: array([1], [delta]),
      z_min: array([], [zMin]),
    },
    claim: {
      cost: array([1], numbers([cost])),
      residual: array([1, 2, 2], numbers(residual.flat())),
      jacobian: array(
        [1, 2, 2, 4],
        columns[0].flatMap((_, k) => columns.map((of) => of[k])),
      ),
    },
  };
}

it.each([
  ["on z_min", 2, "ill-posed"],
  ["above z_min by rounding", 2 * (1 - 2 ** -53), "ill-posed"],
  ["well above z_min", 2 * (1 - 2 ** -40), "correct"],
  ["well below z_min", 2 * (1 + 2 ** -40), "correct"],
])(
  "with a depth %s the Jacobian's rows are judged as they exist, cost and residual always",
  async (_, zMin, jacobian) => {
    const report = await audit([{ name: "spec", claims: claims(zMin, 1) }]);
    expect(report.files[0].claims.map(({ quantity, verdict }) => [quantity, verdict])).toEqual([
      ["cost", "correct"],
      ["residual", "correct"],
      ["jacobian", jacobian],
    ]);
  },
);

it("on the Huber threshold cost, residual and Jacobian are what they are on either side", async () => {
  const report = await audit([{ name: "spec", claims: claims(0.1, 5) }]);
  for (const { verdict } of report.files[0].claims) expect(verdict).toBe("correct");
});

it("poseCostDifferences(data) is rounding at 64 digits for every quantity, and sees a wrong digit", () => {
  const data = { ...problem((x) => big(x), 1), zMin: big(0.1) };
  const own = poseCost(data, recipe);
  const differences = poseCostDifferences(data);
  for (const [name, values] of [
    ["cost", [own.cost]],
    ["residual", own.residual.flat()],
    ["jacobian", own.jacobian.flat(2)],
  ] as const) {
    const sizes = (of: readonly { toNumber(): number }[]) => of.map((x) => Math.abs(x.toNumber()));
    expect(Math.max(...sizes(differences(name, recipe, values)))).toBeLessThan(1e-60);
    if (name === "jacobian") continue;
    const off = values.map((x) => x.plus(1e-30));
    expect(Math.max(...sizes(differences(name, recipe, off)))).toBeGreaterThan(1e-31);
  }
});

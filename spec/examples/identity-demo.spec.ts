import { expect, it } from "vitest";
import { type DemoOptions, smallRun, trainedIdentity } from "../../docs/examples/identity-demo.js";
import { backwards, forwards, initialParameters } from "../../docs/examples/identity-network.js";
import { normals } from "../equations/head-draws.js";

/** A few seconds of it: rotations within about a radian of none, eight points, 32 samples. */
const abbreviated: DemoOptions = {
  ...smallRun,
  ...{ points: 8, hidden: 64, data: 2048, batch: 8, epochs: 3, samples: 32, proposals: 4 },
  ...{ rate: 5e-3, scaleRate: 5e-2, heldOut: 32, rotations: 0.5 },
};
/** By how much both errors must fall, as the demo itself was asked to: declared before it was run. */
const factor = 5;

it("the network learns x, z and w from poses alone: both mean errors fall by a factor of five", () => {
  const history = trainedIdentity(abbreviated);
  expect(history).toHaveLength(abbreviated.epochs + 1);
  const [before, after] = [history[0], history[history.length - 1]];
  expect(after.translation).toBeLessThan(before.translation / factor);
  expect(after.orientation).toBeLessThan(before.orientation / factor);
  expect(after.loss).toBeLessThan(history[1].loss);
  for (const { leftOut, unsolved } of history) expect([leftOut, unsolved]).toEqual([0, 0]);
});

it("a run of the same seed has the same bits; another seed has others", () => {
  const short = { ...abbreviated, data: 16, epochs: 1, heldOut: 4 };
  expect(trainedIdentity(short)).toEqual(trainedIdentity(short));
  expect(trainedIdentity({ ...short, seed: "other" })).not.toEqual(trainedIdentity(short));
});

it("backwards(…) is the slope of any sum over what forwards(…) predicts", () => {
  const parameters = initialParameters(5, 3, "spec/identity");
  const inputs = normals("identity/inputs", 0, 14);
  const slopes = [0, 1].map((i) => ({
    x3d: normals("identity/x3d", i, 9),
    x2d: normals("identity/x2d", i, 6),
    w2d: normals("identity/w2d", i, 6),
  }));
  const total = () =>
    forwards(parameters, inputs).predicted.reduce(
      (sum, points, i) =>
        (["x3d", "x2d", "w2d"] as const).reduce(
          (part, name) => part + points[name].reduce((s, x, k) => s + x * slopes[i][name][k], 0),
          sum,
        ),
      0,
    );
  const gradient = backwards(parameters, forwards(parameters, inputs), slopes);
  const h = 1e-6;
  for (const name of ["W1", "b1", "W2", "b2", "g"] as const)
    for (const [k, slope] of gradient[name].entries()) {
      const value = parameters[name][k];
      const moved = [1, -1].map((sign) => {
        parameters[name][k] = value + sign * h;
        return total();
      });
      parameters[name][k] = value;
      // Rounding of a sum of some 40 terms over the step; third derivatives times its square are less.
      const bound = (40 * 16 * Number.EPSILON) / h + 100 * h * h;
      expect(Math.abs((moved[0] - moved[1]) / (2 * h) - slope)).toBeLessThan(bound);
    }
});

import { expect, it } from "vitest";
import { constraintDerivative } from "../../src/definitions/bpnp.js";
import { exactForm } from "../../src/definitions/bpnp-force.js";
import * as definition from "../../src/definitions/depth-weighted.js";
import { poseDerivatives, poseDerivativesAt } from "../../src/definitions/pose-jacobian.js";
import { projection, rigidTransform } from "../../src/definitions/projection.js";
import { reprojectionGradient } from "../../src/definitions/reprojection-cost.js";
import * as kernel from "../../src/kernels/depth-weighted.js";
import { stream } from "../../src/random/stream.js";
import { type Big, big } from "../../src/scalar/index.js";
import { scale } from "../../src/scalar/matrix.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, lastDigit, size, worstGap, worstUlp } from "./big-truth.js";
import { cloud, poseOf, problemOf } from "./bpnp-clouds.js";

const clouds = Array.from({ length: 12 }, (_, i) =>
  cloud(stream("spec/depth-weighted").at(i), { n: 5, noise: 50, free: i % 2 === 1 }),
);
const few = 1e4 * lastDigit;

it("depthWeightedConstraint keeps the digits of the definition", () => {
  const f = new Float64Array(6);
  for (const c of clouds) {
    kernel.depthWeightedConstraint(c.n, c.x2d, c.x3d, c.w2d, c.K, c.R, c.t, f);
    const pose = poseDerivativesAt("LEFT", bigRows(c.R, 3), bigs(c.t));
    const data = problemOf(c, (x) => big(x));
    const truth = definition.depthWeightedConstraint(data, pose);
    // r̃ = Sx − h rounds in units of some 600 px m, a residual is 50; and forces partly balance.
    const terms = data.x2d.map((_, i) =>
      size(
        definition.depthWeightedConstraint(
          { K: data.K, x2d: [data.x2d[i]], x3d: [data.x3d[i]], w2d: [data.w2d[i]] },
          pose,
        ),
      ),
    );
    const scale = terms.reduce((sum, x) => sum + x, 0);
    expect(worstUlp(f, truth, scale)).toBeLessThan((ulpTarget.generic * 600) / 50);
  }
});

it("depthWeightedResidual(x, X, K) is the depth times the residual", () => {
  for (const c of clouds) {
    const data = problemOf(c, (x) => big(x));
    const X = rigidTransform(data.x3d[0], bigRows(c.R, 3), bigs(c.t));
    const depth = data.K[2].reduce((sum, k, a) => sum.plus(k.times(X[a])), big(0));
    const r = projection(X, data.K).map((pi, k) => data.x2d[0][k].minus(pi).times(depth));
    expect(worstGap(definition.depthWeightedResidual(data.x2d[0], X, data.K), r)).toBeLessThan(few);
    const out = new Float64Array(2);
    const flat = Float64Array.from(X, (x) => x.toNumber());
    kernel.depthWeightedResidual(c.x2d, flat, c.K, out);
    const exact = definition.depthWeightedResidual(data.x2d[0], bigs(flat), data.K);
    expect(worstUlp(out, exact, 600)).toBeLessThan(ulpTarget.generic);
  }
});

it("in a plane that faces the camera, f̃ is the depth times twice the gradient", () => {
  const [R, t] = [bigRows([1, 0, 0, 0, 1, 0, 0, 0, 1], 3), bigs([0.1, -0.2, 3])];
  const draw = stream("spec/depth-weighted/plane");
  const x3d = bigRows(
    [0, 1, 2, 3].flatMap(() => [draw.normal(), draw.normal(), 0]),
    3,
  );
  const data = {
    x3d,
    x2d: x3d.map(() => bigs([300 + 100 * draw.normal(), 200 + 100 * draw.normal()])),
    w2d: x3d.map(() => bigs([1, 0.5])),
    K: bigRows([500, 2, 310, 0, 520, 230, 0, 0, 1], 3),
  };
  const pose = poseDerivativesAt("LEFT", R, t);
  const gradient = scale(reprojectionGradient(data, pose), 2 * 3);
  expect(worstGap(definition.depthWeightedConstraint(data, pose), gradient)).toBeLessThan(few);
});

it("f̃ in chart AA is twice the constraint g of the depth-weighted form", () => {
  for (const c of clouds.slice(0, 4)) {
    const y = poseOf<Big>(c, (x) => big(x));
    const data = problemOf(c, (x) => big(x));
    const form = { ...exactForm, residual: "depth-weighted" } as const;
    const { g } = constraintDerivative(y, data, form);
    const f = definition.depthWeightedConstraint(data, poseDerivatives(y));
    expect(worstGap(f, scale(g, 2))).toBeLessThan(few);
  }
});

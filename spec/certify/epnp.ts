import type { SceneName } from "../../src/problem/index.js";
import { type Big, big } from "../../src/scalar/big.js";
import { type Dual, dual } from "../../src/scalar/dual.js";
import {
  dataDirection,
  definedPose,
  kernelPose,
  kernelProducts,
  tangentOf,
  weightedScene,
} from "../equations/epnp-problems.js";
import { type CertifyCase, type CertifySample, generic } from "./case.js";

const flat = "nearly flat";
/** Label, scene, noise [px], how many. */
const aims: readonly [string, SceneName, number, number][] = [
  [generic, "generic", 1, 12],
  ["exact data", "generic", 0, 4],
  ["far and small", "D1", 0.01, 4],
  [flat, "near-planar", 0.01, 4],
];

/**
 * A problem of seven or nine points, its candidate in turn, and how its rounding grows: the greatest
 * singular value over the least gap of those in use, times the condition of the least squares for β.
 * Ranks 2 and 3 are taken where their root is neither clipped nor near zero.
 */
function* problems(perLabel = Number.POSITIVE_INFINITY) {
  for (const [label, name, noise, count] of aims)
    for (let made = 0, seed = 0; made < Math.min(count, perLabel); seed++) {
      const problem = weightedScene(name, name === "D1" ? 9 : 7, noise, seed);
      const candidate = noise < 1 ? made % 2 : made % 4;
      const { R, t, work, blur, found } = kernelPose(problem, "deviations", candidate);
      const { monomials } = work;
      const root = candidate > 1 ? Math.abs(monomials[0] / monomials[2]) : 1;
      if (!found || (candidate > 1 && (work.beta[1] === 0 || root > 1000))) continue;
      made++;
      yield { label, problem, candidate, R, t, seed, growth: blur * Math.max(1, root) };
    }
}

const places = {
  definition: "src/definitions/epnp.ts",
  spec: "spec/equations/epnp.spec.ts",
  scale:
    "the pose, or the terms of the product, times the growth of rounding: greatest singular value over least gap, condition of the coefficients, β₁²/β₂² where there is a root; for the derivative of nearly flat points its square, since eigenvectors turn by 1/gap there and the pose hardly does",
};

/** EPnP and its derivative along a direction of all data, at 64 digits. */
export const cases: CertifyCase[] = [
  {
    id: "PNP-9",
    name: "epnpPose",
    order: 0,
    kernel: "src/kernels/epnp.ts",
    ...places,
    *samples(perLabel): Iterable<CertifySample> {
      for (const { label, problem, candidate, R, t, seed, growth } of problems(perLabel)) {
        const lift = (x: number): Big => big(x);
        const truth = definedPose(
          problem,
          dataDirection(problem, seed),
          "deviations",
          candidate,
          lift,
        );
        const scale = growth * Math.max(1, Math.hypot(...t));
        yield { label, values: [...R, ...t], truth: [...truth.R.flat(), ...truth.t], scale };
      }
    },
  },
  {
    id: "PNP-9",
    name: "epnpVjp",
    order: 1,
    kernel: "src/kernels/epnp-gradient.ts",
    ...places,
    *samples(perLabel): Iterable<CertifySample> {
      for (const { label, problem, candidate, seed, growth } of problems(perLabel)) {
        const direction = dataDirection(problem, seed);
        const lift = (x: number, dx: number): Dual<Big> => dual(big(x), dx);
        const { R, t } = definedPose(problem, direction, "deviations", candidate, lift);
        const entries = R.flat();
        const truth = tangentOf(
          entries.map(({ a }) => a),
          entries.map(({ b }) => b),
          t.map(({ b }) => b),
        );
        const products = kernelProducts(problem, "deviations", candidate, direction);
        const terms = Math.max(...products.map(({ size }) => size));
        const scale = terms * (label === flat ? growth * growth : growth);
        yield { label, values: products.map(({ sum }) => sum), truth, scale };
      }
    },
  },
];

/** The auditor of an explicit method. */
import { double } from "../scalar/double.js";
import { doubleDouble } from "../scalar/double-double.js";
import type { Auditor } from "./auditor.js";
import { type ExplicitMethod, isGradient } from "./explicit-method.js";
import { explicitReports } from "./explicit-reports.js";
import { checkedSizes } from "./methods.js";

/**
 * Pairs of a point and a sample up to which an objective is evaluated some thirty times over: at 31 digits, and in
 * doubles, whose rounding leaves fewer steps to fit a slope to.
 */
const mostPairs = { doubleDouble: 4096, double: 2 ** 18 };

export function explicitAuditor<Recipe, Problem>(method: ExplicitMethod<Recipe, Problem>): Auditor {
  return {
    check(claims, sizes) {
      method.recipe(claims);
      method.problems(claims, sizes);
    },
    response(claims, quantity) {
      const sizes = checkedSizes(claims);
      const curve = method.curve?.(claims, quantity);
      if (curve) return curve;
      const { objective } = method;
      const pairs = sizes.N * Math.max(1, sizes.S);
      if (!objective || !isGradient(quantity) || pairs > mostPairs.double) return null;
      const exact = pairs <= mostPairs.doubleDouble;
      return (moved) => {
        const [problem] = method.problems(moved, sizes);
        const value = exact
          ? objective(problem, (v) => doubleDouble(v))
          : objective(problem, (v) => double(v));
        return Float64Array.of(value.toNumber());
      };
    },
    async findings(file, { digits }, step) {
      const unusual = method.unusual?.(method.problems(file.claims, file.sizes));
      return {
        forward: {
          ...(unusual ?? { status: "ok", sentence: method.forward }),
          poseDistance: 0,
        },
        claims: await explicitReports(method, file, step, digits),
      };
    },
  };
}

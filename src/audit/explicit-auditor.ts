/** The auditor of an explicit method. */
import { doubleDouble } from "../scalar/double-double.js";
import type { Auditor } from "./auditor.js";
import { type ExplicitMethod, isGradient } from "./explicit-method.js";
import { explicitReports } from "./explicit-reports.js";
import { checkedSizes } from "./methods.js";

/** Pairs of a point and a sample up to which an objective is evaluated some thirty times over. */
const mostPairs = 4096;

export function explicitAuditor<Recipe, Problem>(method: ExplicitMethod<Recipe, Problem>): Auditor {
  return {
    check(claims, sizes) {
      method.recipe(claims);
      method.problems(claims, sizes);
    },
    response(claims, quantity) {
      const sizes = checkedSizes(claims);
      const { objective } = method;
      if (!objective || !isGradient(quantity) || sizes.N * Math.max(1, sizes.S) > mostPairs)
        return null;
      return (moved) => {
        const [problem] = method.problems(moved, sizes);
        return Float64Array.of(objective(problem, (v) => doubleDouble(v)).toNumber());
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

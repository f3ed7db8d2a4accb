/** The auditor of an explicit method. */
import type { Auditor } from "./auditor.js";
import type { ExplicitMethod } from "./explicit-method.js";
import { explicitReports } from "./explicit-reports.js";

export function explicitAuditor<Recipe, Problem>(method: ExplicitMethod<Recipe, Problem>): Auditor {
  return {
    check(claims, sizes) {
      method.recipe(claims);
      method.problems(claims, sizes);
    },
    async findings(file, _, step) {
      const unusual = method.unusual?.(method.problems(file.claims, file.sizes));
      return {
        forward: {
          ...(unusual ?? { status: "ok", sentence: method.forward }),
          poseDistance: 0,
        },
        claims: await explicitReports(method, file, step),
      };
    },
  };
}

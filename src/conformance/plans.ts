/** The plans of every method, in the order in which their cases are numbered. */
import type { CasePlan } from "./case-plan.js";
import { lossPlans } from "./loss-cases.js";
import { metricPlans } from "./metric-cases.js";
import { poseCostPlans, poseStepPlans } from "./posed-cases.js";
import { monteCarloPlans } from "./sampled-cases.js";
import { pnpPlans } from "./solution-cases.js";
import { bpnpFasterPlans, bpnpPlans } from "./solved-cases.js";

export const plans: Readonly<Record<string, readonly CasePlan[]>> = {
  pnp: pnpPlans,
  bpnp: bpnpPlans,
  "bpnp-faster": bpnpFasterPlans,
  "epropnp-cost": poseCostPlans,
  "epropnp-mc": monteCarloPlans,
  "epropnp-reg": poseStepPlans,
  lc: lossPlans,
  metrics: metricPlans,
};

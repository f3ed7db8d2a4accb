/** Every method of formats/methods.ts with its auditor. */
import type { Auditor } from "./auditor.js";
import { explicitAuditor } from "./explicit-auditor.js";
import { linearCovarianceMethod } from "./linear-covariance-method.js";
import { metricsMethod } from "./metrics-method.js";
import { monteCarloAuditor } from "./monte-carlo-auditor.js";
import { poseCostMethod } from "./pose-cost-method.js";
import { regularisationMethod } from "./regularisation-method.js";
import { solvedAuditor } from "./solved-auditor.js";

export const auditors: Readonly<Record<string, Auditor>> = {
  pnp: solvedAuditor,
  bpnp: solvedAuditor,
  "bpnp-faster": solvedAuditor,
  "epropnp-cost": explicitAuditor(poseCostMethod),
  "epropnp-mc": monteCarloAuditor,
  "epropnp-reg": explicitAuditor(regularisationMethod),
  lc: explicitAuditor(linearCovarianceMethod),
  metrics: explicitAuditor(metricsMethod),
};

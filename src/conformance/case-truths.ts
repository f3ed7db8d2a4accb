/** The truth of a case of any method. */
import { linearCovarianceMethod } from "../audit/linear-covariance-method.js";
import { metricsMethod } from "../audit/metrics-method.js";
import { monteCarloMethod } from "../audit/monte-carlo-method.js";
import { poseCostMethod } from "../audit/pose-cost-method.js";
import { regularisationMethod } from "../audit/regularisation-method.js";
import type { ClaimArray, Claims } from "../formats/claims.js";
import { caseClaims } from "./case-claims.js";
import type { CaseTruth } from "./case-truth.js";
import { explicitCase } from "./explicit-case.js";
import { solvedCase } from "./solved-case.js";

const kinds: Readonly<Record<string, (claims: Claims) => CaseTruth>> = {
  pnp: solvedCase,
  bpnp: solvedCase,
  "bpnp-faster": solvedCase,
  "epropnp-cost": (claims) => explicitCase(poseCostMethod, claims),
  "epropnp-reg": (claims) => explicitCase(regularisationMethod, claims),
  "epropnp-mc": (claims) => explicitCase(monteCarloMethod, claims),
  lc: (claims) => explicitCase(linearCovarianceMethod, claims),
  metrics: (claims) => explicitCase(metricsMethod, claims),
};

/** Every method that has vectors. */
export const vectorMethods: readonly string[] = Object.keys(kinds);

/** The truth of a case. @throws ContractError if its inputs are outside the domain of its method. */
export const caseTruth = (method: string, input: Readonly<Record<string, ClaimArray>>): CaseTruth =>
  kinds[method](caseClaims(method, input));

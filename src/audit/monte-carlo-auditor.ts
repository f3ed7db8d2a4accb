/** The auditor of Monte Carlo pose losses: of given samples, or of samples that the code draws itself. */
import type { Claims } from "../formats/claims.js";
import type { Auditor } from "./auditor.js";
import { drawnLossMethod } from "./drawn-loss.js";
import { explicitAuditor } from "./explicit-auditor.js";
import { ContractError } from "./methods.js";
import { monteCarloMethod } from "./monte-carlo-method.js";

const ofGiven = explicitAuditor(monteCarloMethod);
const ofDrawn = explicitAuditor(drawnLossMethod);

/** Which of the two a file is for. @throws ContractError where it is for neither. */
function auditorOf({ input, seed }: Claims): Auditor {
  const [samples, densities] = [input.pose_samples, input.log_proposal];
  if (input.sample_count && (samples || densities))
    throw new ContractError(
      "input/sample_count: expected it only without pose_samples and log_proposal, got both",
    );
  if (samples && densities) return ofGiven;
  if (samples || densities) {
    const [there, missing] = samples
      ? ["pose_samples", "log_proposal"]
      : ["log_proposal", "pose_samples"];
    throw new ContractError(`input/${missing}: expected it beside input/${there}, got none`);
  }
  if (seed !== undefined) return ofDrawn;
  throw new ContractError(
    "input/pose_samples: expected samples and their log_proposal, or the seed of code that draws its own, got neither",
  );
}

export const monteCarloAuditor: Auditor = {
  check: (claims, sizes) => auditorOf(claims).check(claims, sizes),
  findings: (file, truths, step) => auditorOf(file.claims).findings(file, truths, step),
  response: (claims, quantity, pose) =>
    auditorOf(claims).response?.(claims, quantity, pose) ?? null,
};

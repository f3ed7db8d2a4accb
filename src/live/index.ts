/** Auditing an implementation that runs: questions, answers, and what is wrong with them. */
export { type ChildLimits, childLimits } from "./child.js";
export { type Asked, type FaultName, type Finding, faults } from "./finding.js";
export { type LawName, laws } from "./identities.js";
export type { LawFinding } from "./laws-held.js";
export {
  type LiveFailure,
  type LiveOptions,
  type LiveReport,
  liveAudit,
  livePasses,
} from "./live-audit.js";
export { type Question, requestLine } from "./question.js";

/** The posterior of a pose: densities to draw from, weighted samples of it, and its evidence. */
export {
  type AmisOptions,
  amis,
  type PosteriorSample,
  type SampleStatus,
  sampleSentences,
} from "./amis.js";
export * from "./draws.js";
export * from "./evidence.js";
export { type EvidenceError, evidenceError } from "./evidence-error.js";
export * from "./head-samples.js";
export { type EvidenceEstimate, evidenceEstimate } from "./log-weights.js";
export * from "./orientation-density.js";
export { type Posterior, type PosteriorOptions, posterior } from "./posterior.js";
export { type PosteriorScore, posteriorScore } from "./posterior-score.js";
export {
  initialProposal,
  type Proposal,
  type ProposalOptions,
  proposalDraws,
  proposalLogDensities,
  refittedProposal,
} from "./proposal.js";

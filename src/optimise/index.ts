/** Optimisers, schedules and guards: how a gradient moves parameters. */
export {
  type DefinedLosses,
  definedLosses,
  type GuardOptions,
  type NotFinite,
  type StepReport,
} from "./gradient-guard.js";
export type { Optimiser } from "./optimiser.js";
export {
  type AdamOptions,
  adam,
  adamW,
  type DescentOptions,
  gradientDescent,
  publishedOptimisers,
  type RangerOptions,
  type RmspropOptions,
  ranger,
  rmsprop,
} from "./optimisers.js";
export type { Parameter } from "./parameters.js";
export {
  type FlatAndAnnealOptions,
  flatAndAnneal,
  publishedMilestones,
  type Schedule,
  stepDecay,
} from "./schedules.js";

/** Any claim against its definition: a verdict with cause. */
export { type AuditOptions, audit, type NamedClaims } from "./audit.js";
export { bank, type Explanation, type Kind } from "./bank.js";
export { type GlossaryEntry, glossary } from "./glossary.js";
export { ContractError } from "./methods.js";
export * from "./report.js";

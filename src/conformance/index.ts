/** Conformance vectors: cases with certified truths that any implementation can be tested on. */
export { vectorMethods } from "./case-truths.js";
export { DigitsError, decimalPattern, digits } from "./digits.js";
export { CaseError, type GenerateOptions, generate } from "./generate.js";
export type { Note } from "./notes.js";
export { readVectors } from "./read-vectors.js";
export { type Reason, reasons } from "./refusals.js";
export { requestsText } from "./requests.js";
export { schema } from "./schema.js";
export * from "./vectors.js";
export { schemaText, vectorsText } from "./vectors-text.js";
export { type Mismatch, type Verification, verify } from "./verify.js";

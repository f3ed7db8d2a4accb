/** Reading and writing files: claims, and the arrays they are made of. */
export {
  type ClaimArray,
  type Claims,
  type Convention,
  claimsSchema,
  conventions,
  dtypes,
} from "./claims.js";
export { readClaimsNpz, writeClaimsNpz } from "./claims-npz.js";
export { FormatError, shapeText } from "./format-error.js";
export { hexFloatText, hexFloatValue } from "./hex-float.js";
export { readClaimsJson, writeClaimsJson } from "./json.js";
export { defaultLimits, type ReadLimits } from "./limits.js";
export { type Method, methods } from "./methods.js";
export { readClaimsLines } from "./ndjson.js";
export { arrayOfLists, listsText, type NumberStyle } from "./nested-list.js";
export { type NpyArray, type NumberArray, readNpy, type TextArray, writeNpy } from "./npy.js";
export { readNpz, type Writable, writeNpz } from "./npz.js";
export { parseProblems, readClaims } from "./read.js";
export { readFileBytes } from "./read-file.js";

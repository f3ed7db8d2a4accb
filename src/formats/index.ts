/** Reading and writing files: claims, and the arrays they are made of. */
export type { ClaimArray, Claims, Convention } from "./claims.js";
export { FormatError } from "./format-error.js";
export { defaultLimits, type ReadLimits } from "./limits.js";
export { type NpyArray, type NumberArray, readNpy, type TextArray, writeNpy } from "./npy.js";
export { readNpz, type Writable, writeNpz } from "./npz.js";

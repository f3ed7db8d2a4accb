import type { MirrorException } from "./rules.js";

/** Where definitions/ and kernels/ do not mirror each other, and why. */
export const exceptions: readonly MirrorException[] = [];

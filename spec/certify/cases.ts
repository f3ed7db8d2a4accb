import type { CertifyCase } from "./case.js";

/** Every case there is: each family's module is listed here by name. */
export const cases: readonly CertifyCase[] = [];

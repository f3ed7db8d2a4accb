import { cases as bpnp } from "./bpnp.js";
import type { CertifyCase } from "./case.js";
import { cases as implicit } from "./implicit.js";

/** Every case there is: each family's module is listed here by name. */
export const cases: readonly CertifyCase[] = [...implicit, ...bpnp];

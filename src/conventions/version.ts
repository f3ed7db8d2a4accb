/** The version of pnp-oracle, kept equal to package.json's by a spec. */
export const version = "0.1.0";

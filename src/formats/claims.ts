/** The content of a claims file, whichever form it came in (docs/claims.md). */

/** A dense array read from a file: doubles in C order with its shape; [] for a scalar. */
export interface ClaimArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Conventions a claims file may state; omitted fields take the defaults of the method. */
export interface Convention {
  readonly chart?: "LEFT" | "AA" | "RP" | "Q7" | "YAW";
  readonly order?: "rotation-first" | "translation-first";
  readonly quaternion?: "wxyz" | "xyzw";
  readonly weights?: "w" | "w2";
  readonly residual?: "x-pi" | "pi-x";
  readonly reduction?: "sum" | "mean";
  readonly length?: "m" | "cm" | "mm";
  readonly angle?: "rad" | "deg";
}

/** A claims file: inputs, the method they are for, and the numbers claimed for that method. */
export interface Claims {
  readonly schema: "pnp-oracle/claims@1";
  readonly method: string;
  readonly dtype: "float64" | "float32" | "float16" | "bfloat16";
  readonly source: string;
  readonly convention: Convention;
  readonly expect: Readonly<Record<string, string>>;
  readonly input: Readonly<Record<string, ClaimArray>>;
  readonly claim: Readonly<Record<string, ClaimArray>>;
}

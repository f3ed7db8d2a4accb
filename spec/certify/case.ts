import type { Big } from "../../src/scalar/index.js";

/** One input at which a kernel was run, with what it returned and what it should have returned. */
export interface CertifySample {
  /** "generic", or the seam this sample lies beside or on, such as "theta near pi". */
  readonly label: string;
  /** The kernel's result, flat. */
  readonly values: Float64Array | readonly number[];
  /** The definition's result at 64 digits, in the same order. */
  readonly truth: readonly Big[];
  /**
   * Size of the quantity, whose last place is the unit of error. By default the largest entry of the
   * truth. Give it where the kernel's own terms are larger than their sum, and say so in `scale` of
   * the case.
   */
  readonly scale?: number;
}

/** A kernel certified against its definition over aimed samples. */
export interface CertifyCase {
  /** EQUATIONS id, such as "GEO-4". */
  readonly id: string;
  /** Exported name of the kernel; after a space, which part or mode of it. */
  readonly name: string;
  /** 0: a value; 1: a first derivative; 2: a second derivative. */
  readonly order: 0 | 1 | 2;
  /** Repository paths of the definition, the kernel and their spec. */
  readonly definition: string;
  readonly kernel: string;
  readonly spec: string;
  /** What `scale` of the samples is, in words, if they give one. */
  readonly scale?: string;
  /**
   * The samples, the same ones at every call. `perLabel`, if given, bounds how many of each label the
   * caller needs: producing more is allowed and only costs time.
   */
  samples(perLabel?: number): Iterable<CertifySample>;
}

/** The label of samples that are aimed at no seam. */
export const generic = "generic";

/** Errors up to which values and first derivatives pass [ulp], generic and beside a seam. */
export const ulpTarget = { generic: 16, seam: 64 } as const;

/** Error relative to the quantity's scale up to which second derivatives pass. */
export const secondDerivativeTarget = 1e-12;

/**
 * How much memory reading may take. A file is refused on what it declares, before anything is
 * allocated for it, and again on what it turns out to hold.
 */
export interface ReadLimits {
  /**
   * Bytes: of the file; of all entries of an archive together, inflated; of all arrays together, as
   * doubles. Reading therefore holds at most three times this, the file included. Default 512 MiB.
   */
  readonly bytes: number;
  /** Axes of one array, as in numpy. Default 64. */
  readonly axes: number;
  /** Entries of an archive. Default 4096. */
  readonly entries: number;
}

export const defaultLimits: ReadLimits = { bytes: 2 ** 29, axes: 64, entries: 4096 };

/**
 * How much memory reading may take. A file is refused on what it declares, before anything is
 * allocated for it, and again on what it turns out to hold.
 */
export interface ReadLimits {
  /**
   * Bytes: of an archive; of all its entries together, inflated; of all its arrays together, as
   * doubles. Reading holds at most these three and half of the last again, for a change of order.
   * Default 512 MiB.
   */
  readonly bytes: number;
  /**
   * Characters of JSON, which takes about twenty times as many bytes at worst, and of an array of
   * strings, each counted as 64 more. Default 64 Mi.
   */
  readonly text: number;
  /** Axes of one array, as in numpy. Default 64. */
  readonly axes: number;
  /** Entries of an archive. Default 4096. */
  readonly entries: number;
}

export const defaultLimits: ReadLimits = {
  bytes: 2 ** 29,
  text: 2 ** 26,
  axes: 64,
  entries: 4096,
};

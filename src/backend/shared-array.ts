/**
 * Arrays that several threads can see. Where the platform shares no memory, as in a web page that is not
 * isolated, they are ordinary ones.
 */
const canShare = typeof SharedArrayBuffer === "function";

/** Zeros [length], in shared memory if asked for and possible. */
export function sharedArray(length: number, shared = true): Float64Array {
  if (!shared || !canShare) return new Float64Array(length);
  return new Float64Array(new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT * length));
}

/** Whether other threads see what is written to it. */
export function isShared({ buffer }: { readonly buffer: ArrayBufferLike }): boolean {
  return canShare && buffer instanceof SharedArrayBuffer;
}

/**
 * Deflate streams, inflated to a size known beforehand.
 *
 * zlib is used rather than a script: it refuses over-subscribed Huffman codes, whose tables cost a
 * script milliseconds for every thirty hostile bytes, and it says how much of the input it used.
 */
import { inflateRawSync } from "node:zlib";

/** Greatest ratio of content to stream that deflate can reach: 258 bytes for two bits, and a header. */
export const greatestDeflateRatio = 1032;

/**
 * The content of a raw deflate stream, which must be `size` bytes. At most size + 1 bytes are ever
 * produced.
 *
 * @throws Error saying what is wrong with the stream, in the words "expected ..., got ..." left to the caller
 */
export function inflated(stream: Uint8Array, size: number): Uint8Array {
  // A result of zero bytes cannot be asked of zlib as a bound; one more byte than declared tells a lie.
  const options = { maxOutputLength: size + 1, chunkSize: Math.max(64, size + 1), info: true };
  const result = inflateRawSync(stream, options) as unknown as {
    buffer: Uint8Array;
    engine: { bytesWritten: number };
  };
  const used = result.engine.bytesWritten;
  if (used !== stream.length) throw new Error(`${stream.length - used} bytes after its end`);
  return result.buffer;
}

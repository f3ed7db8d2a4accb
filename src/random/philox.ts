/**
 * Philox4x32-10: a counter-based generator. Ten rounds of multiplication and exclusive or turn a
 * counter of four words and a key of two into four random words; there is no state to carry, so any
 * block can be had in any order, on any thread, with the same bits.
 *
 *     each round:  (hi₀, lo₀) = 0xD2511F53 · c₀,  (hi₁, lo₁) = 0xCD9E8D57 · c₂
 *                  c ← (hi₁ ⊕ c₁ ⊕ k₀,  lo₁,  hi₀ ⊕ c₃ ⊕ k₁,  lo₀)
 *                  k ← (k₀ + 0x9E3779B9,  k₁ + 0xBB67AE85)
 *
 * Source: [Salmon2011] Parallel Random Numbers: As Easy as 1, 2, 3, doi:10.1145/2063384.2063405.
 */

const ROUNDS = 10;
const MULTIPLIER_0 = 0xd2511f53 | 0;
const MULTIPLIER_1 = 0xcd9e8d57 | 0;
const WEYL_0 = 0x9e3779b9 | 0;
const WEYL_1 = 0xbb67ae85 | 0;

/**
 * The upper 32 bits of the 64-bit product of two unsigned 32-bit integers, as a signed one. All in
 * 32-bit integers: a product of halves that could pass for a double would be made as one, at twice the time.
 */
function highWord(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  // a₁b₀ and the carry stay below 2³², and so does the second sum: nothing is lost, and >>> 16 reads them unsigned.
  const middle = (Math.imul(a1, b0) + (Math.imul(a0, b0) >>> 16)) | 0;
  const other = (Math.imul(a0, b1) + (middle & 0xffff)) | 0;
  return (Math.imul(a1, b1) + (middle >>> 16) + (other >>> 16)) | 0;
}

/**
 * Writes the four words [4] of the block with this counter [4] and key [2], all unsigned 32-bit.
 * `words` may be `counter`.
 */
export function philox(counter: Uint32Array, key: Uint32Array, words: Uint32Array): void {
  let c0 = counter[0] | 0;
  let c1 = counter[1] | 0;
  let c2 = counter[2] | 0;
  let c3 = counter[3] | 0;
  let k0 = key[0] | 0;
  let k1 = key[1] | 0;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = highWord(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const high1 = highWord(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

/** A few hundred entries of a claim beside truth and explanation, for a picture. */

const most = 400;

/** [truth, claim, explanation or NaN] at evenly spaced entries over all items. */
export function sampledEntries(
  claim: readonly Float64Array[],
  truth: readonly (Float64Array | null)[],
  explained: readonly (Float64Array | null)[] | null,
): [number, number, number][] {
  const total = claim.reduce((sum, array) => sum + array.length, 0);
  const step = Math.max(1, total / most);
  const out: [number, number, number][] = [];
  let [next, seen] = [0, 0];
  for (const [i, array] of claim.entries()) {
    for (; next < seen + array.length; next += step) {
      const at = Math.floor(next) - seen;
      out.push([truth[i]?.[at] ?? Number.NaN, array[at], explained?.[i]?.[at] ?? Number.NaN]);
    }
    seen += array.length;
  }
  return out;
}

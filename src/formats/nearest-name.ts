/** What a mistyped name was meant to be. */

/** ` (did you mean "bpnp"?)`, or nothing where no known name is near, or two are as near as each other. */
export function didYouMean(wanted: unknown, known: readonly string[]): string {
  if (typeof wanted !== "string" || wanted.length > longest) return "";
  const meant = wanted.toLowerCase();
  const [nearest, next] = nearestNames(meant, known);
  const far = (name: string) => distance(meant, name.toLowerCase());
  if (nearest === undefined || (next !== undefined && far(next) === far(nearest))) return "";
  return ` (did you mean "${nearest}"?)`;
}

/** Nothing longer is a slip of the hand, and comparing takes time with the square of the length. */
const longest = 100;

/** Up to five known names nearest to a wanted one, if any is near; none much further off than the best. */
export function nearestNames(wanted: string, known: readonly string[]): string[] {
  const family = wanted.split("-")[0];
  const near = known
    .map((name) => ({ name, far: distance(wanted, name.toLowerCase()) }))
    .filter(
      ({ name, far }) =>
        far <= Math.max(1, wanted.length / 3) ||
        (family.length > 2 && name.toLowerCase().startsWith(`${family}-`)),
    )
    .sort((a, b) => a.far - b.far);
  return near
    .filter(({ far }) => far <= 3 * Math.max(1, near[0].far))
    .slice(0, 5)
    .map(({ name }) => name);
}

/** Insertions, deletions and replacements between two words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)),
      );
    row = next;
  }
  return row[b.length];
}

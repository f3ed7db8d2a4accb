/** The tables of a trial in docs/audit.md, between their markers. */
import { type Tally, totals } from "./tally.js";

const [begin, end] = ["<!-- trial -->", "<!-- /trial -->"];

/** The page with its tables replaced. @throws RangeError if a marker is missing. */
export function withTables(page: string, tables: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from)
    throw new RangeError(`withTables: expected ${begin} … ${end} in the page, got none`);
  return `${page.slice(0, from + begin.length)}\n${tables}\n${page.slice(to)}`;
}

/** The tables that stand in a page. */
export const tablesOf = (page: string): string =>
  page.slice(page.indexOf(begin) + begin.length, page.indexOf(end)).trim();

/** One section a seed. */
export function tablesFor(seeds: readonly (readonly [string, string, Tally])[]): string {
  return seeds.map(([title, seed, tally]) => section(title, seed, tally)).join("\n\n");
}

function section(title: string, seed: string, tally: Tally): string {
  const all = totals(tally);
  const share = (a: number, b: number) => `${((100 * a) / b).toFixed(1)} %`;
  const rows = tally.methods.map((of) =>
    row(
      `\`${of.method}\``,
      of.planted,
      of.detected,
      `${of.explained} of ${of.known}`,
      `${of.unnamed} of ${of.unknown}`,
    ),
  );
  const verdicts = (of: Readonly<Record<string, number>>) =>
    Object.entries(of)
      .map(([verdict, n]) => `${n} ${verdict}`)
      .join(", ");
  const kinds = tally.kinds.map((of) => row(of.kind, of.sound, of.passed, verdicts(of.verdicts)));
  const misses = tally.misses.map((miss) => `- ${miss}`);
  return [
    `### ${title} (seed \`${seed}\`)`,
    "",
    `${share(all.detected, all.planted)} of the faults detected, ${share(all.explained, all.known)} of those in the bank explained rightly, ${counted(all.sound - all.passed, "false alarm")}.`,
    "",
    row(
      "method",
      "faults planted",
      "detected",
      "cause named, of those in the bank",
      "left unnamed, of the others",
    ),
    row("---", "---", "---", "---", "---"),
    ...rows,
    row(
      "all",
      all.planted,
      all.detected,
      `${all.explained} of ${all.known}`,
      `${all.unnamed} of ${all.unknown}`,
    ),
    "",
    row("sound controls", "planted", "passed", "verdicts on their quantities"),
    row("---", "---", "---", "---"),
    ...kinds,
    row("all", all.sound, all.passed, ""),
    ...(misses.length > 0 ? ["", "Missed:", "", ...misses] : []),
  ].join("\n");
}

const row = (...cells: (string | number)[]): string => `| ${cells.join(" | ")} |`;

const counted = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? "" : "s"}`;

/**
 * The whole trial: prints what the audit made of every fault and control, and writes the tables of
 * docs/audit.md. With arguments, seeds of other problems and parameters: prints, and writes nothing.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { tablesFor, withTables } from "./page.js";
import { allControls, allFaults, seeds } from "./parts.js";
import { type Tally, tally } from "./tally.js";
import { foundFaults, passedControls } from "./verdicts.js";

const asked = process.argv.slice(2);
const draw = (seed: string) =>
  seeds.find(([, known]) => known === seed) ?? (["Another draw", seed] as const);
const chosen = asked.length > 0 ? asked.map(draw) : seeds;
const sections: [string, string, Tally][] = [];
for (const [title, seed] of chosen) {
  const from = performance.now();
  const counted = tally(
    await foundFaults(allFaults(seed)),
    await passedControls(allControls(seed)),
  );
  sections.push([title, seed, counted]);
  process.stdout.write(`${tablesFor([[title, seed, counted]])}\n\n`);
  process.stderr.write(`${seed}: ${((performance.now() - from) / 1000).toFixed(0)} s\n`);
}
if (asked.length === 0) {
  const page = new URL("../../../docs/audit.md", import.meta.url);
  writeFileSync(page, withTables(readFileSync(page, "utf8"), tablesFor(sections)));
}

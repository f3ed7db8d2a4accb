/**
 * `npm run certify`: compares every kernel with its definition at 64 digits, prints what it found,
 * and rewrites docs/accuracy.md and docs/equations.md. `npm run certify -- GEO-4 projection` measures
 * only what carries one of these ids or names, and rewrites nothing.
 */
import { writeFileSync } from "node:fs";
import { equations } from "../../src/catalogue/index.js";
import { accuracyPage, cells, readAccuracyPage } from "./accuracy-page.js";
import { cases } from "./cases.js";
import { equationsPage } from "./equations-page.js";
import { measure, passes, type Row } from "./measure.js";

const wanted = process.argv.slice(2);
const chosen = wanted.length
  ? cases.filter(({ id, name }) => wanted.includes(id) || wanted.includes(name))
  : cases;
if (chosen.length === 0) {
  process.stderr.write(`certify: no case carries the id or name ${wanted.join(", ")}\n`);
  process.exit(2);
}

const widths = [8, 30, 18, 26, 6, 20, 12, 10];
const line = (row: Row) =>
  cells(row)
    .map((cell, i) => cell.replaceAll("`", "").padEnd(widths[i]))
    .join(" ");

const rows: Row[] = [];
for (const [i, subject] of chosen.entries()) {
  const from = performance.now();
  const found = measure(subject);
  rows.push(...found);
  for (const row of found) process.stdout.write(`${line(row)}${passes(row) ? "" : " MISSED"}\n`);
  const seconds = ((performance.now() - from) / 1000).toFixed(1);
  process.stderr.write(`[${i + 1}/${chosen.length}] ${subject.id} ${subject.name} ${seconds} s\n`);
}

const missed = rows.filter((row) => !passes(row));
if (wanted.length === 0) {
  const page = accuracyPage(rows, cases);
  writeFileSync(new URL("../../docs/accuracy.md", import.meta.url), page);
  const overview = equationsPage(equations, readAccuracyPage(page));
  writeFileSync(new URL("../../docs/equations.md", import.meta.url), overview);
}
process.stdout.write(`${rows.length} rows, ${missed.length} targets missed\n`);
process.exitCode = missed.length ? 1 : 0;

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { stream } from "../../../src/random/stream.js";
import { tablesOf } from "./page.js";
import { allControls, allFaults, seeds } from "./parts.js";
import { tally, totals } from "./tally.js";
import { foundFaults, passedControls } from "./verdicts.js";

const page = readFileSync(new URL("../../../docs/audit.md", import.meta.url), "utf8");
const [[, seed]] = seeds;
const [faults, controls] = [allFaults(seed), allControls(seed)];

/** One of every so many, the same at every run: the whole trial takes minutes, and the script runs it. */
function some<T>(list: readonly T[], every: number): T[] {
  const first = stream(`trial/subset/${seed}`).integer(every);
  return list.filter((_, i) => i % every === first);
}

it("the trial plants at least 60 faults and 60 sound controls, over every method, each under its own name", () => {
  for (const all of [faults, controls]) {
    expect(all.length).toBeGreaterThanOrEqual(60);
    expect(new Set(all.map(({ method }) => method)).size).toBe(8);
    expect(new Set(all.map(({ method, name }) => `${method} ${name}`)).size).toBe(all.length);
  }
});

it("the tables of docs/audit.md count every fault and control, with 98 % detected and 90 % of causes named", () => {
  const tables = tablesOf(page);
  for (const [title, of] of seeds) {
    const section = tables.slice(tables.indexOf(`### ${title} (seed \`${of}\`)`));
    const [ofFaults, ofControls] = [...section.matchAll(/^\| all \| (\d+) \| (\d+) \| (.*) \|$/gm)];
    expect([Number(ofFaults[1]), Number(ofControls[1])]).toEqual([faults.length, controls.length]);
    expect(Number(ofFaults[2])).toBeGreaterThanOrEqual(0.98 * Number(ofFaults[1]));
    const [explained, known] = [...ofFaults[3].matchAll(/\d+/g)].map(Number);
    expect(explained).toBeGreaterThanOrEqual(0.9 * known);
    const refused = Number(ofControls[1]) - Number(ofControls[2].split(" ")[0]);
    expect(section.match(/: sound, called /g) ?? []).toHaveLength(refused);
  }
});

it("audit(a subset of the trial) misses what the tables say is missed and nothing else, and raises no false alarm", async () => {
  const counted = tally(
    await foundFaults(some(faults, 12)),
    await passedControls(some(controls, 12)),
  );
  const { planted, sound, passed } = totals(counted);
  expect(planted).toBeGreaterThan(10);
  expect(sound).toBeGreaterThan(10);
  expect(passed).toBe(sound);
  for (const miss of counted.misses) expect(tablesOf(page)).toContain(miss);
});

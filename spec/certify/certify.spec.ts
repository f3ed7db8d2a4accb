import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { equations } from "../../src/catalogue/index.js";
import { module } from "../architecture/modules.js";
import { cells, readAccuracyPage } from "./accuracy-page.js";
import { cases } from "./cases.js";
import { equationsPage } from "./equations-page.js";
import { measure, passes } from "./measure.js";

const at = (path: string) => new URL(`../../${path}`, import.meta.url);
const page = readAccuracyPage(readFileSync(at("docs/accuracy.md"), "utf8"));
const key = (row: readonly string[]) => row.slice(0, 4).join(" | ");

describe("a few samples of every certified kernel keep its targets", () => {
  const listed: string[] = [];
  it.each(cases)("$id $name, order $order", (subject) => {
    const rows = measure(subject, 1);
    for (const row of rows) expect(passes(row), JSON.stringify(row)).toBe(true);
    listed.push(...rows.map((row) => key(cells(row))));
  });

  it("docs/accuracy.md has a row for each of them and no other: run npm run certify if not", () =>
    expect(page.map(key).sort()).toEqual(listed.sort()));
});

it("docs/accuracy.md records no missed target", () =>
  expect(page.filter((row) => row.join().includes("missed"))).toEqual([]));

it("docs/equations.md is what the catalogue and docs/accuracy.md say: run npm run certify if not", () => {
  expect(readFileSync(at("docs/equations.md"), "utf8")).toBe(equationsPage(equations, page));
});

it("every case names an equation of the catalogue, and files that export its kernel", () => {
  for (const { id, name, definition, kernel, spec } of cases) {
    expect(equations.map((equation) => equation.id)).toContain(id);
    for (const path of [definition, kernel, spec]) expect(existsSync(at(path)), path).toBe(true);
    expect(module(kernel, readFileSync(at(kernel), "utf8")).exports).toContain(name.split(" ")[0]);
  }
});

it("every equation with a kernel is certified", () => {
  const certified = new Set(cases.map(({ id }) => id));
  expect(
    equations.filter(({ id, kernel }) => kernel && !certified.has(id)).map(({ id }) => id),
  ).toEqual([]);
});

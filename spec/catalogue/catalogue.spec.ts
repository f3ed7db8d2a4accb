import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { equation, equations, type Place } from "../../src/catalogue/index.js";
import { module } from "../architecture/modules.js";

const at = (path: string) => new URL(`../../${path}`, import.meta.url);
const read = (path: string) => readFileSync(at(path), "utf8");
const family = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${name}-${i + 1}`);
const measures = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${name}-M${i + 1}`);
const places = equations.flatMap(({ id, definition, kernel, stage }) =>
  [definition, kernel, stage].flatMap((place): [string, Place][] => (place ? [[id, place]] : [])),
);

it("equations holds CONV-1..8, GEO-1..20, ROB-1..5, PNP-1..14, IFT-1..4, BPNP-1..9, ENC-1..8, SYM-1..5, every -M, OPT-1..7, DATA-1..6, LC-1..37, HM-1..11, REPRO-L1..7 and some of EPRO-1..46, in order", () => {
  const ids = equations.map(({ id }) => id);
  const some = (name: string, count: number) =>
    family(name, count).filter((id) => ids.includes(id));
  expect(ids).toEqual([
    ...family("CONV", 8),
    ...family("GEO", 20),
    ...family("ROB", 5),
    ...family("PNP", 14),
    ...family("IFT", 4),
    ...family("BPNP", 9),
    ...some("EPRO", 46),
    ...family("LC", 37),
    ...family("HM", 11),
    ...family("REPRO-L", 7).map((id) => id.replace("L-", "L")),
    ...family("ENC", 8),
    ...family("SYM", 5),
    ...measures("REPRO", 5),
    ...measures("LM", 6),
    ...measures("YCB", 4),
    ...measures("BOP", 5),
    ...measures("STAT", 1),
    ...measures("NUS", 8),
    ...family("OPT", 7),
    ...family("DATA", 6),
  ]);
});

it("every equation names files that exist and functions that they export", () => {
  const missing = places.flatMap(([id, { file, exports }]) => {
    if (!existsSync(at(file))) return [`${id}: ${file}`];
    const found = module(file, read(file)).exports;
    return exports
      .filter((name) => !found.includes(name))
      .map((name) => `${id}: ${name} of ${file}`);
  });
  expect(missing).toEqual([]);
});

it("every equation names at least one function and specs that exist", () => {
  const missing = equations.flatMap(({ id, specs }) =>
    specs.filter((path) => !existsSync(at(path))).map((path) => `${id}: ${path}`),
  );
  expect(missing).toEqual([]);
  for (const { id, specs } of equations) expect(specs.length, id).toBeGreaterThan(0);
  for (const [id, { file, exports }] of places)
    expect(exports.length, `${id}: ${file}`).toBeGreaterThan(0);
});

it("a definition lives in definitions/ and its kernel in the file of the same name", () => {
  for (const { id, definition, kernel } of equations)
    if (kernel) {
      expect(kernel.file, id).toMatch(/^src\/kernels\//);
      expect(definition?.file, id).toBe(kernel.file.replace("kernels", "definitions"));
    }
});

it("every equation states its derivatives, an edge, a check and a source", () => {
  for (const { id, name, formula, derivatives, edges, checks, sources } of equations) {
    for (const text of [name, formula, derivatives, ...edges, ...checks, ...sources])
      expect(text.trim(), id).not.toBe("");
    for (const list of [edges, checks, sources]) expect(list.length, id).toBeGreaterThan(0);
    // Sentences get their full stop where they are printed.
    for (const text of [derivatives, ...edges, ...checks]) expect(text, id).not.toMatch(/\.$/);
  }
});

it("equation(id) finds an equation whatever the case, and says what there is otherwise", () => {
  expect(equation("bpnp-2").name).toBe("exact gradient");
  expect(() => equation("ROB-9")).toThrow(
    "equation: expected one of ROB-1, ROB-2, ROB-3, ROB-4, ROB-5, got ROB-9",
  );
  expect(() => equation("Huber")).toThrow(
    "expected one of CONV-…, GEO-…, ROB-…, PNP-…, IFT-…, BPNP-…, EPRO-…",
  );
});

it("docs/references.md lists the works that are cited in src/, docs/ and nothing else", () => {
  const key = /\[([A-Z][A-Za-z]*(?:\d{4}[a-z]?|Study))\]/g;
  const short = /\[(BPnP|EProPnP|LC|UAVA)\]/;
  const cited = new Set<string>();
  for (const folder of ["src", "spec", "docs", "bench"])
    for (const entry of readdirSync(at(folder), { withFileTypes: true, recursive: true })) {
      const path = `${entry.parentPath}/${entry.name}`;
      if (!/\.(ts|md)$/.test(path) || path.endsWith("references.md")) continue;
      const text = readFileSync(path, "utf8");
      for (const [, found] of text.matchAll(key)) cited.add(found);
      expect(text, path).not.toMatch(short);
    }
  const listed = [...read("docs/references.md").matchAll(/^- \*\*\[(.*?)\]\*\*/gm)].map(
    ([, k]) => k,
  );
  expect(listed).toEqual([...listed].sort());
  expect(listed).toEqual([...cited].sort());
});

import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { bank } from "../../src/audit/bank.js";
import { formulas } from "../../src/audit/bank-formulas.js";
import { sightings } from "../../src/audit/bank-sightings.js";
import { glossary } from "../../src/audit/glossary.js";
import { methods } from "../../src/formats/methods.js";

const folder = new URL("../../fixtures/official/", import.meta.url);

it("glossary() lists each meaning once, with the methods that mean it, a sentence and a remedy", () => {
  const entries = glossary();
  const meanings = entries.map(({ slug, kind, sentence, remedy }) =>
    [slug, kind, sentence, remedy].join("\n"),
  );
  expect(new Set(meanings).size).toBe(entries.length);
  for (const { slug, methods: by, sentence, remedy } of entries) {
    expect(Object.keys(methods)).toEqual(expect.arrayContaining([...by]));
    expect(by.length).toBeGreaterThan(0);
    expect(slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(sentence.length).toBeGreaterThan(10);
    expect(remedy.length).toBeGreaterThan(5);
  }
});

it("glossary() knows the whole bank, and every name that the recorded files expect", () => {
  const known = new Set(glossary().map(({ slug }) => slug));
  for (const { slug } of bank) expect(known).toContain(slug);
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".json"))) {
    const { expect: expected = {} } = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
    for (const slugs of Object.values<string>(expected))
      for (const slug of slugs.split("+")) expect(known).toContain(slug);
  }
});

it("glossary() keeps what each method means by a name that several use", () => {
  const of = (slug: string) => glossary().filter((entry) => entry.slug === slug);
  const meant = of("huber-derivative-squared");
  expect(meant.map((entry) => entry.methods)).toEqual([
    ["epropnp-cost"],
    ["epropnp-reg"],
    ["epropnp-mc"],
  ]);
  expect(new Set(meant.map((entry) => entry.sentence)).size).toBe(3);
  expect(of("non-finite").map((entry) => entry.methods)).toEqual([Object.keys(methods)]);
});

it("glossary() holds at least 40 explanations of all methods, each with its formula", () => {
  const entries = glossary();
  expect(new Set(entries.map(({ slug }) => slug)).size).toBeGreaterThanOrEqual(40);
  expect(new Set(entries.flatMap((entry) => entry.methods)).size).toBe(Object.keys(methods).length);
  for (const { slug, formula } of entries) expect(formula?.length, slug).toBeGreaterThan(1);
  const of = (slug: string, method: string) =>
    entries.find((entry) => entry.slug === slug && entry.methods.includes(method))?.formula;
  expect(of("epsilon-missing", "epropnp-reg")).not.toBe(of("epsilon-missing", "lc"));
});

it("formulas and sightings name explanations that there are, and works that are referenced", () => {
  const known = new Set(glossary().map(({ slug }) => slug));
  const names = Object.keys(formulas).map((name) => name.replace(/^.*\//, ""));
  for (const name of [...names, ...Object.keys(sightings)]) expect(known).toContain(name);
  const references = readFileSync(new URL("../../docs/references.md", import.meta.url), "utf8");
  for (const seen of Object.values(sightings))
    for (const [key] of seen.matchAll(/\[\w+\d{4}\]|\[BackboneStudy\]/g))
      expect(references).toContain(`**${key}**`);
});

import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { bank } from "../../src/audit/bank.js";
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

import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { bank } from "../../src/audit/bank.js";
import { glossary } from "../../src/audit/glossary.js";

const folder = new URL("../../fixtures/official/", import.meta.url);

it("glossary() lists each name once, with a sentence and a remedy", () => {
  const entries = glossary();
  expect(new Set(entries.map(({ slug }) => slug)).size).toBe(entries.length);
  for (const { slug, sentence, remedy } of entries) {
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

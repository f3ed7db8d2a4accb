import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { version } from "../../src/conventions/version.js";

it("version is package.json's, so that a report names the release that made it", () => {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  expect(version).toBe(JSON.parse(text).version);
});

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { audit } from "../../src/audit/audit.js";
import { conventions, dtypes, methods, readClaimsJson } from "../../src/formats/index.js";

const page = readFileSync(new URL("../../docs/claims.md", import.meta.url), "utf8");
const axes = (list: readonly string[]) => `[${list.join(", ")}]`;

it("docs/claims.md shows a JSON file that is read, and that an audit finds correct", async () => {
  const [, example] = /```json\n([\s\S]*?)```/.exec(page)!;
  const claims = readClaimsJson(example, "example.json");
  expect(claims.input.grad_pose.data[5]).toBe(1);
  const report = await audit([{ name: "example.json", claims }]);
  expect(report.files[0].claims.map(({ verdict }) => verdict)).toEqual(["correct"]);
});

it("docs/claims.md lists every method, input and quantity with its shape", () => {
  for (const [name, { inputs, quantities }] of Object.entries(methods)) {
    expect(page).toContain(`| \`${name}\` | `);
    for (const [input, shape] of Object.entries(inputs))
      expect(page).toContain(`| \`${input}\` | ${axes(shape)} |`);
    for (const [quantity, shape] of Object.entries(quantities))
      expect(page).toContain(`\`${quantity}\` ${axes(shape)}`);
  }
});

it("docs/claims.md lists every dtype and every convention with its values", () => {
  for (const dtype of dtypes) expect(page).toContain(`\`${dtype}\``);
  for (const [name, values] of Object.entries(conventions)) {
    const row = page.split("\n").find((line) => line.startsWith(`| \`${name}\``));
    for (const value of values) expect(row).toContain(`\`${value}\``);
  }
});

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { vectorsCommand } from "../../src/cli/vectors-command.js";
import { verifyVectorsCommand } from "../../src/cli/verify-vectors-command.js";
import { folder as committedFolder, textOf } from "./committed.js";

const folder = mkdtempSync(join(tmpdir(), "pnp-oracle-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Streams that keep what is written to them. */
function surroundings() {
  const said = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof said) =>
    ({
      isTTY: false,
      write: (text: string) => {
        said[name] += text;
        return true;
      },
    }) as unknown as NodeJS.WriteStream;
  return { said, streams: { stdout: stream("stdout"), stderr: stream("stderr") } };
}

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

/** What a file says but for the words of its notes, and for the flags of its generic case: those follow the bank. */
const numbersOf = (text: string) => {
  const { cases } = JSON.parse(text);
  return [{ ...cases[0], flags: [] }, ...cases.slice(1)];
};

it("vectors --method metrics writes the committed numbers, the schema and the requests", async () => {
  const { said, streams } = surroundings();
  const out = join(folder, "made");
  const options = { out, method: "metrics", cases: "4", requests: true };
  expect(await vectorsCommand(options, streams)).toBe(0);
  expect(said.stdout).toBe(`${join(out, "metrics.json")}: 4 cases\n`);
  expect(numbersOf(readFileSync(join(out, "metrics.json"), "utf8"))).toEqual(
    numbersOf(textOf("metrics")).slice(0, 4),
  );
  expect(readFileSync(join(out, "vectors.schema.json"), "utf8")).toBe(
    readFileSync(join(committedFolder, "vectors.schema.json"), "utf8"),
  );
  const requests = readFileSync(join(out, "metrics.requests.ndjson"), "utf8").trim().split("\n");
  expect(requests).toHaveLength(4);
  expect(JSON.parse(requests[0])).toMatchObject({ id: 1, method: "metrics", dtype: "float64" });
  expect(JSON.parse(requests[3]).want).toEqual(["add", "adds", "te", "npe"]);
});

it("verify-vectors FOLDER verifies what vectors wrote, the schema beside it aside: exit code 0", async () => {
  const { said, streams } = surroundings();
  expect(await verifyVectorsCommand([join(folder, "made")], {}, streams)).toBe(0);
  expect(said.stdout).toMatch(/metrics\.json: 4 cases, 31 quantities, 31 numbers verified\n$/);
});

it("verify-vectors FILE shows the first mismatches: exit code 1", async () => {
  const text = readFileSync(join(folder, "made", "metrics.json"), "utf8");
  const changed = text.replace(/"decimal": \["(\d)/, (all, d) =>
    all.replace(/\d$/, d === "9" ? "1" : String(Number(d) + 1)),
  );
  expect(changed).not.toBe(text);
  const path = file("changed.json", changed);
  const { said, streams } = surroundings();
  expect(await verifyVectorsCommand([path], {}, streams)).toBe(1);
  expect(said.stdout).toMatch(/changed\.json: 2 mismatches in 4 cases/);
  expect(said.stdout).toMatch(/\n {2}case 1, truth\/add\/decimal\[0\]: expected \d\.\d{29}e/);
  const json = surroundings();
  expect(await verifyVectorsCommand([path], { json: true }, json.streams)).toBe(1);
  expect(JSON.parse(json.said.stdout).files[0].mismatches).toHaveLength(2);
});

it("verify-vectors FILE says what cannot be read, of every file: exit code 2", async () => {
  const { said, streams } = surroundings();
  const paths = [
    file("cut.json", textOf("metrics").slice(0, 9000)),
    file("old.json", textOf("metrics").replace("vectors@1", "vectors@0")),
    join(folder, "made", "metrics.json"),
  ];
  expect(await verifyVectorsCommand(paths, {}, streams)).toBe(2);
  expect(said.stdout).toBe("");
  expect(said.stderr).toMatch(/cut\.json: file: expected JSON/);
  expect(said.stderr).toMatch(/old\.json: schema: expected "pnp-oracle\/vectors@1"/);
  writeFileSync(join(folder, "binary.json"), Uint8Array.of(0xff, 0xfe, 0));
  const binary = surroundings();
  expect(await verifyVectorsCommand([join(folder, "binary.json")], {}, binary.streams)).toBe(2);
  expect(binary.said.stderr).toMatch(/expected JSON in UTF-8, got other bytes/);
});

it("vectors refuses options that mean nothing, before it writes anything", async () => {
  const out = join(folder, "nothing");
  const refused = async (options: Parameters<typeof vectorsCommand>[0], said: RegExp) => {
    await expect(vectorsCommand({ out, ...options }, surroundings().streams)).rejects.toThrow(said);
    expect(existsSync(out)).toBe(false);
  };
  await refused({ method: "pnpp" }, /--method: expected one of pnp, bpnp.*, got pnpp/);
  await refused({ cases: "none" }, /--cases: expected a whole number of at least 1, got "none"/);
  await refused({ seed: " " }, /--seed: expected a name/);
});

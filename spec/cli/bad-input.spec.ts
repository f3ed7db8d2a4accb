import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { auditCommand } from "../../src/cli/audit-command.js";
import { failureText } from "../../src/cli/failure.js";
import { readClaims, writeClaimsNpz } from "../../src/formats/index.js";
import { claimsFile } from "./claims-file.js";

const folder = mkdtempSync(join(tmpdir(), "pnp-oracle-bad-input-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

/** Runs the audit as the command line does: its exit code, and all it says. */
async function audited(...names: string[]): Promise<[code: number, said: string]> {
  let said = "";
  const sink = {
    write: (text: string) => {
      said += text;
      return true;
    },
  } as unknown as NodeJS.WriteStream;
  try {
    const options = { html: false, quiet: true };
    return [await auditCommand(names.map(at), options, { stdout: sink, stderr: sink }), said];
  } catch (error) {
    return [2, failureText(error, false)];
  }
}

const good = JSON.parse(claimsFile({}));
const changed = (change: Record<string, unknown>) => JSON.stringify({ ...good, ...change });
const input = (change: Record<string, unknown>) => changed({ input: { ...good.input, ...change } });
const archive = () => writeClaimsNpz(readClaims(Buffer.from(claimsFile({})), "good.json")[0]);

/** File name, its content, and what is said of it, all with exit code 2. */
const contents: [name: string, content: string | Uint8Array, said: string | RegExp][] = [
  ["empty.json", "", "expected claims, got an empty file"],
  ["blank.json", " \n\n", "expected claims, got an empty file"],
  ["cut.json", claimsFile({}).slice(0, -40), "file: expected JSON, got"],
  ["cut.npz", archive().subarray(0, 1000), /cut\.npz: .*expected .*got/],
  ["utf16.json", Buffer.from(`\ufeff${claimsFile({})}`, "utf16le"), "JSON in UTF-8, got UTF-16"],
  ["latin.json", Buffer.from('{"source": "caf\xe9"}', "latin1"), "JSON in UTF-8, got other bytes"],
  ["junk.json", Uint8Array.of(...Array(999).keys()), "expected"],
  ["deep.json", "[".repeat(1e6), "expected at most 72 levels, got more"],
  ["twice.json", '{"method": "bpnp", "method": "pnp"}', '"method" twice'],
  ["huge.json", input({ K: 0 }).replace('"K":0', '"K":[1e999]'), "input/K[0]: expected a number"],
  ["hex.json", input({ K: ["0x1.8q1"] }), "input/K[0]: expected a number"],
  ["method.json", changed({ method: "bpn" }), 'got "bpn" (did you mean "bpnp"?)'],
  ["dtype.json", changed({ dtype: "Float64" }), '(did you mean "float64"?)'],
  ["far.json", changed({ method: "x".repeat(1e6) }), /expected pnp, bpnp, .{0,400}$/s],
  [
    "quantity.json",
    changed({ claim: { grad_x2D: good.claim.grad_x2d } }),
    '(did you mean "grad_x2d"?)',
  ],
  ["convention.json", changed({ convention: { charts: "AA" } }), '(did you mean "chart"?)'],
  ["chart.json", changed({ convention: { chart: "left" } }), '(did you mean "LEFT"?)'],
  ["unknown.json", input({ w2: good.input.w2d }), '(did you mean "w2d"?)'],
  [
    "nan.json",
    input({ K: [[["NaN", 0, 1], [0, 1, 1], [0, 0, 1]]] }), // biome-ignore format: a matrix
    "input/K: expected finite numbers, got NaN at [0,0,0]",
  ],
  [
    "mixed.json",
    input({ x3d: [...good.input.x3d, ...good.input.x3d] }),
    "input/x3d: expected shape [1,8,3] or [8,3]",
  ],
  [
    "mixed-points.json",
    input({ w2d: [good.input.w2d[0].slice(1)] }),
    "input/w2d: expected shape [1,8,2] or [8,2]",
  ],
  [
    "batch.json",
    changed({ claim: { grad_x2d: [...good.claim.grad_x2d, ...good.claim.grad_x2d] } }),
    "claim/grad_x2d: expected shape [1,8,2], got [2,8,2]",
  ],
];

describe.each(contents)("pnp-oracle audit %s", (name, content, said) => {
  it("exits 2, and says what it expected and what it got", async () => {
    writeFileSync(at(name), content);
    const [code, text] = await audited(name);
    expect(text).toMatch(/^pnp-oracle: .*expected .*got /);
    if (typeof said === "string") expect(text).toContain(said);
    else expect(text).toMatch(said);
    expect(code).toBe(2);
  });
});

it("pnp-oracle audit refuses 2 GB of anything before it reads any of it", async () => {
  for (const [name, begins] of [
    ["big.json", ""],
    ["big.ndjson", '{"schema": "pnp-oracle/claims@1"}\n'],
    ["big.npz", "PK\x03\x04"],
  ]) {
    writeFileSync(at(name), begins);
    truncateSync(at(name), 2 ** 31);
    const [memory, began] = [process.memoryUsage().rss, performance.now()];
    expect(await audited(name)).toEqual([
      2,
      `pnp-oracle: ${at(name)}: file: expected at most 536870912 bytes, got 2147483648\n`,
    ]);
    expect(performance.now() - began).toBeLessThan(1000);
    expect(process.memoryUsage().rss - memory).toBeLessThan(2 ** 26);
  }
  // No archive by how it begins: less is allowed, and no more than that beginning is read.
  truncateSync(at("big.json"), 2 ** 27);
  expect(await audited("big.json")).toEqual([
    2,
    `pnp-oracle: ${at("big.json")}: file: expected at most 67108864 bytes of JSON, got 134217728\n`,
  ]);
});

it("pnp-oracle audit refuses a small archive that inflates to more than it may", async () => {
  writeFileSync(at("bomb.npz"), bomb(2 ** 30));
  const memory = process.memoryUsage().rss;
  const [code, said] = await audited("bomb.npz");
  expect([code, said]).toEqual([2, expect.stringMatching(/bomb\.npz: .*expected at most .*got/)]);
  expect(process.memoryUsage().rss - memory).toBeLessThan(2 ** 27);
});

/** An archive with one entry of `size` zeros, whose stream is a thousandth of that. */
function bomb(size: number): Uint8Array {
  const stream = deflateRawSync(Buffer.alloc(2 ** 20));
  const name = Buffer.from("input/x2d.npy");
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(20, 4);
  local.writeUInt16LE(8, 8);
  local.writeUInt32LE(stream.length, 18);
  local.writeUInt32LE(size, 22);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  local.copy(central, 6, 4, 30);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length + name.length, 12);
  end.writeUInt32LE(local.length + name.length + stream.length, 16);
  return Buffer.concat([local, name, stream, central, name, end]);
}

it("pnp-oracle audit opens nothing that could block or never end", async () => {
  execFileSync("mkfifo", [at("pipe.json")]);
  symlinkSync("/dev/zero", at("zero.json"));
  symlinkSync(at("loop-b.json"), at("loop-a.json"));
  symlinkSync(at("loop-a.json"), at("loop-b.json"));
  mkdirSync(at("empty"));
  expect(await audited("pipe.json")).toEqual([2, expect.stringContaining("a file, got a pipe")]);
  expect(await audited("zero.json")).toEqual([2, expect.stringContaining("a file, got a device")]);
  expect(await audited("loop-a.json")).toEqual([
    2,
    expect.stringContaining("a file that can be read, got links that lead nowhere"),
  ]);
  expect(await audited("empty")).toEqual([
    2,
    expect.stringContaining("expected a folder with .json or .npz files, got none in it"),
  ]);
});

/** A line of NDJSON: the good problem with its first points only. */
const line = (points: number) => {
  const cut = (list: unknown[][]) => list[0].slice(0, points);
  const { x2d, x3d, w2d, K, pose, grad_pose } = good.input;
  const inputs = { x2d: cut(x2d), x3d: cut(x3d), w2d: cut(w2d), K: K[0] };
  return JSON.stringify({
    ...{ schema: good.schema, method: "bpnp" },
    input: { ...inputs, pose: pose[0], grad_pose: grad_pose[0] },
    claim: { grad_x2d: cut(good.claim.grad_x2d) },
  });
};

it("pnp-oracle audit takes lines of NDJSON with different N for batches of their own", async () => {
  writeFileSync(at("mixed.ndjson"), [line(8), line(6), line(8)].join("\n"));
  const [code, said] = await audited("mixed.ndjson");
  // Fewer points have another minimum: the claim at the old pose is off there, and said to be.
  expect(said).toContain("2 claims in 2 files");
  expect(code).toBe(1);
});

it("pnp-oracle audit judges claims that are NaN or infinite: they are wrong, by non-finite", async () => {
  for (const value of ["NaN", "-Infinity"]) {
    const [[first, ...rest]] = good.claim.grad_x2d;
    writeFileSync(
      at("claim.json"),
      changed({ claim: { grad_x2d: [[[value, first[1]], ...rest]] } }),
    );
    expect(await audited("claim.json")).toEqual([1, expect.stringContaining("1 wrong")]);
  }
});

it("pnp-oracle audit of a batch of none is inconclusive, of problems without points ill-posed", async () => {
  const none = { x2d: [], x3d: [], w2d: [], K: [], pose: [], grad_pose: [] };
  const shaped = readClaims(Buffer.from(claimsFile({})), "good.json")[0];
  const cut = (b: number, n: number) => ({
    ...shaped,
    input: Object.fromEntries(
      Object.entries(shaped.input).map(([name, { shape }]) => {
        const kept = shape.map((size, k) => (k === 0 ? b : size === 8 ? n : size));
        const length = kept.reduce((a, size) => a * size, 1);
        const eye = [500, 0, 320, 0, 500, 240, 0, 0, 1];
        const value = (k: number) => (name === "K" ? eye[k % 9] : k % 6 === 5 ? 1 : 0);
        return [name, { shape: kept, data: Float64Array.from({ length }, (_, k) => value(k)) }];
      }),
    ),
    claim: { grad_x2d: { shape: [b, n, 2], data: new Float64Array(2 * b * n) } },
  });
  writeFileSync(at("none.npz"), writeClaimsNpz(cut(0, 8)));
  expect(await audited("none.npz")).toEqual([1, expect.stringContaining("1 inconclusive")]);
  writeFileSync(at("pointless.npz"), writeClaimsNpz(cut(1, 0)));
  expect(await audited("pointless.npz")).toEqual([1, expect.stringContaining("1 ill-posed")]);
  // As JSON, empty lists have lost the lengths of what they do not hold.
  writeFileSync(at("none.json"), changed({ input: none, claim: { grad_x2d: [] } }));
  expect(await audited("none.json")).toEqual([2, expect.stringContaining("expected shape")]);
  expect(readFileSync(at("none.json"), "utf8")).toContain('"x2d":[]');
});

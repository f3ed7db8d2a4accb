import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { auditCommand } from "../../src/cli/audit-command.js";
import { parsedXml } from "../report/strict-xml.js";
import { claimsFile } from "./claims-file.js";

it("auditCommand([file], { junit, sarif }) writes both, and still fails a wrong claim", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pnp-oracle-"));
  try {
    const file = join(folder, "a & <b>.json");
    await writeFile(file, claimsFile({ factor: 1.5 }));
    const [junit, sarif] = [join(folder, "audit.xml"), join(folder, "audit.sarif")];
    const silent = { write: () => true, isTTY: false } as unknown as NodeJS.WriteStream;
    const options = { junit, sarif, html: false, quiet: true };
    expect(await auditCommand([file], options, { stdout: silent, stderr: silent })).toBe(1);
    const root = parsedXml(await readFile(junit, "utf8"));
    expect(root.attributes.get("failures")).toBe("1");
    const [{ results }] = JSON.parse(await readFile(sarif, "utf8")).runs;
    expect(results[0]).toMatchObject({ ruleId: "scaled", level: "error", kind: "fail" });
    const nowhere = { ...options, junit: join(folder, "missing", "audit.xml") };
    await expect(auditCommand([file], nowhere, { stdout: silent, stderr: silent })).rejects.toThrow(
      /audit\.xml: could not be written/,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { audit } from "../../src/audit/audit.js";
import { readClaims } from "../../src/formats/index.js";
import { reportHtml } from "../../src/report/html.js";
import { claimsFile } from "../cli/claims-file.js";
import { auditReport, motleyReport, publishedReport } from "../report/sample-report.js";
import { Page, requiredChromium } from "./chromium.js";

const path = requiredChromium("the report was");
/** What a function of seen-on-page.js returns in the browser. */
const source = readFileSync(new URL("seen-on-page.js", import.meta.url), "utf8");
function seen<T>(name: string, ...given: unknown[]): Promise<T> {
  const script = source.replaceAll("export function", "function");
  return page.run<T>(`{ ${script}; ${name}(...${JSON.stringify(given)}) }`);
}
type Pictures = { pictures: number; empty: string[]; titles: string[] };
type Contrasts = { background: string; texts: number; faint: string[] };
type Outside = { scroll: number; client: number; culprits: string[] };

const inBrowser = it.runIf(path !== null);

let folder: string;
let page: Page;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pnp-oracle-"));
  if (path === null) return;
  const text = Buffer.from(claimsFile({ factor: 1.5 }));
  const [claims] = readClaims(text, "scaled.json");
  const { files } = await audit([{ name: "scaled.json", claims }]);
  const all = [...files, ...publishedReport.files, ...motleyReport.files];
  writeFileSync(join(folder, "report.html"), reportHtml(auditReport(all)));
  page = await Page.open(path);
  await page.look(1240, 900, "light");
  await page.load(pathToFileURL(join(folder, "report.html")).href);
}, 60_000);
afterAll(async () => {
  await page?.close();
  rmSync(folder, { recursive: true });
});

inBrowser("the report asks for nothing but itself, and the console stays empty", () => {
  expect(page.requests.map((url) => url.replace(/^.*\//, ""))).toEqual(["report.html"]);
  expect(page.complaints).toEqual([]);
});

inBrowser("the report shows the verdict and its cause before anything else", async () => {
  const places = await seen<number[]>("tops", ["h1", ".card h3", ".worst", "details"]);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(await seen("textOf", ".card h3")).toMatch(/is wrong/);
});

inBrowser(
  "every picture of the report is there, of the size it says, with something drawn",
  async () => {
    const missing = await seen<Pictures>("missingPictures");
    expect(missing.pictures).toBeGreaterThan(8);
    expect(missing.empty).toEqual([]);
    expect(missing.titles).toEqual(
      expect.arrayContaining([
        "As the camera sees it",
        "Taylor remainder: slope 1 of the claim, 2 of the truth",
        "Central differences against claim and truth",
        "Conditioning",
        "Quantity by problem",
      ]),
    );
  },
);

for (const scheme of ["light", "dark"] as const)
  inBrowser(`the report's text stands out from its background in the ${scheme} theme`, async () => {
    await page.look(1240, 900, scheme);
    const found = await seen<Contrasts>("contrasts");
    expect(found.background).toBe(scheme === "light" ? "light" : "dark");
    expect(found.texts).toBeGreaterThan(200);
    // WCAG 2.2, 1.4.3: 4.5 for text of usual size, 3 for large text.
    expect(found.faint).toEqual([]);
  });

for (const width of [1240, 720, 360])
  inBrowser(`the report does not scroll sideways at ${width} pixels`, async () => {
    await page.look(width, 800, "light");
    const { scroll, client, culprits } = await seen<Outside>("outside", width);
    expect(scroll, culprits.join("\n")).toBeLessThanOrEqual(client);
  });

inBrowser(
  "a folded reproduction opens to a claims file that the audit reads, and judges alike",
  async () => {
    const script = await seen<string>("textOf", "details.reproduce pre");
    const text = /<<'CLAIMS'\n(.*\n)CLAIMS\n/s.exec(script)![1];
    const [claims] = readClaims(Buffer.from(text), "worst-problem.json");
    const { files } = await audit([{ name: "worst-problem.json", claims }]);
    expect(files[0].claims.map(({ verdict, explanation }) => [verdict, explanation])).toEqual([
      ["wrong", "scaled"],
    ]);
  },
);

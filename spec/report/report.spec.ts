import { expect, it } from "vitest";
import { conclusion, findings, summaryLine } from "../../src/report/findings.js";
import { reportHtml } from "../../src/report/html.js";
import { reportJson } from "../../src/report/json.js";
import { length, prose, wrapped } from "../../src/report/table.js";
import { braced, terminalReport } from "../../src/report/terminal.js";
import { exponent, factor, share, shareRange } from "../../src/report/wording.js";
import {
  auditReport,
  claimReport,
  fileReport,
  motleyReport,
  problemFindings,
  publishedReport,
} from "./sample-report.js";

const escapeCode = String.fromCharCode(27);

it("terminalReport(report) fits its width, whatever the width", () => {
  for (const width of [80, 100, 120])
    for (const report of [publishedReport, motleyReport])
      for (const each of [false, true])
        for (const line of terminalReport(report, { width, each }).split("\n"))
          expect(length(line), line).toBeLessThanOrEqual(width);
});

it("terminalReport(report) names file, source, quantity, verdict, explanation, errors and problems", () => {
  const text = terminalReport(publishedReport);
  for (const part of ["n8-bpnp.json", "BPnP.backward", "J_x2d, J_x3d, J_K", "(expected)", "13"])
    expect(text).toContain(part);
  const row = text.split("\n").find((line) => line.startsWith("!  J_x2d"));
  expect(row).toMatch(/wrong +depth-weighted-residual +\d\.\de-\d +8\.4e-15 +2\.9e-13 +13$/);
  expect(text).toContain("Declared as expected.");
  expect(text).toContain("Every claim passes; 3 deviations are declared as expected by the files.");
});

it("terminalReport(report) marks what fails, what was expected and what is right", () => {
  const marks = (report: typeof motleyReport) =>
    terminalReport(report, { each: true }).match(/^[✓!✗] {2}\S+/gmu);
  expect(marks(motleyReport)).toEqual([
    ...["✓  q0", "✓  q1", "✓  q2", "✗  q3", "✗  q4", "✗  q5", "✗  q6", "✗  grad_K"],
  ]);
  expect(marks(publishedReport)?.slice(0, 4)).toEqual([
    ...["!  J_x2d", "!  J_x3d", "!  J_K", "✓  J_x2d"],
  ]);
});

it("terminalReport(report, { colour }) writes escape codes only if asked to", () => {
  expect(terminalReport(motleyReport)).not.toContain(escapeCode);
  const coloured = terminalReport(motleyReport, { colour: true });
  expect(coloured).toContain(`${escapeCode}[31m`);
  const codes = new RegExp(`${escapeCode}\\[\\d+m`, "g");
  expect(coloured.replace(codes, "")).toBe(terminalReport(motleyReport));
});

it("findings(report) puts what fails first and joins claims of one cause, method and precision", () => {
  const found = findings(auditReport([...publishedReport.files, ...motleyReport.files]));
  const firstPassing = found.findIndex(({ passes }) => passes);
  expect(found.slice(firstPassing).every(({ passes }) => passes)).toBe(true);
  const expected = found.filter((finding) => finding.expected);
  expect(expected).toHaveLength(1);
  expect(expected[0].quantities).toEqual(["J_x2d", "J_x3d", "J_K"]);
  const errors = publishedReport.files[0].claims.flatMap(({ perProblem }) =>
    perProblem.map(({ relativeError }) => relativeError),
  );
  expect([expected[0].low, expected[0].high]).toEqual([Math.min(...errors), Math.max(...errors)]);
});

it("findings(report) keeps unexplained claims of two sources apart: nothing says they share a cause", () => {
  const unexplained = claimReport(
    "J_K",
    "wrong",
    null,
    problemFindings(() => 0.1, false),
  );
  const files = ["one", "two"].map((source) => fileReport(`${source}.json`, source, [unexplained]));
  expect(findings(auditReport(files)).map(({ sources }) => sources)).toEqual([["one"], ["two"]]);
});

it("summaryLine(report) and conclusion(report) count claims, and one is not written as many", () => {
  expect(summaryLine(publishedReport)).toBe("6 claims in 2 files: 3 correct, 3 wrong (expected).");
  expect(conclusion(motleyReport)).toBe("5 claims do not pass.");
  const one = (rest: object) =>
    auditReport([fileReport("a", "", [claimReport("J_K", "wrong", "x", [], rest)])]);
  expect(summaryLine(one({}))).toBe("1 claim in 1 file: 1 wrong.");
  expect(conclusion(one({}))).toBe("1 claim does not pass.");
  expect(conclusion(one({ expected: true }))).toBe(
    "Every claim passes; 1 deviation is declared as expected by the files.",
  );
});

it("reportJson(report) is the report, non-finite numbers as strings and without picture entries", () => {
  const read = JSON.parse(reportJson(motleyReport));
  expect(read.schema).toBe("pnp-oracle/report@1");
  expect(read.files[1].claims[0]).toMatchObject({
    worstRelativeError: "Infinity",
    cosine: "NaN",
    worstProblem: null,
  });
  expect(read.files[0].claims[0].perProblem[3]).toEqual(
    motleyReport.files[0].claims[0].perProblem[3],
  );
  expect(reportJson(motleyReport)).not.toContain("entries");
});

it("reportHtml(report) escapes every text and needs neither script nor network", () => {
  const page = reportHtml(motleyReport);
  expect(page).not.toContain("<b>mine</b>");
  expect(page).toContain("a layer of &#60;b&#62;mine&#60;/b&#62;");
  expect(page).toContain("motley &#60;&#38;&#34;&#62;.npz");
  expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\((?!#)|javascript:/i);
  // Names of XML namespaces are no addresses to load from.
  const addresses = page.match(/https?:[^"\s]*/g) ?? [];
  expect(new Set(addresses)).toEqual(
    new Set(["http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"]),
  );
});

it("reportHtml(report) closes every element it opens", () => {
  const open: string[] = [];
  const alone = /^(meta|!doctype)$/;
  for (const [, closing, name, own] of reportHtml(motleyReport).matchAll(
    /<(\/?)([a-z!][a-z0-9]*)(?:"[^"]*"|[^">])*?(\/?)>/gi,
  ))
    if (closing) expect(open.pop()).toBe(name);
    else if (!own && !alone.test(name)) open.push(name);
  expect(open).toEqual([]);
});

it("reportHtml(report) draws every picture, in colours of the page", () => {
  const page = reportHtml(publishedReport);
  for (const title of [
    "Error of each problem",
    "Error against depth spread",
    "Claim against truth: ",
    "Quantity by problem",
  ])
    expect(page).toContain(title);
  // Three pictures of the file that is wrong, one of that which is right, and one for the finding.
  expect(page.match(/<svg /g)).toHaveLength(5);
  for (const [svg] of page.matchAll(/<svg [\s\S]*?<\/svg>/g)) {
    expect(svg).toContain('role="img"');
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    // What a clip path is filled with is never seen.
    const seen = svg.replace(/<clipPath [\s\S]*?<\/clipPath>/g, "").replaceAll("url(#", "");
    expect(seen.match(/#[0-9a-f]{3,6}\b/gi) ?? []).toEqual([]);
  }
});

it("reportHtml(report) draws a dot for every problem and every claim", () => {
  const [file] = publishedReport.files;
  const page = reportHtml(auditReport([file]));
  const [, picture] = /Error of each problem<\/h4>(<svg [\s\S]*?<\/svg>)/.exec(page) ?? [];
  const problems = file.claims.reduce((sum, claim) => sum + claim.perProblem.length, 0);
  // A dot against the truth and a ring against the explanation.
  expect(picture.match(/<circle /g)).toHaveLength(2 * problems);
});

it("reportHtml(report) of no files, and of files without claims, is a page", () => {
  expect(reportHtml(auditReport([]))).toContain("Every claim passes.");
  expect(reportHtml(auditReport([fileReport("a.json", "", [])]))).toContain("a.json");
});

it("exponent, share, shareRange and factor write numbers as people read them", () => {
  expect([3.14e-15, 0, null, Number.NaN, Infinity].map(exponent)).toEqual([
    ...["3.1e-15", "0", "–", "NaN", "∞"],
  ]);
  expect([0.18, 0.0082, 1.5, 3e-15, 0].map(share)).toEqual([
    "18 %",
    "0.82 %",
    "150 %",
    "3.0e-15",
    "0",
  ]);
  expect(shareRange(0.0082, 0.18)).toBe("0.82 to 18 %");
  expect(shareRange(0.18, 0.18)).toBe("18 %");
  expect([1, 0.995123456, 1e-9, 10].map(factor)).toEqual(["1", "0.995123", "1.0e-9", "10"]);
});

it("wrapped(text, width) loses nothing, and prose(text, width) breaks at spaces alone", () => {
  const text = "depth-weighted-residual+dropped-coefficient-derivatives, and more";
  for (let width = 5; width < 70; width++) {
    expect(wrapped(text, width).join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
    for (const line of wrapped(text, width)) expect(length(line)).toBeLessThanOrEqual(width);
  }
  expect(prose("matches to 8.4e-15 here", 17)).toEqual(["matches to", "8.4e-15 here"]);
});

it("braced(names) writes what names share once", () => {
  expect(braced(["n4-a.json", "n16-a.json"])).toBe("n{4,16}-a.json");
  expect(braced(["a.json"])).toBe("a.json");
  expect(braced(["aa", "a"])).toBe("a{a,}");
});

import { expect, it } from "vitest";
import { passes } from "../../src/audit/report.js";
import { reportJunit } from "../../src/report/junit.js";
import { reportSarif } from "../../src/report/sarif.js";
import {
  auditReport,
  claimReport,
  fileReport,
  motleyReport,
  problemFindings,
  publishedReport,
} from "./sample-report.js";
import { type Element, parsedXml } from "./strict-xml.js";

const bell = String.fromCharCode(7);
const loneSurrogate = String.fromCharCode(0xd800);
const hostile = `a]]><b c="d">&amp;${bell}${loneSurrogate}'\n</testcase><!-- ${"-".repeat(3)}> %s`;

/** A report whose every text was written by an enemy. */
const hostileReport = auditReport([
  fileReport(
    hostile,
    hostile,
    [
      claimReport(
        "J_x2d",
        "wrong",
        null,
        problemFindings(() => 0.1, false),
        { sentence: hostile },
      ),
      claimReport(
        "J_K",
        "wrong",
        "factor-2",
        problemFindings(() => 1, true),
        {
          expected: true,
          sentence: hostile,
        },
      ),
    ],
    { dtype: hostile, method: hostile },
  ),
]);
const reports = [publishedReport, motleyReport, hostileReport, auditReport([])];

const children = (element: Element, name: string): Element[] =>
  element.children.filter(
    (child): child is Element => typeof child !== "string" && child.name === name,
  );

it("reportJunit(report) is testsuites of testsuite of testcase, with counts that add up", () => {
  for (const report of reports) {
    const root = parsedXml(reportJunit(report));
    expect(root.name).toBe("testsuites");
    const suites = children(root, "testsuite");
    expect(suites.length).toBe(report.files.length);
    const count = (element: Element, name: string) => Number(element.attributes.get(name));
    for (const name of ["tests", "failures", "errors", "skipped"])
      expect(suites.reduce((sum, suite) => sum + count(suite, name), 0)).toBe(count(root, name));
    for (const [i, suite] of suites.entries()) {
      const cases = children(suite, "testcase");
      const { claims } = report.files[i];
      expect(cases.map((one) => one.attributes.get("name"))).toEqual(claims.map((c) => c.quantity));
      expect(count(suite, "tests")).toBe(cases.length);
      const failed = cases.filter((one) => children(one, "failure").length === 1);
      expect(count(suite, "failures")).toBe(failed.length);
      expect(cases.map((one) => !failed.includes(one))).toEqual(claims.map(passes));
    }
  }
});

it("reportJunit(report) says the verdict, the cause and the numbers of what fails", () => {
  const [, suite] = children(parsedXml(reportJunit(motleyReport)), "testsuite");
  const [failure] = children(children(suite, "testcase")[0], "failure");
  expect(failure.attributes.get("type")).toBe("wrong");
  expect(failure.attributes.get("message")).toBe(
    "grad_K is wrong: depth-weighted-residual+dropped-coefficients",
  );
  expect(failure.children.join("")).toContain("Relative error ∞, budget 2.9e-13.");
});

it("reportJunit(report) keeps strangers' text as text, and characters that XML has not out", () => {
  const xml = reportJunit(hostileReport);
  const clean = hostile.replace(bell, "\uFFFD").replace(loneSurrogate, "\uFFFD");
  const [suite] = children(parsedXml(xml), "testsuite");
  expect(suite.attributes.get("name")).toBe(clean);
  const [properties] = children(suite, "properties");
  const values = children(properties, "property").map((one) => one.attributes.get("value"));
  expect(values).toEqual([clean, clean, clean, "13"]);
  const [failing, declared] = children(suite, "testcase");
  expect(children(failing, "failure")[0].children.join("")).toContain(clean);
  expect(children(declared, "system-out")[0].children.join("")).toContain("Declared as expected.");
});

it("parsedXml(text) refuses what is not XML", () => {
  for (const bad of [
    ...["<a>", "<a></b>", "<a b=c/>", '<a b="1" b="2"/>', "<a/><b/>", "<a>&nbsp;</a>"],
    ...['<a b="<"/>', "<a>]]></a>", `<a>${bell}</a>`, "<a>&</a>", `<a>${loneSurrogate}</a>`, ""],
  ])
    expect(() => parsedXml(bad), bad).toThrow(/not XML/);
});

interface Sarif {
  $schema: string;
  version: string;
  runs: {
    tool: { driver: { name: string; version: string; rules: { id: string }[] } };
    results: {
      ruleId: string;
      ruleIndex: number;
      kind: string;
      level: string;
      message: { text: string };
      locations: {
        physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } };
        logicalLocations: { name: string; fullyQualifiedName: string }[];
      }[];
      suppressions?: { kind: string }[];
    }[];
  }[];
}
const sarif = (report: typeof publishedReport): Sarif => JSON.parse(reportSarif(report));

it("reportSarif(report) is one run of SARIF 2.1.0 with a result a claim, each of a rule that is there", () => {
  for (const report of reports) {
    const { version, runs } = sarif(report);
    expect([version, runs.length]).toEqual(["2.1.0", 1]);
    const [{ tool, results }] = runs;
    const { rules } = tool.driver;
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    const claims = report.files.flatMap((file) => file.claims);
    expect(results.length).toBe(claims.length);
    for (const [i, result] of results.entries()) {
      const good = passes(claims[i]) && !claims[i].expected;
      expect(rules[result.ruleIndex].id).toBe(result.ruleId);
      expect(result.kind).toBe(good ? "pass" : "fail");
      // SARIF 2.1.0, 3.27.10: a result of any kind but "fail" has the level "none".
      if (good) expect(result.level).toBe("none");
      else expect(["error", "warning", "note"]).toContain(result.level);
      expect(result.suppressions?.map(({ kind }) => kind)).toEqual(
        claims[i].expected ? ["external"] : undefined,
      );
      expect(result.message.text.length).toBeGreaterThan(0);
      const [{ physicalLocation, logicalLocations }] = result.locations;
      expect(logicalLocations[0].name).toBe(claims[i].quantity);
      // RFC 3986: nothing but the characters of a URI reference, and every % before two digits.
      expect(physicalLocation.artifactLocation.uri).toMatch(
        /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-F]{2})+$/,
      );
    }
  }
});

it("reportSarif(report) writes names of files as URIs, and lines of a batch file as lines", () => {
  const of = (name: string) => {
    const claim = claimReport("cost", "correct", null, []);
    const [{ results }] = sarif(auditReport([fileReport(name, "", [claim])])).runs;
    const { artifactLocation, region } = results[0].locations[0].physicalLocation;
    return [artifactLocation.uri, region.startLine];
  };
  expect(of("claims/a b.ndjson:3")).toEqual(["claims/a%20b.ndjson", 3]);
  expect(of("a.json")).toEqual(["a.json", 1]);
  expect(of("/data/x/50%.json")).toEqual(["file:///data/x/50%25.json", 1]);
  expect(of("C:\\x\\ä.npz")).toEqual(["file:///C%3A/x/%C3%A4.npz", 1]);
});

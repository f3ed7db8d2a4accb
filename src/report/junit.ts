/**
 * The report as JUnit XML, which every continuous integration service reads: a suite a file, a case a claim.
 *
 * Names and sources come from strangers' files: markup in them is escaped, and characters that XML 1.0 cannot
 * hold at all are replaced.
 */
import { type AuditReport, type ClaimReport, type FileReport, passes } from "../audit/report.js";
import { claimSummary } from "./wording.js";

/** What else was checked than claims, such as a law or the protocol: what is wrong, or null. */
export interface Check {
  readonly name: string;
  readonly failure: { readonly title: string; readonly body: string } | null;
}

/**
 * XML of a report, ending in a newline. A claim that does not pass is a failure; an expected one says so. Other
 * checks are a suite of their own.
 */
export function reportJunit(report: AuditReport, checks: readonly Check[] = []): string {
  const { files } = report;
  const good = files.flatMap((file) => file.claims.map(passes));
  const others = checks.map(({ failure }) => failure === null);
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="pnp-oracle audit" ${counts([...good, ...others])}>
${files.map(suite).join("")}${checks.length > 0 ? checkSuite(checks, others) : ""}</testsuites>
`;
}

/** Counts of cases, of which some are good. */
function counts(good: readonly boolean[]): string {
  const failures = good.filter((one) => !one).length;
  return `tests="${good.length}" failures="${failures}" errors="0" skipped="0"`;
}

function checkSuite(checks: readonly Check[], good: readonly boolean[]): string {
  const cases = checks.map(({ name, failure }) => {
    const open = `    <testcase name="${attribute(name)}" classname="live"`;
    if (!failure) return `${open}/>\n`;
    return `${open}>
      <failure type="wrong" message="${attribute(failure.title)}">${text(failure.body)}</failure>
    </testcase>
`;
  });
  return `  <testsuite name="protocol and laws" ${counts(good)}>\n${cases.join("")}  </testsuite>\n`;
}

function suite(file: FileReport): string {
  const properties = [
    ["method", file.method],
    ["dtype", file.dtype],
    ["source", file.source],
    ["problems", `${file.problems}`],
  ].map(([name, value]) => `      <property name="${name}" value="${attribute(value)}"/>\n`);
  return `  <testsuite name="${attribute(file.file)}" ${counts(file.claims.map(passes))}>
    <properties>
${properties.join("")}    </properties>
${file.claims.map((claim) => testcase(claim, file)).join("")}  </testsuite>
`;
}

function testcase(claim: ClaimReport, { file, method }: FileReport): string {
  const name = `name="${attribute(claim.quantity)}" classname="${attribute(`${method}.${file}`)}"`;
  const { title, body } = claimSummary(claim);
  if (!passes(claim))
    return `    <testcase ${name}>
      <failure type="${attribute(claim.verdict)}" message="${attribute(title)}">${text(body)}</failure>
    </testcase>
`;
  if (!claim.expected) return `    <testcase ${name}/>\n`;
  return `    <testcase ${name}>
      <system-out>${text(`${title}. Declared as expected. ${body}`)}</system-out>
    </testcase>
`;
}

/** Characters of XML 1.0, others replaced; markup escaped. */
function text(raw: string): string {
  return raw
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replace(/[&<>]/g, reference);
}

/** Text inside double quotes, where a reader would turn line ends into spaces. */
function attribute(raw: string): string {
  return text(raw).replace(/["\t\n\r]/g, reference);
}

const reference = (character: string): string => `&#${character.charCodeAt(0)};`;

/**
 * The report as JUnit XML, which every continuous integration service reads: a suite a file, a case a claim.
 *
 * Names and sources come from strangers' files: markup in them is escaped, and characters that XML 1.0 cannot
 * hold at all are replaced.
 */
import { type AuditReport, type ClaimReport, type FileReport, passes } from "../audit/report.js";
import { claimSummary } from "./wording.js";

/** XML of a report, ending in a newline. A claim that does not pass is a failure; an expected one says so. */
export function reportJunit(report: AuditReport): string {
  const { files } = report;
  const claims = files.flatMap((file) => file.claims);
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="pnp-oracle audit" ${counts(claims)}>
${files.map(suite).join("")}</testsuites>
`;
}

function counts(claims: readonly ClaimReport[]): string {
  const failures = claims.filter((claim) => !passes(claim)).length;
  return `tests="${claims.length}" failures="${failures}" errors="0" skipped="0"`;
}

function suite(file: FileReport): string {
  const properties = [
    ["method", file.method],
    ["dtype", file.dtype],
    ["source", file.source],
    ["problems", `${file.problems}`],
  ].map(([name, value]) => `      <property name="${name}" value="${attribute(value)}"/>\n`);
  return `  <testsuite name="${attribute(file.file)}" ${counts(file.claims)}>
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

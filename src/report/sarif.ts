/**
 * The report as SARIF 2.1.0, which code scanning shows beside the files: a rule an explanation, a result a claim.
 * Claims that are right are results of kind "pass"; expected deviations are suppressed, not hidden.
 */
import {
  type AuditReport,
  type ClaimReport,
  type FileReport,
  passes,
  type Verdict,
} from "../audit/report.js";
import { claimSummary, verdictMeaning } from "./wording.js";

const schema = "https://json.schemastore.org/sarif-2.1.0.json";

/** What else was found than claims that do not pass: a rule, what happened, and the file that shows it. */
export interface Incident {
  readonly rule: string;
  readonly meaning: string;
  readonly text: string;
  readonly file: string;
}

/** JSON of a report, ending in a newline; `place` says which file shows a claim, its own by default. */
export function reportSarif(
  report: AuditReport,
  incidents: readonly Incident[] = [],
  place: (file: FileReport) => string = ({ file }) => file,
): string {
  const rules: Rule[] = [];
  const claims = report.files.flatMap((file) =>
    file.claims.map((claim) => result(claim, file, place(file), ruleOf(claim, rules))),
  );
  const results = [...claims, ...incidents.map((one) => incidentResult(one, rules))];
  const driver = {
    name: "pnp-oracle",
    version: report.version,
    semanticVersion: report.version,
    rules,
  };
  const run = { tool: { driver }, columnKind: "utf16CodeUnits", results };
  return `${JSON.stringify({ $schema: schema, version: "2.1.0", runs: [run] }, null, 2)}\n`;
}

interface Rule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription: { readonly text: string };
}

/** The place of a claim's rule, which is added if it is new: the cause, or without one the verdict. */
function ruleOf({ verdict, explanation }: ClaimReport, rules: Rule[]): number {
  const short = explanation === null ? `A claim is ${verdict}` : explanation.replaceAll("-", " ");
  return ruleIndex(explanation ?? verdict, short, verdictMeaning[verdict], rules);
}

function ruleIndex(id: string, short: string, full: string, rules: Rule[]): number {
  const known = rules.findIndex((rule) => rule.id === id);
  if (known >= 0) return known;
  return rules.push({ id, shortDescription: { text: short }, fullDescription: { text: full } }) - 1;
}

/** What a claim that does not pass is called; those that pass have no level. */
const levels: Readonly<Record<Verdict, "error" | "warning" | "note">> = {
  wrong: "error",
  approximation: "warning",
  "ill-posed": "warning",
  inconclusive: "warning",
  correct: "note",
  "correct-under-convention": "note",
  rounding: "note",
};

/** A fault or a broken law, at the request that met it. */
function incidentResult({ rule, meaning, text, file }: Incident, rules: Rule[]): object {
  const { uri, line } = artifact(file);
  return {
    ruleId: rule,
    ruleIndex: ruleIndex(rule, rule.replaceAll("-", " "), meaning, rules),
    ...{ kind: "fail", level: "error", message: { text } },
    locations: [{ physicalLocation: { artifactLocation: { uri }, region: { startLine: line } } }],
    partialFingerprints: { "incident/v1": rule },
  };
}

function result(claim: ClaimReport, file: FileReport, name: string, ruleIndex: number): object {
  const { verdict, explanation, quantity, expected } = claim;
  const { title, body } = claimSummary(claim);
  const good = passes(claim) && !expected;
  const { uri, line } = artifact(name);
  return {
    ruleId: explanation ?? verdict,
    ruleIndex,
    kind: good ? "pass" : "fail",
    level: good ? "none" : levels[verdict],
    message: { text: body === "" ? `${title}.` : `${title}. ${body}` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri }, region: { startLine: line } },
        logicalLocations: [{ name: quantity, fullyQualifiedName: `claim/${quantity}` }],
      },
    ],
    partialFingerprints: { "claim/v1": `${uri}:${line}:${quantity}:${explanation ?? verdict}` },
    ...(expected
      ? { suppressions: [{ kind: "external", justification: "The file declares it as expected." }] }
      : {}),
    properties: { verdict, method: file.method, dtype: file.dtype },
  };
}

/** A file's name as a URI reference, and which of its lines is meant: "a b.ndjson:3" is line 3 of a%20b.ndjson. */
function artifact(name: string): { uri: string; line: number } {
  // Claims over seeds go by the name of the first.
  const first = name.replace(/ and \d+ more by seed$/, "");
  const [, path, line] = /^(.*?)(?::(\d+))?$/s.exec(first.replace(/\p{Surrogate}/gu, "\uFFFD")) ?? [
    "",
    name,
    undefined,
  ];
  const slashes = path.replaceAll("\\", "/");
  const encoded = slashes.split("/").map(encodeURIComponent).join("/");
  const drive = /^[A-Za-z]:\//.test(slashes);
  const absolute = drive ? `file:///${encoded}` : `file://${encoded}`;
  return {
    uri: drive || slashes.startsWith("/") ? absolute : encoded,
    line: Math.max(1, Number(line ?? 1)),
  };
}

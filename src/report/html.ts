/** The report as one self-contained page: no script, no network, light and dark. */
import { formulas } from "../audit/bank-formulas.js";
import { sightings } from "../audit/bank-sightings.js";
import { type AuditReport, type ClaimReport, verdicts } from "../audit/report.js";
import { correlationPicture } from "./curves.js";
import { seriesColour, seriesVariable } from "./drawing.js";
import { badge, figure, fileSection } from "./file-section.js";
import {
  conclusion,
  digitsLine,
  type Finding,
  findingNumbers,
  findingSources,
  findings,
  findingTitle,
  summaryLine,
} from "./findings.js";
import { html, Markup } from "./markup.js";
import { errorAgainstDepth } from "./pictures.js";
import { stylesheet } from "./stylesheet.js";
import { count, exponent, shareRange, verdictMeaning } from "./wording.js";
import { worstSection } from "./worst-section.js";

/** HTML of a report. */
export function reportHtml(report: AuditReport): string {
  const found = findings(report);
  // One file of each finding lies open: the pictures should be seen before anything is clicked.
  const odd = found.filter(({ verdict }) => verdict !== "correct");
  const shown = new Set(odd.map((finding) => largest(finding, report)));
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>pnp-oracle audit of ${count(report.files.length, "file")}</title><style>${new Markup(stylesheet)}</style></head><body>
<header><h1>${conclusion(report)}</h1><p class="soft">${summaryLine(report)} ${digitsLine(report)}</p>${bar(report)}</header>
<main><h2>What was found</h2>
${found.map(card)}
${worstSection(report)}
<h2>File by file</h2>
${report.files.map((file) => fileSection(file, shown.has(file.file)))}
<h2>How to read this</h2>${glossary()}</main>
<footer class="soft small"><p>Written by pnp-oracle ${report.version}.</p></footer></body></html>
`;
  return page.text;
}

/** The file of a finding with most problems. */
function largest({ files }: Finding, report: AuditReport): string {
  const reports = report.files.filter(({ file }) => files.includes(file));
  return reports.reduce((best, file) => (file.problems > best.problems ? file : best)).file;
}

/** Shares of the verdicts as a bar. */
function bar(report: AuditReport): Markup {
  const claims = report.files.flatMap((file) => file.claims);
  const parts = verdicts.flatMap((verdict) =>
    [false, true].map((expected) => {
      const alike = claims.filter((c) => c.verdict === verdict && c.expected === expected);
      return { verdict, expected, size: alike.length };
    }),
  );
  const spans = parts
    .filter(({ size }) => size > 0)
    .map(({ verdict, expected, size }) => {
      const title = `${size} ${verdict}${expected ? ", expected" : ""}`;
      return html`<span class="${expected ? "expected" : verdict}" style="flex:${size}" title="${title}"></span>`;
    });
  return html`<div class="bar" role="img" aria-label="${summaryLine(report)}">${spans}</div>`;
}

/** A finding: verdict and cause first, then how far from the truth, then why. */
function card(found: Finding): Markup {
  const { verdict, expected, explanation, low, high, explanationError, files } = found;
  const off =
    found.verdict === "correct" || found.verdict === "rounding"
      ? exponent(high)
      : shareRange(low, high);
  const measures: [string, string][] = [[off, "from the truth"]];
  if (explanation !== null && explanationError !== null)
    measures.push([exponent(explanationError), "from the explanation"]);
  measures.push([`${found.claims.length}`, `claims in ${count(files.length, "file")}`]);
  const picture = verdict === "correct" ? { svg: "", legend: html`` } : depthPicture(found);
  const correlation = found.claims.find((claim) => claim.correlation)?.correlation;
  const spread = correlation
    ? figure(correlationPicture(correlation), "What the error goes with", correlation.sentence)
    : figure(
        picture.svg,
        "Error against depth spread",
        "Dots: distance of each problem from the truth. Rings: distance from the explanation.",
      );
  return html`<section class="card ${expected ? "expected" : verdict}"><div>
<p>${badge({ verdict, expected })}</p><h3>${findingTitle(found)}</h3>
<div class="measure">${measures.map(([value, what]) => html`<span><b>${value}</b><span class="soft small">${what}</span></span>`)}</div>
<p>${verdict === "correct" ? findingNumbers(found) : found.sentence || findingNumbers(found)}</p>
${formulaLines(found)}<p class="soft small">From ${findingSources(found)}.</p>${expected ? html`<p class="soft small">The files declare this deviation as expected.</p>` : ""}
${correlation ? "" : picture.legend}</div>${spread}</section>`;
}

/** The explanation's formulas, and where it was seen before. */
function formulaLines({ explanation, method }: Finding): Markup[] {
  return (explanation?.split("+") ?? []).flatMap((slug) => {
    const formula = formulas[`${method}/${slug}`] ?? formulas[slug];
    const seen = sightings[slug];
    return [
      formula ? html`<p class="formula">${formula}</p>` : html``,
      seen ? html`<p class="soft small">Seen before: ${seen}.</p>` : html``,
    ];
  });
}

/** All problems of a finding by quantity, each in its colour. */
function depthPicture({ claims, quantities }: Finding): { svg: string; legend: Markup } {
  const problemsOf = (name: string) =>
    claims
      .filter(({ quantity }: ClaimReport) => quantity === name)
      .flatMap(({ perProblem }) => perProblem);
  const svg = errorAgainstDepth(
    quantities.map((name, i) => ({ problems: problemsOf(name), colour: seriesColour(i) })),
  );
  if (svg === "") return { svg, legend: html`` };
  const items = quantities.map(
    (name, i) =>
      html`<span class="item"><span class="swatch" style="background:var(${seriesVariable(i)})"></span>${name}</span> `,
  );
  return { svg, legend: html`<p class="legend small">${items}</p>` };
}

function glossary(): Markup {
  const meanings = verdicts.map(
    (verdict) =>
      html`<dt>${badge({ verdict, expected: false })}</dt><dd>${verdictMeaning[verdict]}</dd>`,
  );
  return html`<p>Truth is the definition evaluated at 64 digits at the exact minimum, by two independent routes. A
relative error is the Frobenius norm of claim minus truth over that of the truth, for rotation and translation rows
apart; the worse counts. The budget is what the claimed precision and the problem's conditioning allow. Cosine and
scale compare the whole claim with the whole truth.</p><dl>${meanings}</dl>`;
}

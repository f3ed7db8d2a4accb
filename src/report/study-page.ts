/** A study as one self-contained page: its figures, its numbers beside the printed ones, what they show. */
import type { StudyRun } from "../study/run.js";
import type { Study } from "../study/study.js";
import { figure } from "./file-section.js";
import { html, Markup } from "./markup.js";
import { studyFigure } from "./study-figure.js";
import { digits, runLine, studyNumbers, withError } from "./study-numbers.js";
import { stylesheet } from "./stylesheet.js";

/** HTML of a run of a study. */
export function studyHtml(study: Study, run: StudyRun): string {
  const figures = study
    .figures(run.settings)
    .map((of) => figure(studyFigure(run, of), of.name, of.caption));
  const rows = studyNumbers(study, run).map(
    ({ cell, measure, found, printed }) =>
      html`<tr><td><code>${cell}</code></td><td>${measure}</td><td class="number">${withError(found)}</td>
<td class="number">${printed.map(({ value }) => digits(value)).join(", ")}</td><td class="small">${printed.map(({ source }) => source).join("; ")}</td></tr>
`,
  );
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>pnp-oracle study ${study.name}</title><style>${new Markup(stylesheet)}</style></head><body>
<header><h1>${study.name}</h1><p>${study.sentence}</p><p class="soft small">${runLine(run)}</p></header>
<main><div class="pictures">${figures}</div>
<h2>What it shows</h2><ul>${study.remarks.map((remark) => html`<li>${remark}</li>`)}</ul>
<h2>Numbers</h2><p class="soft small">Mean over repetitions ± one standard error.</p>
<div class="scroll"><table><thead><tr><th>cell</th><th>measure</th><th class="number">here</th><th class="number">printed</th><th>by</th></tr></thead>
<tbody>${rows}</tbody></table></div>
<h2>Settings</h2><p><code>${JSON.stringify(run.settings)}</code></p></main>
<footer class="soft small"><p>Written by pnp-oracle ${run.version}, revision ${run.revision} of the study.</p></footer></body></html>
`;
  return page.text;
}

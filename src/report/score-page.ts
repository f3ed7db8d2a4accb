/** An evaluation as one self-contained page: table, recall against threshold, what every number is. */
import { version } from "../conventions/version.js";
import type { PoseReport } from "../evaluate/pose-report.js";
import type { RecallFigure } from "../evaluate/recall-curves.js";
import { axis, drawing, ink, seriesColour, seriesVariable } from "./drawing.js";
import { figure } from "./file-section.js";
import { html, Markup } from "./markup.js";
import { countsWords, legend } from "./score-text.js";
import { intervalDigits, scoreDigits } from "./score-words.js";
import { stylesheet } from "./stylesheet.js";

/** HTML of a report on poses. */
export function scoreHtml(report: PoseReport): string {
  const { table, warnings, figures } = report;
  const head = table.columns.map(
    ({ title }) =>
      html`<th class="number">${title.split("\n").map((line) => html`${line}<br>`)}</th>`,
  );
  const rows = table.rows.map(
    ({ name, instances, missing, results }) =>
      html`<tr><td>${name}</td><td class="number">${instances - missing}/${instances}</td>${results.map(cell)}</tr>
`,
  );
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>pnp-oracle evaluation of ${report.results}</title><style>${new Markup(stylesheet)}</style></head><body>
<header><h1>${report.results}</h1><p>on ${report.dataset} (${report.format})</p><p class="soft">${countsWords(report)}</p></header>
<main>${warnings.map(({ name, sentence }) => html`<section class="card approximation"><div><h3>${name}</h3><p>${sentence}</p></div></section>`)}
<h2>Scores</h2><div class="scroll"><table><thead><tr><th>object</th><th class="number">found</th>${head}</tr></thead>
<tbody>${rows}<tr><td><b>mean over objects</b></td><td class="number">${report.counts.estimates.kept}/${report.counts.instances}</td>${table.means.map(cell)}</tr></tbody></table></div>
<h2>Recall against threshold</h2>${lineLegend(figures)}
<div class="pictures">${figures.map((one) => figure(recallFigure(one), one.title, `Share of targets with ${one.title} below the threshold: each object, and as the thick line their mean.`))}</div>
<h2>What the numbers are</h2><ul>${legend(report).map((sentence) => html`<li>${sentence}</li>`)}</ul></main>
<footer class="soft small"><p>Written by pnp-oracle ${version}.</p></footer></body></html>
`;
  return page.text;
}

function cell({
  value,
  rule,
  interval,
  denominator,
  missing,
}: PoseReport["table"]["means"][number]): Markup {
  const range = intervalDigits(interval, rule);
  const title = `of ${denominator.count} ${denominator.of}, ${missing} without an estimate`;
  return html`<td class="number" title="${title}">${scoreDigits(value, rule)}${range === "" ? "" : html`<br><span class="soft small">${range}</span>`}</td>`;
}

/** Which colour is which object; colours come again after eight. */
function lineLegend(figures: readonly RecallFigure[]): Markup {
  const names = figures[0]?.objects.map(({ name }) => name) ?? [];
  const items = names.map(
    (name, i) =>
      html`<span class="item"><span class="swatch" style="background:var(${seriesVariable(i)})"></span>${name}</span> `,
  );
  return html`<p class="legend small">${items}<span class="item"><span class="swatch" style="background:var(--ink)"></span>mean over objects</span></p>`;
}

/** SVG of recall against threshold, for a page that has the stylesheet's colours. */
export function recallFigure(
  { title, axis: name, thresholds, objects, mean }: RecallFigure,
  size: { readonly width: number; readonly height: number } = { width: 420, height: 280 },
): string {
  const line = (recalls: Float64Array, color: string, width: number) => ({
    type: "line",
    data: Array.from(thresholds, (x, k) => [x, recalls[k]]),
    symbol: "none",
    silent: true,
    lineStyle: { color, width },
    itemStyle: { color },
  });
  return drawing(
    {
      grid: { left: 52, right: 18, top: 14, bottom: 46 },
      xAxis: axis(name, { type: "value", min: 0, max: thresholds[thresholds.length - 1] }),
      yAxis: axis("recall", { type: "value", min: 0, max: 1, nameGap: 36 }),
      series: [
        ...objects.map(({ recalls }, i) => line(recalls, seriesColour(i), 1.4)),
        line(mean.recalls, ink, 2.4),
      ],
    },
    size,
    `Recall against threshold of ${title}`,
  );
}

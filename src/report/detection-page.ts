/** A nuScenes evaluation as one self-contained page: table, and precision against recall. */
import { version } from "../conventions/version.js";
import type { DetectionReport } from "../evaluate/nuscenes.js";
import {
  detectionCounts,
  detectionMeans,
  detectionRows,
  detectionTitles,
} from "./detection-text.js";
import { axis, drawing, seriesColour, seriesVariable } from "./drawing.js";
import { figure } from "./file-section.js";
import { html, Markup } from "./markup.js";
import { stylesheet } from "./stylesheet.js";

/** HTML of a report on detections. */
export function detectionHtml(report: DetectionReport): string {
  const { results, dataset, score, warnings, notes, curves } = report;
  const cells = (row: readonly string[]) =>
    row.map((text, i) =>
      i === 0 ? html`<td>${text}</td>` : html`<td class="number">${text}</td>`,
    );
  const head = detectionTitles.map((title) => html`<th>${title.replace("\n", " ")}</th>`);
  const legend = curves.map(
    ({ name }, i) =>
      html`<span class="item"><span class="swatch" style="background:var(${seriesVariable(i)})"></span>${name}</span> `,
  );
  const picture = figure(
    precisionFigure(curves),
    "Precision against recall",
    "Of matches within 2 m on the ground plane, by class.",
  );
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>pnp-oracle evaluation of ${results}</title><style>${new Markup(stylesheet)}</style></head><body>
<header><h1>NDS ${score.nds.toFixed(3)}</h1><p>${results} on ${dataset} (nuScenes)</p><p class="soft">${detectionCounts(report)}</p></header>
<main>${warnings.map(({ name, sentence }) => html`<section class="card approximation"><div><h3>${name}</h3><p>${sentence}</p></div></section>`)}
<h2>Scores</h2><div class="scroll"><table><thead><tr>${head}</tr></thead>
<tbody>${detectionRows(report).map((row) => html`<tr>${cells(row)}</tr>`)}<tr>${cells(detectionMeans(report))}</tr></tbody></table></div>
<h2>Curves</h2><p class="legend small">${legend}</p><div class="pictures">${picture}</div>
<h2>What the numbers are</h2><ul>${notes.map((note) => html`<li>${note}</li>`)}</ul></main>
<footer class="soft small"><p>Written by pnp-oracle ${version}.</p></footer></body></html>
`;
  return page.text;
}

function precisionFigure(curves: DetectionReport["curves"]): string {
  if (curves.length === 0) return "";
  return drawing(
    {
      grid: { left: 52, right: 18, top: 14, bottom: 46 },
      xAxis: axis("recall", { type: "value", min: 0, max: 1 }),
      yAxis: axis("precision", { type: "value", min: 0, max: 1, nameGap: 36 }),
      series: curves.map(({ precision }, i) => ({
        type: "line",
        data: Array.from(precision, (p, k) => [k / 100, p]),
        symbol: "none",
        silent: true,
        lineStyle: { color: seriesColour(i), width: 1.6 },
        itemStyle: { color: seriesColour(i) },
      })),
    },
    { width: 520, height: 300 },
    "Precision against recall by class",
  );
}

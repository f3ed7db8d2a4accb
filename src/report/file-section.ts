/** The part of the page on one claims file: its claims in a table, its problems in pictures. */
import { type ClaimReport, type FileReport, passes } from "../audit/report.js";
import { seriesVariable } from "./drawing.js";
import { heatMap } from "./heat-map.js";
import { html, Markup } from "./markup.js";
import { claimAgainstTruth, errorAgainstDepth, errorPerProblem, fileSeries } from "./pictures.js";
import { count, exponent, factor } from "./wording.js";

/** A verdict as a coloured label; an expected one says so. */
export function badge({ verdict, expected }: Pick<ClaimReport, "verdict" | "expected">): Markup {
  return expected
    ? html`<span class="badge expected">${verdict}, expected</span>`
    : html`<span class="badge ${verdict}">${verdict}</span>`;
}

/** A picture with its title and caption; nothing if there is nothing to draw. */
export function figure(svg: string, title: string, caption: string): Markup {
  if (svg === "") return html``;
  const heading = title === "" ? html`` : html`<h4>${title}</h4>`;
  return html`<figure>${heading}${new Markup(svg)}<figcaption>${caption}</figcaption></figure>`;
}

/** A file's section, folded to one line unless it is to be shown or something in it fails. */
export function fileSection(file: FileReport, shown: boolean): Markup {
  const labels = new Map(
    file.claims.map((claim) => [`${claim.verdict} ${claim.expected}`, badge(claim)]),
  );
  const open = shown || !file.claims.every(passes) ? " open" : "";
  return html`<details${new Markup(open)}><summary><code>${file.file}</code> ${[...labels.values()]}</summary><div class="inside">
<p class="soft small">${file.source}</p>
<p class="soft small">Method ${file.method}, ${file.dtype}, ${extent(file)}. ${file.forward.sentence}</p>
${claimsTable(file)}
${pictures(file, shown)}</div></details>`;
}

/** How much there is: "13 problems of 8 points", "2 problems of 150 model points", "3 problems". */
function extent({ problems, correspondences, points }: FileReport): string {
  const all = count(problems, "problem");
  if (correspondences > 0) return `${all} of ${count(correspondences, "point")}`;
  return points > 0 ? `${all} of ${count(points, "model point")}` : all;
}

function claimsTable(file: FileReport): Markup {
  const rows = file.claims.map((claim, i) => {
    const number = (text: string) => html`<td class="number">${text}</td>`;
    return html`<tr><td><span class="swatch" style="background:var(${seriesVariable(i)})"></span>${claim.quantity}</td><td>${badge(claim)}</td><td title="${claim.sentence}">${claim.explanation ?? "–"}</td>${[
      exponent(claim.medianRelativeError),
      exponent(claim.worstRelativeError),
      claim.worstProblem === null ? "–" : `${claim.worstProblem}`,
      exponent(claim.explanationError),
      exponent(claim.budget),
      factor(claim.cosine),
      factor(claim.scale),
    ].map(number)}</tr>`;
  });
  const heads = [
    "median error",
    "worst error",
    "worst problem",
    "expl. error",
    "budget",
    "cosine",
    "scale",
  ];
  return html`<div class="scroll"><table><thead><tr><th>quantity</th><th>verdict</th><th>explanation</th>${heads.map((head) => html`<th class="number">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** The claim whose entries show most: the one furthest from the truth. */
function furthest(claims: readonly ClaimReport[]): number {
  return claims.reduce(
    (best, claim, i) => (claim.worstRelativeError > claims[best].worstRelativeError ? i : best),
    0,
  );
}

const isRight = ({ verdict }: ClaimReport): boolean =>
  verdict === "correct" || verdict === "rounding";

function pictures(file: FileReport, open: boolean): Markup {
  if (file.claims.length === 0) return html``;
  const series = fileSeries(file);
  const shown = furthest(file.claims);
  const claim = file.claims[shown];
  const map = heatMap(file);
  const heat =
    map.text === ""
      ? map
      : html`<figure><h4>Quantity by problem</h4>${map}<figcaption>Decimal exponent of the relative error. Green is within budget; hover for numbers.</figcaption></figure>`;
  const errors = figure(
    errorPerProblem(file),
    "Error of each problem",
    "Dots: distance from the truth. Rings: distance from the explanation. Dashes: budget.",
  );
  // Where all is right there is nothing to compare, and pictures are most of what a page costs.
  if (file.claims.every(isRight)) return html`<div class="pictures">${errors}${heat}</div>`;
  return html`<div class="pictures">${[
    errors,
    figure(
      claimAgainstTruth(claim, series[shown].colour),
      `Claim against truth: ${claim.quantity}`,
      "Dots: claimed entries; on the line they are right. Rings: the explanation.",
    ),
    // The finding's own picture holds these already, of all its files.
    ...(open
      ? [
          figure(
            errorAgainstDepth(series),
            "Error against depth spread",
            "Dots: distance from the truth. Rings: distance from the explanation.",
          ),
        ]
      : []),
    heat,
  ]}</div>`;
}

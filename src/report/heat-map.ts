/** The heat map of a file: every quantity on every problem, coloured by its error. */
import type { FileReport } from "../audit/report.js";
import { html, type Markup } from "./markup.js";
import { exponent } from "./wording.js";

/** Colour class of an error: within budget, or by its decade above 1e-12. */
function heat(error: number, budget: number): string {
  if (error <= budget) return "h0";
  if (!(error < 1)) return "h7";
  const decade = Math.log10(Math.max(error, 1e-12));
  return `h${1 + Math.floor((decade + 12) / 2)}`;
}

/** A table whose cells are coloured from within budget to wrong at first sight; "" without problems. */
export function heatMap(file: FileReport): Markup {
  const claims = file.claims.filter(({ perProblem }) => perProblem.length > 0);
  const columns = Math.max(0, ...claims.map(({ perProblem }) => perProblem.length));
  if (columns === 0) return html``;
  const rows = claims.map(({ quantity, perProblem }) => {
    const cells = perProblem.map(({ relativeError, budget }, problem) => {
      const text = `${quantity}, problem ${problem}: error ${exponent(relativeError)}, budget ${exponent(budget)}`;
      return html`<td class="${heat(relativeError, budget)}" title="${text}">${relativeError === 0 ? "0" : exponent(relativeError).replace(/^.*e/, "")}</td>`;
    });
    return html`<tr><th scope="row">${quantity}</th>${cells}</tr>`;
  });
  const heads = Array.from({ length: columns }, (_, i) => html`<th scope="col">${i}</th>`);
  return html`<div class="scroll"><table class="heat"><thead><tr><th></th>${heads}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

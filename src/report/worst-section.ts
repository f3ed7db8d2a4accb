/** The part of the page on the worst problem: drawn, its conditioning, its sweeps, and how to see it again. */
import {
  type AuditReport,
  type ClaimReport,
  type FileReport,
  passes,
  type WorstProblem,
} from "../audit/report.js";
import { differencePicture, remainderPicture } from "./curves.js";
import { eigenvaluePicture } from "./eigenvalue-picture.js";
import { badge, figure } from "./file-section.js";
import { html, type Markup } from "./markup.js";
import { problemPicture } from "./problem-picture.js";
import { exponent, factor } from "./wording.js";

interface Shown {
  readonly file: FileReport;
  readonly claim: ClaimReport;
  readonly worst: WorstProblem;
}

/** The worst problem of these files as a section; nothing if no claim is of single problems. */
export function worstSection(report: AuditReport): Markup {
  const candidates = report.files.flatMap((file): Shown[] => {
    const { worst } = file;
    const claim = worst && file.claims.find(({ quantity }) => quantity === worst.quantity);
    return claim ? [{ file, claim, worst }] : [];
  });
  if (candidates.length === 0) return html``;
  const shown = candidates.reduce((a, b) => (gravity(b) > gravity(a) ? b : a));
  const { file, claim, worst } = shown;
  const good = claim.verdict === "correct" || claim.verdict === "rounding";
  const title = good ? "The problem nearest to its budget" : "The worst problem";
  const drawn = problemPicture(worst);
  return html`<h2>${title}</h2><section class="worst"><p>${badge(claim)} <b>${worst.quantity}</b> of problem ${worst.problem} in <code>${file.file}</code>${cause(claim)}</p>
<div class="pictures">${[
    drawn ? figure(drawn.svg, "As the camera sees it", drawn.caption) : html``,
    sweeps(worst, good),
    conditioning(shown),
  ]}</div>${reproduction(worst, file)}</section>`;
}

function cause({ explanation }: ClaimReport): string {
  return explanation === null ? "" : `: ${explanation}`;
}

/** What fails first, then what is not right, then by how far it is beyond its budget. */
function gravity({ claim, worst }: Shown): number {
  const finding = claim.perProblem[worst.problem];
  const right = claim.verdict === "correct" || claim.verdict === "rounding";
  const ratio = finding ? finding.relativeError / finding.budget : 0;
  const beyond = Number.isNaN(ratio) ? 1 : ratio / (1 + ratio);
  return (passes(claim) ? 0 : 4) + (claim.verdict === "wrong" ? 2 : 0) + (right ? 0 : 1) + beyond;
}

function sweeps({ sweep }: WorstProblem, good: boolean): Markup[] {
  if (!sweep) return [];
  const legend = good ? "Green: truth. Red: claim, which lies on it." : "Green: truth. Red: claim.";
  const slopes = `slope ${factor(rounded(sweep.claimSlope))} of the claim, ${factor(rounded(sweep.truthSlope))} of the truth`;
  return [
    figure(
      remainderPicture(sweep),
      `Taylor remainder: ${slopes}`,
      `${legend} What is left of a true derivative falls like h² (lower dashes), of anything else like h (upper dashes), until doubles end.`,
    ),
    figure(
      differencePicture(sweep),
      "Central differences against claim and truth",
      `${legend} Differences approach the truth as steps shrink, until rounding takes over; a claim that is right goes with them.`,
    ),
  ];
}

const rounded = (slope: number): number => Math.round(10 * slope) / 10;

/** What makes a problem lose digits, in numbers and as the spectrum of its Hessian. */
function conditioning({ claim, worst, file }: Shown): Markup {
  const finding = claim.perProblem[worst.problem];
  if (!finding) return html``;
  const { eigenvalues } = worst;
  const condition = eigenvalues.length > 0 ? eigenvalues[5] / eigenvalues[0] : Number.NaN;
  const known = (value: number, text: string) => (Number.isNaN(value) ? "–" : text);
  const rows: [string, string][] = [
    ["relative error", exponent(finding.relativeError)],
    ["budget of rounding and conditioning", exponent(finding.budget)],
    ["disagreement of the truth's two routes", exponent(finding.truthError)],
    [
      "condition of the scaled Hessian",
      known(condition, condition > 0 ? factor(Number(condition.toPrecision(3))) : "a saddle"),
    ],
    [
      "greatest over least depth",
      known(finding.depthRatio, factor(Number(finding.depthRatio.toPrecision(4)))),
    ],
    ["root mean square residual", known(finding.rms, `${exponent(finding.rms)} px`)],
    ["distance of the poses from their minima", exponent(file.forward.poseDistance)],
  ];
  return html`<figure class="panel"><h4>Conditioning</h4><table>${rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td class="number">${value}</td></tr>`)}</table>${figure(
    eigenvaluePicture(eigenvalues),
    "",
    "Eigenvalues of the cost's Hessian, scaled to a unit diagonal: a short bar is a motion that the points hardly see.",
  )}</figure>`;
}

/** Claims of the one problem, and the commands that audit them. */
function reproduction({ reproduction, quantity, problem }: WorstProblem, file: FileReport): Markup {
  if (reproduction === null)
    return html`<p class="soft small">This claim is not one problem's alone, or too large to print: audit the whole file with <code>npx pnp-oracle audit ${quoted(file.file)}</code>.</p>`;
  // No line of JSON is the bare word, since strings cannot break a line.
  const script = `cat > worst-problem.json <<'CLAIMS'\n${reproduction}CLAIMS\nnpx pnp-oracle audit worst-problem.json\n`;
  return html`<details class="reproduce"><summary>Reproduce ${quantity} of problem ${problem}: paste this into a shell</summary><pre>${script}</pre></details>`;
}

/** A word of a shell. */
function quoted(name: string): string {
  return /^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}

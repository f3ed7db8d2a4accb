/** `pnp-oracle explain [ID]`: an equation, or an explanation of the audit, in words. */
import { type GlossaryEntry, glossary } from "../audit/glossary.js";
import { type Equation, equations, type Place } from "../catalogue/index.js";
import { nearestNames } from "../formats/nearest-name.js";
import { prose } from "../report/table.js";
import { CommandError } from "./failure.js";

/** `pnp-oracle explain [ID]`; resolves to the exit code. */
export function explainCommand(id: string | undefined): number {
  process.stdout.write(explained(id));
  return 0;
}

const width = 100;

/**
 * Text on an equation or an explanation; the list of all without an id.
 *
 * @throws CommandError naming the nearest ids if there is none.
 */
export function explained(id: string | undefined): string {
  if (id === undefined) return everything();
  const wanted = id.trim().toLowerCase();
  const equation = equations.find((candidate) => candidate.id.toLowerCase() === wanted);
  if (equation) return equationText(equation);
  const entries = glossary();
  const parts = wanted.split("+").map((slug) => entries.filter((e) => e.slug === slug));
  if (parts.every((part) => part.length > 0)) return parts.map(explanationText).join("\n");
  const known = [...equations.map((e) => e.id), ...new Set(entries.map((e) => e.slug))];
  const near = nearestNames(wanted, known);
  const suggestion =
    near.length > 0 ? `did you mean ${near.join(", ")}?` : "`pnp-oracle explain` lists all";
  throw new CommandError(`explain: there is no equation or explanation "${id}"; ${suggestion}`);
}

function everything(): string {
  const widest = Math.max(...equations.map(({ id }) => id.length));
  const rows = equations.map(({ id, name }) => `  ${id.padEnd(widest)}  ${name}`);
  const verdicts = new Map<string, Set<string>>();
  for (const { slug, kind } of glossary())
    verdicts.set(slug, (verdicts.get(slug) ?? new Set()).add(verdictOf[kind]));
  const longest = Math.max(...[...verdicts.keys()].map((slug) => slug.length));
  const slugs = [...verdicts].map(
    ([slug, all]) => `  ${slug.padEnd(longest)}  ${[...all].join(" or ")}`,
  );
  return `Equations:\n${rows.join("\n")}\n\nExplanations of an audit:\n${slugs.join("\n")}\n`;
}

/** The verdict that an explanation of each kind leads to. */
const verdictOf = {
  convention: "correct-under-convention",
  approximation: "approximation",
  wrong: "wrong",
} as const;

/** All meanings of one name. */
function explanationText(meanings: readonly GlossaryEntry[]): string {
  const stated = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  const sections = meanings.flatMap(({ methods, kind, sentence, remedy, formula, seen }) => [
    section("Claimed for", [methods.join(", ")]),
    section("Verdict", [verdictOf[kind]]),
    section("What is computed instead", [stated(sentence), formula]),
    section("What to do", [stated(remedy)]),
    section("Where it was seen", seen === "" ? [] : [stated(seen)]),
  ]);
  return `${meanings[0].slug}\n${sections.join("")}`;
}

function indented(text: string): string {
  return prose(text, width - 2)
    .map((line) => `  ${line}`)
    .join("\n");
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `\n${title}\n${lines.map(indented).join("\n")}\n`;
}

const placeText = ({ file, exports }: Place) =>
  exports.length > 0 ? `${file}: ${exports.join(", ")}` : file;

function equationText(equation: Equation): string {
  const places = [
    equation.definition && `definition  ${placeText(equation.definition)}`,
    equation.kernel && `kernel      ${placeText(equation.kernel)}`,
    equation.stage && `stage       ${placeText(equation.stage)}`,
    ...equation.specs.map((spec) => `spec        ${spec}`),
  ].filter((line) => line !== undefined);
  return [
    `${equation.id}: ${equation.name}\n`,
    // The formula's own lines and spaces carry meaning.
    `\n${equation.formula.replace(/^/gm, "    ")}\n`,
    section("Derivatives", equation.derivatives === "" ? [] : [equation.derivatives]),
    section("Edge cases", equation.edges),
    section("Checks", equation.checks),
    section("Sources", equation.sources),
    section("Where", places),
  ].join("");
}

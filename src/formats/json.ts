/** Claims as JSON: the fields, and nested lists under "input" and "claim". */
import {
  type ClaimArray,
  type Claims,
  claimsFields,
  claimsOf,
  isRecord,
  type Purpose,
} from "./claims.js";
import { FormatError, shown } from "./format-error.js";
import { jsonHazard } from "./json-hazard.js";
import { defaultLimits, type ReadLimits } from "./limits.js";
import { arrayOfLists, listsText, type NumberStyle } from "./nested-list.js";

/**
 * Claims from JSON text.
 *
 * @throws FormatError if the text is no JSON, or as arrayOfLists and claimsOf do.
 */
export function readClaimsJson(
  text: string,
  file: string,
  purpose: Purpose = "claims",
  limits: ReadLimits = defaultLimits,
): Claims {
  return claimsOfJson(parsedJson(text, file, "file", limits), file, purpose, limits);
}

/** Claims from a parsed JSON value; `where` is its place in the file, for errors. */
export function claimsOfJson(
  value: unknown,
  file: string,
  purpose: Purpose,
  limits: ReadLimits,
  where = "",
): Claims {
  if (!isRecord(value)) throw new FormatError(file, where || "file", "a JSON object", shown(value));
  const { input, claim, ...fields } = value;
  const arrays = (side: string, lists: unknown) => {
    const found = new Map<string, ClaimArray>();
    if (!isRecord(lists))
      throw new FormatError(
        file,
        where + side,
        "an object of arrays by name",
        shown(lists ?? null),
      );
    for (const [name, list] of Object.entries(lists))
      found.set(name, arrayOfLists(list, file, `${where}${side}/${name}`, limits.axes));
    return found;
  };
  const content = {
    fields,
    input: arrays("input", input),
    claim: claim === undefined && purpose === "problems" ? new Map() : arrays("claim", claim),
  };
  return claimsOf(content, file, purpose, where);
}

/**
 * A JSON text's value.
 *
 * @throws FormatError if the text is no JSON, too long, too deep, or names a member twice.
 */
export function parsedJson(text: string, file: string, where: string, limits: ReadLimits): unknown {
  if (text.length > limits.text)
    throw new FormatError(file, where, `at most ${limits.text} characters`, `${text.length}`);
  // Before parsing: nesting as deep as the text is long would take all memory there is.
  const hazard = jsonHazard(text, limits.axes + 8);
  if (hazard) throw new FormatError(file, where, hazard.expected, hazard.got);
  try {
    return JSON.parse(text);
  } catch (error) {
    const bare = /(?<![\w"])(?:NaN|-?Infinity)(?![\w"])/.exec(text);
    const expected = bare ? `JSON, where ${bare[0]} is written "${bare[0]}"` : "JSON";
    throw new FormatError(file, where, expected, (error as Error).message);
  }
}

/** Claims as JSON text, a line for each problem of each array. */
export function writeClaimsJson(
  claims: Claims,
  options: { readonly numbers?: NumberStyle } = {},
): string {
  const fields = Object.entries(claimsFields(claims)).map(
    ([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  );
  const arrays = (["input", "claim"] as const).map((side) => {
    const members = Object.entries(claims[side]).map(
      ([name, array]) => `${JSON.stringify(name)}: ${listsText(array, options.numbers)}`,
    );
    return `"${side}": {\n${members.join(",\n")}\n}`;
  });
  return `{\n${[...fields, ...arrays].join(",\n")}\n}\n`;
}

/**
 * Claims as NDJSON: one problem a line, each line an object like a claims file's whose arrays are
 * those of a single problem, with or without the leading batch axis of length one.
 *
 * A first line without "input" states fields for all lines. Lines may carry an "id", which is not
 * kept. Problems alike in fields, names and shapes become one batch, in the order of the lines.
 */
import { type ClaimArray, type Claims, claimsFields, isRecord, type Purpose } from "./claims.js";
import { FormatError, shapeText, shown } from "./format-error.js";
import { claimsOfJson, parsedJson } from "./json.js";
import { defaultLimits, type ReadLimits } from "./limits.js";
import { methods } from "./methods.js";

/**
 * The batches of an NDJSON text, one for each number of correspondences (or other difference).
 *
 * @throws FormatError naming the line.
 */
export function readClaimsLines(
  text: string,
  file: string,
  purpose: Purpose = "claims",
  limits: ReadLimits = defaultLimits,
): Claims[] {
  if (text.length > limits.text)
    throw new FormatError(file, "file", `at most ${limits.text} characters`, `${text.length}`);
  let shared: Record<string, unknown> = {};
  const batches = new Map<string, Claims[]>();
  text.split("\n").forEach((line, index) => {
    if (line.trim() === "") return;
    const where = `line ${index + 1}`;
    const value = parsedJson(line, file, where, limits);
    if (!isRecord(value)) throw new FormatError(file, where, "a JSON object", shown(value));
    const { id: _, ...fields } = value;
    if (batches.size === 0 && fields.input === undefined) {
      shared = { ...shared, ...fields };
      return;
    }
    const content = { ...shared, ...fields };
    const problem = oneProblem(
      claimsOfJson(content, file, purpose, limits, `${where} `),
      file,
      where,
    );
    const key = likeness(problem);
    const batch = batches.get(key);
    if (batch) batch.push(problem);
    else batches.set(key, [problem]);
  });
  if (batches.size === 0) throw new FormatError(file, "file", "a problem a line", "no problem");
  return [...batches.values()].map(joined);
}

/** Claims for one problem, every array with a leading batch axis of length one. */
function oneProblem(claims: Claims, file: string, where: string): Claims {
  const { inputs, quantities } = methods[claims.method];
  const batched = (
    side: "input" | "claim",
    axes: Readonly<Record<string, readonly string[]>>,
  ): Record<string, ClaimArray> =>
    Object.fromEntries(
      Object.entries(claims[side]).map(([name, { shape, data }]) => {
        const rank = axes[name].length;
        const whole = shape.length === rank - 1 ? [1, ...shape] : shape;
        if (whole.length !== rank || whole[0] !== 1)
          throw new FormatError(
            file,
            `${where} ${side}/${name}`,
            `one problem, axes ${axes[name].join(", ").replace("?", "")} with B = 1 or left out`,
            `shape ${shapeText(shape)}`,
          );
        return [name, { shape: whole, data }];
      }),
    );
  // Over one problem, a mean and a sum are the same; over the batch they would not be.
  const { reduction: _, ...convention } = claims.convention;
  return {
    ...claims,
    convention,
    input: batched("input", inputs),
    claim: batched("claim", quantities),
  };
}

/** Equal for problems that fit into one batch. */
function likeness(claims: Claims): string {
  const shapes = (arrays: Claims["input"]) =>
    Object.keys(arrays)
      .sort()
      .map((name) => [name, arrays[name].shape]);
  return JSON.stringify([claimsFields(claims), shapes(claims.input), shapes(claims.claim)]);
}

/** Problems that are alike as one batch. */
function joined(problems: readonly Claims[]): Claims {
  const joinedArrays = (side: "input" | "claim") =>
    Object.fromEntries(
      Object.entries(problems[0][side]).map(([name, { shape, data }]) => {
        const all = new Float64Array(problems.length * data.length);
        problems.forEach((problem, b) => {
          all.set(problem[side][name].data, b * data.length);
        });
        return [name, { shape: [problems.length, ...shape.slice(1)], data: all }];
      }),
    );
  return { ...problems[0], input: joinedArrays("input"), claim: joinedArrays("claim") };
}

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

/** Where an array's problems are counted; −1 for a number that a whole file has one of. */
const batchAxis = (axes: readonly string[]): number =>
  axes.findIndex((axis) => axis === "B" || axis === "B?");

/** Claims for one problem, every array that counts problems with a batch axis of length one. */
function oneProblem(claims: Claims, file: string, where: string): Claims {
  const { inputs, quantities } = methods[claims.method];
  const batched = (
    side: "input" | "claim",
    axes: Readonly<Record<string, readonly string[]>>,
  ): Record<string, ClaimArray> =>
    Object.fromEntries(
      Object.entries(claims[side]).map(([name, { shape, data }]) => {
        const rank = axes[name].length;
        const at = batchAxis(axes[name]);
        if (at < 0) return [name, { shape, data }];
        const whole = shape.length === rank - 1 ? shape.toSpliced(at, 0, 1) : shape;
        if (whole.length !== rank || whole[at] !== 1)
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

/** Equal for problems, of batch one each, that fit into one batch. */
export function likeness(claims: Claims): string {
  const { inputs } = methods[claims.method];
  const shapes = (arrays: Claims["input"]) =>
    Object.keys(arrays)
      .sort()
      .map((name) => [
        name,
        arrays[name].shape,
        // What a file has one of, a batch has one of: other numbers make another batch.
        ...(inputs[name] && batchAxis(inputs[name]) < 0 ? arrays[name].data : []),
      ]);
  return JSON.stringify([claimsFields(claims), shapes(claims.input), shapes(claims.claim)]);
}

/** Problems that are alike, of batch one each, as one batch. */
export function joined(problems: readonly Claims[]): Claims {
  const { inputs, quantities } = methods[problems[0].method];
  const joinedArrays = (
    side: "input" | "claim",
    axes: Readonly<Record<string, readonly string[]>>,
  ) =>
    Object.fromEntries(
      Object.entries(problems[0][side]).map(([name, { shape, data }]) => {
        const at = batchAxis(axes[name]);
        if (at < 0) return [name, { shape, data }];
        const all = new Float64Array(problems.length * data.length);
        const inner = shape.slice(at + 1).reduce((product, n) => product * n, 1);
        problems.forEach((problem, b) => {
          const own = problem[side][name].data;
          for (let from = 0, row = b; from < own.length; from += inner, row += problems.length)
            all.set(own.subarray(from, from + inner), row * inner);
        });
        return [name, { shape: shape.with(at, problems.length), data: all }];
      }),
    );
  return {
    ...problems[0],
    input: joinedArrays("input", inputs),
    claim: joinedArrays("claim", quantities),
  };
}

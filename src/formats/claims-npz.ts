/** Claims as an .npz archive: arrays input/NAME and claim/NAME, and the other fields in "meta". */
import { type ClaimArray, type Claims, claimsFields, claimsOf, type Purpose } from "./claims.js";
import { FormatError, oneOf, shapeText, shown } from "./format-error.js";
import { parsedJson } from "./json.js";
import { defaultLimits, type ReadLimits } from "./limits.js";
import { readNpz, writeNpz } from "./npz.js";

/**
 * Claims from an .npz archive. A problems file may do without "meta".
 *
 * @throws FormatError as readNpz and claimsOf do, or if "meta" is no JSON object in a 0-d string.
 */
export function readClaimsNpz(
  bytes: Uint8Array,
  file: string,
  purpose: Purpose = "claims",
  limits: ReadLimits = defaultLimits,
): Claims {
  const input = new Map<string, ClaimArray>();
  const claim = new Map<string, ClaimArray>();
  let fields: unknown = purpose === "problems" ? {} : undefined;
  for (const [name, array] of readNpz(bytes, file, limits)) {
    const fail = (expected: string, got: string): never => {
      throw new FormatError(file, name, expected, got);
    };
    if (name === "meta") {
      if (array.kind !== "text" || array.shape.length > 0)
        return fail("one string, 0-d", `shape ${shapeText(array.shape)} of ${array.descr}`);
      fields = parsedJson(array.data[0], file, name, limits);
      continue;
    }
    const [, side, bare] = /^(input|claim)\/([^/]+)$/.exec(name) ?? fail(names, shown(name));
    if (array.kind === "text") return fail("numbers", `text (${array.descr})`);
    (side === "input" ? input : claim).set(bare, { shape: array.shape, data: array.data });
  }
  if (fields === undefined)
    throw new FormatError(file, "archive", 'an array "meta" with the method as JSON', "none");
  return claimsOf({ fields, input, claim }, file, purpose);
}

const names = oneOf(["meta", "input/NAME", "claim/NAME"]);

/** Claims as an .npz archive that numpy.load reads, the arrays as <f8. */
export function writeClaimsNpz(
  claims: Claims,
  options: { readonly compressed?: boolean } = {},
): Uint8Array {
  const arrays = [
    ...Object.entries(claims.input).map(([name, array]) => [`input/${name}`, array] as const),
    ...Object.entries(claims.claim).map(([name, array]) => [`claim/${name}`, array] as const),
  ];
  const meta = { shape: [], data: [JSON.stringify(claimsFields(claims))] };
  return writeNpz([["meta", meta], ...arrays], options);
}

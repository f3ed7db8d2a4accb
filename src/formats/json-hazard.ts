/**
 * What JSON.parse would do in silence or die of: a member named twice (the last one wins), and
 * nesting without end (memory).
 */

/** Most members of one object: claims have some tens, and a set of millions takes memory, too. */
const mostMembers = 1000;

/**
 * The first hazard of a JSON text, or undefined. A text that is no JSON is left to the parser.
 *
 * @param depth deepest nesting of lists and objects allowed
 */
export function jsonHazard(
  text: string,
  depth: number,
): { readonly expected: string; readonly got: string } | undefined {
  /** Member names seen so far in each open object; null for an open list. */
  const open: (Set<string> | null)[] = [];
  let atName = false;
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (character === quote) {
      const begin = i++;
      while (i < text.length && text.charCodeAt(i) !== quote)
        i += text.charCodeAt(i) === backslash ? 2 : 1;
      const names = open[open.length - 1];
      if (atName && names) {
        const name = unescaped(text.slice(begin, i + 1));
        if (names.has(name)) return { expected: "members that occur once", got: `${name} twice` };
        if (names.size === mostMembers)
          return { expected: `at most ${mostMembers} members`, got: "an object with more" };
        names.add(name);
      }
      atName = false;
    } else if (character === openBrace || character === openBracket) {
      if (open.length === depth) return { expected: `at most ${depth} levels`, got: "more" };
      atName = character === openBrace;
      open.push(atName ? new Set() : null);
    } else if (character === closeBrace || character === closeBracket) {
      open.pop();
    } else if (character === comma) {
      atName = open.length > 0 && open[open.length - 1] !== null;
    }
  }
  return undefined;
}

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

/** A quoted name with its escapes undone, so that "\\u0061" and "a" are the same name. */
function unescaped(quoted: string): string {
  if (!quoted.includes("\\")) return quoted;
  try {
    return JSON.stringify(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}

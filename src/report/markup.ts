/** HTML in which every inserted text is escaped, unless it is markup made here. */

/** Finished HTML. */
export class Markup {
  constructor(readonly text: string) {}
}

type Insert = Markup | string | number | readonly Insert[];

/** A template whose inserts are escaped; markup and lists of it go in as they are. */
export function html(parts: TemplateStringsArray, ...inserts: Insert[]): Markup {
  return new Markup(
    parts.map((part, i) => part + (i < inserts.length ? inserted(inserts[i]) : "")).join(""),
  );
}

function inserted(insert: Insert): string {
  if (insert instanceof Markup) return insert.text;
  if (Array.isArray(insert)) return insert.map(inserted).join("");
  return escaped(String(insert));
}

/** Text made harmless in HTML, in attributes too. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A reader of the part of XML 1.0 that reports are written in, which takes nothing that is not XML. */

export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly (Element | string)[];
}

const declaration = /^<\?xml version="1\.0" encoding="UTF-8"\?>\s*/;
const name = "[A-Za-z_][\\w.-]*";
const start = new RegExp(`<(${name})((?:\\s+${name}="[^"<]*")*)\\s*(/?)>`, "y");
const end = new RegExp(`</(${name})\\s*>`, "y");
const characters = /[^<]+/y;
const illegal = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** The root element. @throws Error saying what is not XML. */
export function parsedXml(document: string): Element {
  const fail = (why: string): never => {
    throw new Error(`not XML: ${why}`);
  };
  if (illegal.test(document)) fail("a character that XML does not have");
  const source = document.replace(declaration, "").trimEnd();
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(source);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const plain = (raw: string): string => {
    if (raw.includes("]]>")) fail("]]> in text");
    return raw.replace(/&([^;&]*;?)/g, (all, inside) => {
      const code = /^#(\d+);$/.exec(inside);
      return code ? String.fromCodePoint(Number(code[1])) : fail(`the reference ${all}`);
    });
  };
  const element = (): Element => {
    const opened = match(start) ?? fail(`a tag at ${at}`);
    const attributes = new Map<string, string>();
    for (const [, key, value] of opened[2].matchAll(/([\w.-]+)="([^"]*)"/g)) {
      if (attributes.has(key)) fail(`${key} twice`);
      // What is not written as a reference is read as a space.
      attributes.set(key, plain(value.replace(/[\t\n\r]/g, " ")));
    }
    const children: (Element | string)[] = [];
    const own = { name: opened[1], attributes, children };
    if (opened[3] === "/") return own;
    for (;;) {
      const text = match(characters);
      if (text) children.push(plain(text[0]));
      const closed = match(end);
      if (closed) return closed[1] === own.name ? own : fail(`</${closed[1]}> for <${own.name}>`);
      if (at >= source.length) fail(`<${own.name}> without an end`);
      children.push(element());
    }
  };
  const root = element();
  return at === source.length ? root : fail("something after the root");
}

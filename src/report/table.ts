/** Tables in plain text: cells wrap at spaces, hyphens, plus signs and commas; ANSI styles take no width. */

/** One column: its title (lines separated by "\n") and its width in characters. */
export interface Column {
  readonly title: string;
  readonly width: number;
  readonly align?: "left" | "right";
}

/** A cell: text, and a style put around each of its lines after they are laid out. */
export interface Cell {
  readonly text: string;
  readonly style?: (line: string) => string;
}

/** Prose broken at spaces into lines of at most `width` characters; longer words are cut. */
export function prose(text: string, width: number): string[] {
  return laidOut(text, width, /\S+\s*|\s+/g);
}

/** A cell broken at spaces and after hyphens, plus signs, commas and slashes. */
export function wrapped(text: string, width: number): string[] {
  return laidOut(text, width, /[^\s\-+,/]*[-+,/]*\s*|\s+/g);
}

function laidOut(text: string, width: number, pieces: RegExp): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const piece of paragraph.match(pieces) ?? []) {
      if (length(line + piece.trimEnd()) > width && line !== "") {
        lines.push(line.trimEnd());
        line = "";
      }
      line += piece;
      while (length(line.trimEnd()) > width) {
        lines.push([...line].slice(0, width).join(""));
        line = [...line].slice(width).join("");
      }
    }
    lines.push(line.trimEnd());
  }
  return lines;
}

/** Characters of a text, one for each code point. */
export function length(text: string): number {
  let n = 0;
  for (const _ of text) n++;
  return n;
}

/** Lines of one row, two spaces between columns. */
export function tableRow(columns: readonly Column[], cells: readonly Cell[]): string[] {
  const laid = columns.map(({ width }, i) => wrapped(cells[i]?.text ?? "", width));
  const height = Math.max(...laid.map((lines) => lines.length));
  return Array.from({ length: height }, (_, row) =>
    columns
      .map(({ width, align }, i) => {
        const line = laid[i][row] ?? "";
        const space = " ".repeat(Math.max(0, width - length(line)));
        const styled = line === "" ? "" : (cells[i]?.style?.(line) ?? line);
        return align === "right" ? space + styled : styled + space;
      })
      .join("  ")
      .trimEnd(),
  );
}

/** Lines of the heading: titles at the bottom of their cells. */
export function tableHeading(
  columns: readonly Column[],
  style: (line: string) => string,
): string[] {
  const height = Math.max(...columns.map(({ title }) => title.split("\n").length));
  return tableRow(
    columns,
    columns.map(({ title }) => {
      const lines = title.split("\n");
      return { text: "\n".repeat(height - lines.length) + title, style };
    }),
  );
}

/** Width of a row. */
export function tableWidth(columns: readonly Column[]): number {
  return columns.reduce((sum, { width }) => sum + width, 2 * (columns.length - 1));
}

/**
 * What a study is: cells that are measured over seeds, and what the documents print beside them.
 *
 * Adding one is one file that exports a `Study`, and its line in studies.ts.
 */

/** Settings of a study: everything but the seed that its numbers depend on, as JSON. */
export interface StudySettings {
  /** Repetitions of each cell, each with a seed of its own; ≥ 1. */
  readonly repetitions: number;
  readonly [name: string]: number | string | readonly number[];
}

/** One number or curve of a cell, by name. Not a number where there was nothing to measure. */
export type Measures = Readonly<Record<string, number | readonly number[]>>;

/** One combination of factors. */
export interface Cell {
  /** Unique in the study, such as "N=100/loss=LC". */
  readonly id: string;
  /** Its factors, by name. */
  readonly factors: Readonly<Record<string, number | string>>;
}

/** A number that a document prints. */
export interface PrintedNumber {
  readonly cell: string;
  readonly measure: string;
  readonly value: number;
  /** Key of docs/references.md and the place in the work. */
  readonly source: string;
}

/** A curve of a figure: one measure over a factor of scalar cells, or a measure that is a list. */
export interface FigureSeries {
  readonly name: string;
  readonly cells: readonly string[];
  readonly measure: string;
  /** A measure of abscissas, entry by entry, in place of the figure's: a path in the plane, broken at what is NaN. */
  readonly across?: string;
}

export interface Figure {
  readonly name: string;
  readonly caption: string;
  readonly x: string;
  readonly y: string;
  /** Abscissas [one a cell, or one an entry of the list]; none where series have their own. */
  readonly at: readonly number[];
  readonly logarithmic?: boolean;
  /** Whether y points down, as rows of an image do. */
  readonly downward?: boolean;
  readonly series: readonly FigureSeries[];
}

export interface Study<S extends StudySettings = StudySettings> {
  readonly name: string;
  /** What it asks, in a sentence. */
  readonly sentence: string;
  /** Raised when the same settings and seed give other numbers: older results are then not reused. */
  readonly revision: number;
  readonly full: S;
  /** A second or two, for tests and a first look. */
  readonly quick: S;
  cells(settings: S): readonly Cell[];
  /** Measures of a cell for a named random stream; the same bits at every call, but for times. */
  measure(cell: Cell, settings: S, stream: string): Measures;
  readonly printed: readonly PrintedNumber[];
  figures(settings: S): readonly Figure[];
  /** What its numbers show, and what they do not. */
  readonly remarks: readonly string[];
}

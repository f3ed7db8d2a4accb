/** A function of the project: its file and the names it is exported under. */
export interface Place {
  readonly file: string;
  readonly exports: readonly string[];
}

/** What the project knows about one equation of the literature. */
export interface Equation {
  /** Id in the project's catalogue, such as "GEO-4". */
  readonly id: string;
  readonly name: string;
  /** The equation, in plain text and the paper's letters; may have several lines. */
  readonly formula: string;
  /** Which derivatives are offered, and with respect to what. */
  readonly derivatives: string;
  /** Inputs that break a naive implementation, each with what happens here. */
  readonly edges: readonly string[];
  /** Checks that share no code path with the implementation. */
  readonly checks: readonly string[];
  /** Keys of docs/references.md, each with the place in the work. */
  readonly sources: readonly string[];
  /** The trusted statement, in any scalar. Absent where the equation is an algorithm or a rule. */
  readonly definition?: Place;
  /** The same in doubles. */
  readonly kernel?: Place;
  /** Where it is used on checked data. */
  readonly stage?: Place;
  /** Specs that test it. */
  readonly specs: readonly string[];
}

/** A place in few words. */
export const place = (file: string, ...exports: string[]): Place => ({ file, exports });

/** Conformance vectors of pnp-oracle, for vitest or any other runner: copy this file beside your specs. */
import { readFileSync } from "node:fs";

/** Numbers in lists, as deep as an array has axes. */
export type Numbers = number | readonly Numbers[];

export interface VectorCase {
  readonly id: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly result: "valid" | "refused";
  readonly input: Readonly<Record<string, Numbers>>;
  readonly truth?: Readonly<Record<string, Truth>>;
  readonly quantities?: readonly string[];
  readonly reason?: string;
}

interface Truth {
  readonly decimal: unknown;
  readonly double: Numbers;
  readonly tolerance: number;
  readonly blocks: readonly { range: readonly [number, number][]; allowed: number }[];
}

/** Yours: quantities from inputs; it throws where there is no answer. */
export type Compute = (
  input: VectorCase["input"],
  want: readonly string[],
) => Readonly<Record<string, Numbers>>;

/** The cases of a file that are about some quantities, or all. */
export function vectorCases(path: string | URL, quantities?: readonly string[]): VectorCase[] {
  const file = JSON.parse(readFileSync(path, "utf8"));
  if (file.schema !== "pnp-oracle/vectors@1")
    throw new RangeError(`vectorCases: expected pnp-oracle/vectors@1, got ${file.schema}`);
  return file.cases.filter((one: VectorCase) => wanted(one, quantities).length > 0);
}

const wanted = (one: VectorCase, quantities?: readonly string[]): string[] =>
  [...(one.quantities ?? Object.keys(one.truth ?? {}))].filter(
    (name) => quantities?.includes(name) ?? true,
  );

/** What is wrong with the answer to a case, in sentences. */
export function failures(
  one: VectorCase,
  compute: Compute,
  quantities?: readonly string[],
): string[] {
  const want = wanted(one, quantities);
  let answer: Readonly<Record<string, Numbers>>;
  try {
    answer = compute(one.input, want);
  } catch (refusal) {
    return one.result === "refused" ? [] : [`expected ${want.join(", ")}, got ${refusal}`];
  }
  if (one.result === "refused") return [`expected a refusal (${one.reason}), got numbers`];
  return want.flatMap((name) => {
    const { double, blocks } = one.truth![name];
    return blocks.flatMap(({ range, allowed }) => {
      const [got, truth] = [part(answer[name], range), part(double, range)];
      const error = Math.hypot(...truth.map((v, k) => got[k] - v));
      if (got.length === truth.length && error <= allowed) return [];
      return [`${name} ${JSON.stringify(range)}: off by ${error}, allowed ${allowed}`];
    });
  });
}

/** The numbers of a part of an array, flat. */
function part(of: Numbers, [axis, ...rest]: readonly [number, number][]): number[] {
  if (axis === undefined) return [of as number];
  return (of as readonly Numbers[]).slice(...axis).flatMap((item) => part(item, rest));
}

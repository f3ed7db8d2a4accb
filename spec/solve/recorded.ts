import { readFileSync } from "node:fs";

/** Numbers recorded from published solvers: fixtures/recorded, made by fixtures/convert-poses.ts. */
export interface RecordedArray {
  readonly meaning: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** The arrays of fixtures/recorded/NAME.json. */
export function recorded(name: string): Readonly<Record<string, RecordedArray>> {
  const path = new URL(`../../fixtures/recorded/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, "utf8")).arrays;
}

/** Arrays of a recording together with the names of those that were not yet read through it. */
export function counted(arrays: Readonly<Record<string, RecordedArray>>): {
  readonly arrays: Readonly<Record<string, RecordedArray>>;
  readonly unread: ReadonlySet<string>;
} {
  const unread = new Set(Object.keys(arrays));
  const get = (target: typeof arrays, name: string) => {
    unread.delete(name);
    return target[name];
  };
  return { arrays: new Proxy(arrays, { get }), unread };
}

/** Row i along the leading axis, flat. */
export function row({ shape, data }: RecordedArray, i: number): Float64Array {
  const length = shape.slice(1).reduce((product, axis) => product * axis, 1);
  return Float64Array.from(data.slice(i * length, (i + 1) * length));
}

/** The committed vectors, read once. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readVectors, type Vectors } from "../../src/conformance/index.js";

/** The folder of the compact set. */
export const folder = fileURLToPath(new URL("../../fixtures/conformance/", import.meta.url));

export const textOf = (method: string): string => readFileSync(`${folder}${method}.json`, "utf8");

const held = new Map<string, Vectors>();

/** The vectors of a method. */
export function committed(method: string): Vectors {
  const found = held.get(method) ?? readVectors(textOf(method), `${method}.json`);
  held.set(method, found);
  return found;
}

/** A file with some of its cases, numbered anew. */
export function excerpt(method: string, ids: readonly number[]): Vectors {
  const whole = committed(method);
  const cases = ids.map((id, k) => ({ ...whole.cases[id - 1], id: k + 1 }));
  const used = new Set(cases.flatMap(({ flags }) => flags));
  const notes = Object.fromEntries(Object.entries(whole.notes).filter(([flag]) => used.has(flag)));
  return { ...whole, notes, cases };
}

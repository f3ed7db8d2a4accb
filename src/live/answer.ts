/** One line of a command's output as an answer, or what is wrong with it. */
import { isRecord } from "../formats/claims.js";
import { FormatError, shown } from "../formats/format-error.js";
import { parsedJson } from "../formats/json.js";
import { defaultLimits } from "../formats/limits.js";
import { arrayOfLists } from "../formats/nested-list.js";
import type { FaultName } from "./finding.js";
import type { Arrays } from "./question.js";

/** A line taken apart as far as it could be. */
export interface Line {
  /** The request that it answers, as it says; undefined if it says none. */
  readonly id: unknown;
  readonly claim?: Arrays;
  /** What the command said in place of an answer. */
  readonly error?: string;
  readonly fault?: { readonly name: FaultName; readonly sentence: string };
}

/** The beginning of a line, fit to be shown. */
export function excerpt(text: string): string {
  const beginning = text.slice(0, 80);
  // Control characters would move the cursor of whoever reads this.
  const plain = beginning.replace(/\p{C}/gu, "·");
  return text.length > 80 ? `${plain}…` : plain;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Reads a line; nothing is thrown. */
export function readLine(bytes: Uint8Array): Line {
  let text: string;
  try {
    text = utf8.decode(bytes);
    if (text.includes("\0")) throw new TypeError("a zero byte");
  } catch {
    const sentence = `It wrote bytes that are no text: ${excerpt(Buffer.from(bytes.subarray(0, 80)).toString("latin1"))}`;
    return { id: undefined, fault: { name: "binary", sentence } };
  }
  const limits = { ...defaultLimits, axes: 8 };
  let value: unknown;
  try {
    value = parsedJson(text, "answer", "line", limits);
  } catch (error) {
    const reason = (error as Error).message.replace(/^answer: line: /, "");
    const sentence = `It wrote “${excerpt(text)}”, which is no JSON: ${excerpt(reason)}.`;
    // A bare NaN spoils the line, but not the id: whoever asked need not wait for another.
    const id = /"id"\s*:\s*(\d{1,15})\b/.exec(text)?.[1];
    return { id: id && Number(id), fault: { name: "not-json", sentence } };
  }
  const wrong = (got: string, id?: unknown): Line => ({
    id,
    fault: {
      name: "not-an-answer",
      sentence: `It wrote ${got} where an object with an id and a claim was expected: “${excerpt(text)}”.`,
    },
  });
  if (!isRecord(value)) return wrong(shown(value));
  const { id, claim, error } = value;
  if (id === undefined) return wrong("an object without an id");
  if (error !== undefined && error !== null)
    return { id, error: excerpt(typeof error === "string" ? error : JSON.stringify(error)) };
  if (!isRecord(claim)) return wrong("an object without a claim", id);
  try {
    const arrays = Object.entries(claim).map(
      ([name, lists]) => [name, arrayOfLists(lists, "answer", `claim/${name}`, 8)] as const,
    );
    return { id, claim: Object.fromEntries(arrays) };
  } catch (problem) {
    if (!(problem instanceof FormatError)) throw problem;
    const sentence = `${problem.message.replace(/^answer: /, "")}.`;
    return { id, fault: { name: "wrong-shape", sentence } };
  }
}

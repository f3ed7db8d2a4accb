/** The inputs of a file as requests of the process protocol (docs/claims.md): a layer can be run on them as they are. */
import { listsText } from "../formats/nested-list.js";
import type { Vectors } from "./vectors.js";

/** One request a line; its id is the number of the case. */
export function requestsText({ method, cases }: Vectors): string {
  const lines = cases.map((one) => {
    const arrays = Object.entries(one.input).map(
      ([name, array]) => `${JSON.stringify(name)}: ${listsText(array).replaceAll("\n", "")}`,
    );
    const want = one.result === "valid" ? Object.keys(one.truth) : one.quantities;
    const head = JSON.stringify({ id: one.id, method, dtype: "float64" }).slice(1, -1);
    return `{${head}, "input": {${arrays.join(", ")}}, "want": ${JSON.stringify(want)}}\n`;
  });
  return lines.join("");
}

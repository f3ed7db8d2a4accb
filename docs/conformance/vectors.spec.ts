/** Every case as a test of its own: copy it beside vectors.ts, and put your own `compute` in place of this one. */
import { expect, it } from "vitest";
import { type Compute, failures, vectorCases } from "./vectors.js";

/** Position errors of metrics: the distance of two positions, and its share of the true one's length. */
const quantities = ["te", "npe"];
const compute: Compute = ({ t_est, t_gt }) => {
  const [estimate, truth] = [t_est, t_gt] as number[][][];
  const te = truth.map((t, b) => Math.hypot(...t.map((v, k) => estimate[b][k] - v)));
  const lengths = truth.map((t) => Math.hypot(...t));
  if (lengths.includes(0)) throw new RangeError("npe: expected a position other than 0");
  return { te, npe: te.map((v, b) => v / lengths[b]) };
};

const file = new URL("../../fixtures/conformance/metrics.json", import.meta.url);

// The diameter is none of what these two quantities read.
const cases = vectorCases(file, quantities).filter(({ reason }) => reason !== "contract");

it.each(cases)("metrics $id, $comment: te and npe are right to the last digits", (one) => {
  expect(failures(one, compute, quantities)).toEqual([]);
});

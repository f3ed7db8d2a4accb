import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { caseTruth } from "../../src/conformance/case-truths.js";
import { generateCase, toldApart } from "../../src/conformance/generate.js";
import { generate, schemaText, vectorMethods, vectorsText } from "../../src/conformance/index.js";
import { noteOn } from "../../src/conformance/notes.js";
import { plans } from "../../src/conformance/plans.js";
import { caseText } from "../../src/conformance/vectors-text.js";
import { methods } from "../../src/formats/methods.js";
import { stream } from "../../src/random/stream.js";
import { committed, folder, textOf } from "./committed.js";

/** Cases that a short run affords: one problem each, drawn from those of a method. */
function drawnCase(method: string): number {
  const cheap = committed(method).cases.filter(({ input, comment }) => {
    const B = (input.x2d ?? input.t_gt).shape[0];
    return B === 1 && comment !== "generic";
  });
  return cheap[stream("spec/conformance").child(method).integer(cheap.length)].id;
}

it.each(vectorMethods)(
  "generateCase(%s, …) makes the committed bytes of a drawn case",
  (method) => {
    const { seed } = committed(method);
    const made = generateCase(method, drawnCase(method) - 1, seed);
    expect(textOf(method)).toContain(
      `${caseText(made)}${made.id < plans[method].length ? "," : ""}\n`,
    );
  },
);

it.each(vectorMethods)("vectorsText(readVectors(text)) is the text of %s again", (method) => {
  expect(vectorsText(committed(method))).toBe(textOf(method));
});

it("what writes vectors calls no function of Math whose last bits are left to the engine", () => {
  const source = fileURLToPath(new URL("../../src/conformance/", import.meta.url));
  const exact = ["abs", "floor", "fround", "max", "min", "round", "sqrt"];
  for (const name of readdirSync(source)) {
    const text = readFileSync(source + name, "utf8").replace(/^\s*(\*|\/\/|\/\*).*$/gm, "");
    const called = [...text.matchAll(/Math\.(\w+)\(/g)].map(([, of]) => of);
    expect(
      called.filter((of) => !exact.includes(of)),
      name,
    ).toEqual([]);
    // A power may round in one engine as it does in no other.
    expect(text, name).not.toMatch(/ \*\* /);
  }
});

it("the schema beside the files is the one that is written", () => {
  expect(readFileSync(`${folder}vectors.schema.json`, "utf8")).toBe(schemaText());
});

it("the committed vectors hold every method, and every quantity of it", () => {
  expect([...vectorMethods].sort()).toEqual(Object.keys(methods).sort());
  for (const [method, { quantities }] of Object.entries(methods)) {
    const held = committed(method).cases.flatMap((one) =>
      one.result === "valid" ? Object.keys(one.truth) : [],
    );
    expect([...new Set(held)].sort(), method).toEqual(Object.keys(quantities).sort());
  }
});

it("poses of six and of four degrees of freedom are there where a method has both", () => {
  for (const [method, { poses, inputs }] of Object.entries(methods)) {
    if (!poses.includes(4)) continue;
    const pose = inputs.pose ? "pose" : "pose_gt";
    const widths = committed(method).cases.map(({ input }) => input[pose].shape.at(-1));
    expect([...new Set(widths)].sort(), method).toEqual([4, 7]);
  }
});

/** Mistakes in the bank that no inputs of a case can show. */
const unseen = new Set([
  // They need a pose that a solver stopped at, or another minimum to go to.
  ...["unconverged-pose", "other-minimum"],
  // A covariance is symmetric, and has no mixed derivatives.
  ...["pnp/transposed", "pnp/dropped-mixed-derivatives"],
  // First derivatives of a rotation cancel nowhere.
  "bpnp-faster/small-angle-cancellation",
]);

/** What joins the bank is no flag before the vectors are written again: so much of it may wait. */
const mayWait = 0.1;

it.each(vectorMethods)("the mistakes in the bank of %s are flags of its cases", (method) => {
  const { cases, notes } = committed(method);
  const [generic] = cases;
  if (generic.result !== "valid") throw new Error("expected a generic case that is valid");
  const names = Object.keys(generic.truth);
  const bank = new Set(
    [...caseTruth(method, generic.input).mistakes(names)].map(({ slug }) => slug),
  );
  const missing = [...bank].filter(
    (slug) => !Object.hasOwn(notes, slug) && !unseen.has(slug) && !unseen.has(`${method}/${slug}`),
  );
  expect(missing.length, missing.join()).toBeLessThanOrEqual(mayWait * bank.size);
});

it.each([
  ["epropnp-cost", 17],
  ["metrics", 16],
  ["epropnp-mc", 6],
  ["pnp", 3],
  ["bpnp", 3],
  ["epropnp-reg", 3],
  ["lc", 3],
])("cases of %s tell every flag they have from the truth (%i of them)", (method, count) => {
  const drawn = stream("spec/conformance/flags")
    .child(method)
    .shuffle([...committed(method).cases]);
  for (const one of drawn.slice(0, count)) {
    if (one.result === "refused") continue;
    const found = caseTruth(method, one.input);
    const seen = toldApart(found.mistakes(Object.keys(one.truth), new Set(one.flags)), one.truth);
    expect([...seen].sort(), `${method} ${one.id}`).toEqual([...one.flags]);
  }
});

it("noteOn(flag, method) gives the meaning that the method has, and refuses what is no flag", () => {
  expect(noteOn("weights-ignored", "lc").bug).toMatch(/weights do not enter/);
  expect(noteOn("single-precision", "bpnp").effect).toMatch(/Seven digits/);
  expect(() => noteOn("no-such-flag", "bpnp")).toThrow(/expected a flag/);
});

it("generate(method, { cases, seed }) draws plans anew when all are used, and other numbers by seed", async () => {
  const own = plans.metrics.length;
  const again = generateCase("metrics", own, "vectors");
  const first = generateCase("metrics", 0, "vectors");
  expect(again.comment).toBe(first.comment);
  expect(again.input.t_est.data).not.toEqual(first.input.t_est.data);
  const other = await generate("metrics", { cases: 1, seed: "other" });
  expect(other.cases[0].input.t_est.data).not.toEqual(first.input.t_est.data);
  expect(other.seed).toBe("other");
  await expect(generate("metrics", { cases: 0 })).rejects.toThrow(/1 to 9999 cases, got 0/);
  await expect(generate("nothing")).rejects.toThrow(/a method of pnp, bpnp/);
});

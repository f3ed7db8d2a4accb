/** The JSON Schema of a file of vectors (draft 2020-12): what readers in other languages may hold it to. */
import { vectorMethods } from "./case-truths.js";
import { decimalPattern, digits } from "./digits.js";
import type { JsonSchema } from "./json-schema.js";
import { reasons } from "./refusals.js";
import { vectorsSchema } from "./vectors.js";

const text: JsonSchema = { type: "string", minLength: 1 };
const name: JsonSchema = { type: "string", pattern: "^[A-Za-z][A-Za-z0-9_]*$" };
const slug: JsonSchema = { type: "string", pattern: "^[a-z0-9]+(-[a-z0-9]+)*$" };

/** Lists in lists of something. */
const nested = (ref: string, leaf: JsonSchema, what: string): JsonSchema => ({
  anyOf: [
    { ...leaf, title: what },
    { type: "array", minItems: 1, items: { $ref: ref }, title: "a list of such" },
  ],
});

const numbered = { id: true, comment: true, flags: true, result: true, input: true };
const common: Readonly<Record<keyof typeof numbered, JsonSchema>> = {
  id: { type: "integer", minimum: 1, description: "Number of the case, counted from one." },
  comment: { ...text, description: "Where the case stands." },
  flags: {
    type: "array",
    items: slug,
    uniqueItems: true,
    description: "Mistakes that the numbers of the case tell from the truth, declared in notes.",
  },
  result: { enum: ["valid", "refused"] },
  input: {
    type: "object",
    minProperties: 1,
    propertyNames: name,
    additionalProperties: { $ref: "#/$defs/numbers" },
    description: "Inputs as in a claims file, exact doubles.",
  },
};

export const schema: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: "https://pnp-oracle.invalid/vectors@1",
  title: "Conformance vectors of pnp-oracle",
  type: "object",
  required: [
    ...["schema", "generator", "seed", "method", "digits"],
    ...["reasons", "notes", "cases"],
  ],
  additionalProperties: false,
  properties: {
    schema: { const: vectorsSchema },
    generator: { type: "string", pattern: "^pnp-oracle [0-9]+\\.[0-9]+\\.[0-9]+$" },
    seed: { ...text, description: "Name of the random stream of the inputs." },
    method: { enum: vectorMethods },
    digits: { const: digits, description: "Significant digits of every decimal, all certified." },
    reasons: {
      type: "object",
      propertyNames: { enum: Object.keys(reasons) },
      additionalProperties: text,
      description: "What the reasons of refused cases mean.",
    },
    notes: {
      type: "object",
      propertyNames: slug,
      additionalProperties: { $ref: "#/$defs/note" },
      description: "What the flags mean.",
    },
    cases: { type: "array", minItems: 1, items: { $ref: "#/$defs/case" } },
  },
  $defs: {
    numbers: nested("#/$defs/numbers", { type: "number" }, "a number"),
    decimals: nested(
      "#/$defs/decimals",
      { type: "string", pattern: decimalPattern },
      `a decimal of ${digits} digits`,
    ),
    note: {
      type: "object",
      required: ["kind", "bug", "effect", "remedy"],
      additionalProperties: false,
      properties: {
        kind: { enum: ["convention", "approximation", "wrong"] },
        bug: { ...text, description: "What is computed instead." },
        effect: { ...text, description: "What it does to training, or to a score." },
        remedy: text,
      },
    },
    case: {
      type: "object",
      required: ["result"],
      properties: { result: common.result },
      if: { properties: { result: { const: "valid" } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
      then: { $ref: "#/$defs/valid" },
      else: { $ref: "#/$defs/refused" },
    },
    valid: {
      type: "object",
      required: [...Object.keys(numbered), "truth"],
      additionalProperties: false,
      properties: {
        ...common,
        truth: {
          type: "object",
          minProperties: 1,
          propertyNames: name,
          additionalProperties: { $ref: "#/$defs/truth" },
        },
      },
    },
    refused: {
      type: "object",
      required: [...Object.keys(numbered), "reason", "quantities"],
      additionalProperties: false,
      properties: {
        ...common,
        reason: { enum: Object.keys(reasons) },
        quantities: { type: "array", minItems: 1, uniqueItems: true, items: name },
      },
    },
    truth: {
      type: "object",
      required: ["tolerance", "blocks", "decimal", "double"],
      additionalProperties: false,
      properties: {
        tolerance: {
          type: "number",
          exclusiveMinimum: 0,
          description:
            "Relative error that doubles may be expected to keep, the worst of the parts.",
        },
        blocks: {
          type: "array",
          minItems: 1,
          items: { $ref: "#/$defs/block" },
          description: "Parts that are measured apart, such as rotation and translation rows.",
        },
        decimal: { $ref: "#/$defs/decimals" },
        double: { $ref: "#/$defs/numbers" },
      },
    },
    block: {
      type: "object",
      required: ["range", "allowed"],
      additionalProperties: false,
      properties: {
        range: {
          type: "array",
          minItems: 1,
          items: {
            type: "array",
            minItems: 2,
            maxItems: 2,
            items: { type: "integer", minimum: 0 },
          },
          description: "[from, to) of every axis.",
        },
        allowed: {
          type: "number",
          exclusiveMinimum: 0,
          description: "The greatest norm of got − double within the range.",
        },
      },
    },
  },
};

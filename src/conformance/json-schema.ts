/** A value against a JSON Schema: the keywords that the schema of vectors uses, and no others (draft 2020-12). */

export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: "object" | "array" | "string" | "number" | "integer";
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly minProperties?: number;
  readonly additionalProperties?: JsonSchema | false;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: true;
  readonly anyOf?: readonly JsonSchema[];
  readonly if?: JsonSchema;
  readonly then?: JsonSchema;
  readonly else?: JsonSchema;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  /** Said in errors where a branch of anyOf is wanted. */
  readonly title?: string;
  readonly description?: string;
  readonly $schema?: string;
  readonly $id?: string;
}

/** Where a value breaks a schema, and how. */
export interface SchemaViolation {
  /** "cases[3]/truth/J_x2d"; empty for the whole value. */
  readonly where: string;
  readonly expected: string;
  readonly got: unknown;
}

/** The first place where a value breaks a schema; null if there is none. */
export function schemaViolation(value: unknown, root: JsonSchema): SchemaViolation | null {
  return violation(value, root, root, "");
}

type Found = SchemaViolation | null;

function violation(value: unknown, schema: JsonSchema, root: JsonSchema, where: string): Found {
  if (schema.$ref !== undefined) return violation(value, defined(schema.$ref, root), root, where);
  const wrong = (expected: string, got: unknown = value): Found => ({ where, expected, got });
  if (schema.type !== undefined && !isOfType(value, schema.type))
    return wrong(`${/^[aeiou]/.test(schema.type) ? "an" : "a"} ${schema.type}`);
  if ("const" in schema && value !== schema.const) return wrong(JSON.stringify(schema.const));
  if (schema.enum && !schema.enum.includes(value))
    return wrong(`one of ${schema.enum.map((one) => JSON.stringify(one)).join(", ")}`);
  if (schema.anyOf && !schema.anyOf.some((one) => violation(value, one, root, where) === null))
    return wrong(schema.anyOf.map(({ title }) => title).join(" or "));
  const own =
    typeof value === "string"
      ? ofText(value, schema)
      : typeof value === "number"
        ? ofNumber(value, schema)
        : null;
  if (own) return wrong(own);
  if (Array.isArray(value)) {
    const found = ofList(value, schema, root, where);
    if (found) return found;
  } else if (typeof value === "object" && value !== null) {
    const found = ofObject(value as Record<string, unknown>, schema, root, where);
    if (found) return found;
  }
  if (!schema.if) return null;
  const branch = violation(value, schema.if, root, where) ? schema.else : schema.then;
  return branch ? violation(value, branch, root, where) : null;
}

function defined(ref: string, root: JsonSchema): JsonSchema {
  const found = root.$defs?.[ref.replace("#/$defs/", "")];
  if (!found) throw new RangeError(`schemaViolation: expected a definition, got ${ref}`);
  return found;
}

function isOfType(value: unknown, type: NonNullable<JsonSchema["type"]>): boolean {
  if (type === "array") return Array.isArray(value);
  if (type === "object")
    return typeof value === "object" && value !== null && !Array.isArray(value);
  return type === "integer" ? Number.isInteger(value) : typeof value === type;
}

function ofText(value: string, { pattern, minLength }: JsonSchema): string | null {
  if (minLength !== undefined && value.length < minLength)
    return `at least ${minLength} characters`;
  return pattern !== undefined && !new RegExp(pattern, "u").test(value)
    ? `text like ${pattern}`
    : null;
}

function ofNumber(value: number, { minimum, exclusiveMinimum }: JsonSchema): string | null {
  if (minimum !== undefined && !(value >= minimum)) return `a number of at least ${minimum}`;
  return exclusiveMinimum !== undefined && !(value > exclusiveMinimum)
    ? `a number above ${exclusiveMinimum}`
    : null;
}

function ofList(
  value: readonly unknown[],
  { items, minItems = 0, maxItems = Number.POSITIVE_INFINITY, uniqueItems }: JsonSchema,
  root: JsonSchema,
  where: string,
): Found {
  if (value.length < minItems || value.length > maxItems) {
    const most = Number.isFinite(maxItems) ? ` to ${maxItems}` : " or more";
    return { where, expected: `${minItems}${most} items`, got: value.length };
  }
  if (uniqueItems) {
    const seen = value.map((item) => JSON.stringify(item));
    const twice = seen.find((item, k) => seen.indexOf(item) < k);
    if (twice) return { where, expected: "items that differ", got: twice };
  }
  if (!items) return null;
  for (const [k, item] of value.entries()) {
    const found = violation(item, items, root, `${where}[${k}]`);
    if (found) return found;
  }
  return null;
}

function ofObject(
  value: Readonly<Record<string, unknown>>,
  schema: JsonSchema,
  root: JsonSchema,
  where: string,
): Found {
  const { properties = {}, required = [], additionalProperties, propertyNames } = schema;
  const names = Object.keys(value);
  const missing = required.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return { where, expected: `"${missing}"`, got: names };
  if (names.length < (schema.minProperties ?? 0))
    return { where, expected: `at least ${schema.minProperties} members`, got: names.length };
  for (const name of names) {
    const place = where ? `${where}/${name}` : name;
    const named = propertyNames && violation(name, propertyNames, root, place);
    if (named) return named;
    const own = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    if (own === false) {
      const known = Object.keys(properties).join(", ");
      return { where: place, expected: `one of ${known}`, got: name };
    }
    const found = own && violation(value[name], own, root, place);
    if (found) return found;
  }
  return null;
}

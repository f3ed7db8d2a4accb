/** `pnp-oracle vectors`: write conformance vectors, a file a method, with their schema beside them. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { CommandError } from "./failure.js";
import { written } from "./problems.js";
import { progressOn } from "./progress.js";

export interface VectorsCommandOptions {
  /** Folder that the files go to [default: vectors]. */
  readonly out?: string;
  /** Methods with commas [default: all]. */
  readonly method?: string;
  /** Name of the random stream [default: vectors]. */
  readonly seed?: string;
  /** Cases of each method [default: every plan once]. */
  readonly cases?: string;
  /** Also write the inputs as requests of the process protocol. */
  readonly requests?: boolean;
  /** No progress and no list of files. */
  readonly quiet?: boolean;
}

/** Where the command writes. */
export interface VectorsSurroundings {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** Runs the command; resolves to its exit code. */
export async function vectorsCommand(
  options: VectorsCommandOptions,
  { stdout, stderr }: VectorsSurroundings = process,
): Promise<number> {
  const { out = "vectors", seed = "vectors", quiet } = options;
  if (seed.trim() === "") throw new CommandError("--seed: expected a name, got nothing");
  const cases = countOf(options.cases);
  const conformance = await import("../conformance/index.js");
  const { generate, requestsText, schemaText, vectorMethods, vectorsText } = conformance;
  const methods = options.method?.split(",").map((name) => name.trim()) ?? vectorMethods;
  for (const name of methods)
    if (!vectorMethods.includes(name))
      throw new CommandError(`--method: expected one of ${vectorMethods.join(", ")}, got ${name}`);
  await mkdir(out, { recursive: true });
  const progress = await progressOn(stderr, !quiet, "cases");
  const said: string[] = [];
  try {
    for (const method of methods) {
      const vectors = await generate(method, { seed, cases, onProgress: progress.update });
      const path = join(out, `${method}.json`);
      await written(path, vectorsText(vectors));
      said.push(`${path}: ${vectors.cases.length} cases\n`);
      if (options.requests)
        await written(join(out, `${method}.requests.ndjson`), requestsText(vectors));
    }
    await written(join(out, "vectors.schema.json"), schemaText());
  } finally {
    progress.stop();
  }
  if (!quiet) stdout.write(said.join(""));
  return 0;
}

function countOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!(Number.isInteger(count) && count >= 1))
    throw new CommandError(`--cases: expected a whole number of at least 1, got "${text}"`);
  return count;
}

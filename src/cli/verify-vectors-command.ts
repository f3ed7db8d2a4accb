/** `pnp-oracle verify-vectors FILE...`: certify conformance vectors again, from their inputs alone. */
import { FormatError, readFileBytes } from "../formats/index.js";
import { cannotRun } from "./failure.js";
import { inputFiles } from "./input-files.js";
import { progressOn } from "./progress.js";

export interface VerifyVectorsOptions {
  /** Print what was found as JSON and nothing else. */
  readonly json?: boolean;
  /** No progress, and nothing about files that are right. */
  readonly quiet?: boolean;
}

/** Where the command writes. */
export interface VerifySurroundings {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** Mismatches of a file that are shown. */
const shownMismatches = 5;

/** Runs the command; resolves to its exit code. */
export async function verifyVectorsCommand(
  names: readonly string[],
  options: VerifyVectorsOptions = {},
  { stdout, stderr }: VerifySurroundings = process,
): Promise<number> {
  // The schema that stands beside the files is none of them.
  const paths = (await inputFiles(names)).filter(
    (path) => names.includes(path) || !/\.schema\.json$|\.ndjson$/.test(path),
  );
  const { readVectors, verify } = await import("../conformance/index.js");
  const files: { path: string; vectors: ReturnType<typeof readVectors> }[] = [];
  let failed = false;
  for (const path of paths) {
    try {
      files.push({ path, vectors: readVectors(textOf(await readFileBytes(path), path), path) });
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      stderr.write(`pnp-oracle: ${error.message}\n`);
      failed = true;
    }
  }
  if (failed) return cannotRun;
  const progress = await progressOn(stderr, !options.quiet, "cases");
  const found: ({ file: string } & Awaited<ReturnType<typeof verify>>)[] = [];
  try {
    for (const { path, vectors } of files)
      found.push({ file: path, ...(await verify(vectors, { onProgress: progress.update })) });
  } finally {
    progress.stop();
  }
  if (options.json)
    stdout.write(
      `${JSON.stringify({ schema: "pnp-oracle/verification@1", files: found }, null, 2)}\n`,
    );
  else
    for (const { file, cases, quantities, numbers, mismatches } of found) {
      const all = `${cases} cases, ${quantities} quantities, ${numbers} numbers`;
      if (mismatches.length === 0) {
        if (!options.quiet) stdout.write(`${file}: ${all} verified\n`);
        continue;
      }
      const count = mismatches.length === 1 ? "1 mismatch" : `${mismatches.length} mismatches`;
      stdout.write(`${file}: ${count} in ${all}\n`);
      for (const { id, where, sentence } of mismatches.slice(0, shownMismatches))
        stdout.write(`  case ${id}, ${where}: ${sentence}\n`);
      const rest = mismatches.length - shownMismatches;
      if (rest > 0) stdout.write(`  and ${rest} more\n`);
    }
  return found.some(({ mismatches }) => mismatches.length > 0) ? 1 : 0;
}

function textOf(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new FormatError(path, "file", "JSON in UTF-8", "other bytes");
  }
}

/** Which files a command line means: names, folders, and patterns that the shell left alone. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { CommandError } from "./failure.js";

const readable = /\.(json|npz|ndjson|jsonl)$/i;

/**
 * Paths of the files that the arguments mean, each once, in the order of the arguments. A folder
 * means the claims files in it, sorted; a pattern may hold *, ? and **.
 *
 * @throws CommandError if an argument means no file.
 */
export async function inputFiles(names: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const name of names) {
    const kind = await kindOf(name);
    if (kind === "file") found.add(name);
    else if (kind === "folder") {
      const inside = (await entriesOf(name)).filter((entry) => readable.test(entry)).sort();
      if (inside.length === 0)
        throw new CommandError(
          `${name}: expected a folder with .json or .npz files, got none in it`,
        );
      for (const entry of inside) found.add(join(name, entry));
    } else if (/[*?]/.test(name)) {
      const matches = await matching(name);
      if (matches.length === 0) throw new CommandError(`${name}: no file matches this pattern`);
      for (const match of matches) found.add(match);
    } else throw new CommandError(`${name}: expected a file or a folder, got nothing of that name`);
  }
  return [...found];
}

async function kindOf(path: string): Promise<"file" | "folder" | undefined> {
  try {
    return (await stat(path)).isDirectory() ? "folder" : "file";
  } catch (error) {
    // What is there but cannot be looked at is a file that its reader then says more about.
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : "file";
  }
}

/** @throws CommandError if the folder may not be read. */
async function entriesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError(`${folder}: expected a folder that can be read, got ${code}`);
  }
}

/** Files that a pattern matches, sorted. */
async function matching(pattern: string): Promise<string[]> {
  const parts = pattern.replaceAll("\\", "/").split("/");
  let paths = [parts[0] === "" ? "/" : ""];
  if (parts[0] === "") parts.shift();
  for (const [i, part] of parts.entries()) {
    const last = i === parts.length - 1;
    const next: string[] = [];
    for (const path of paths) next.push(...(await step(path, part, last)));
    paths = next;
  }
  return [...new Set(paths)].sort();
}

/** Paths one pattern part further: files if it is the last, folders otherwise. */
async function step(path: string, part: string, last: boolean): Promise<string[]> {
  if (part === "." || part === "..") return [join(path, part)];
  const entries = await readdir(path === "" ? "." : path, { withFileTypes: true }).catch(() => []);
  if (part === "**") {
    const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith("."));
    const deeper = await Promise.all(folders.map(({ name }) => step(join(path, name), part, last)));
    return [path, ...deeper.flat()];
  }
  const name = wildcard(part);
  return entries
    .filter((entry) => name.test(entry.name) && entry.name.startsWith(".") === part.startsWith("."))
    .filter((entry) => last !== entry.isDirectory())
    .map((entry) => (path === "." || path === "" ? entry.name : join(path, entry.name)));
}

function wildcard(part: string): RegExp {
  const literal = part.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal.replaceAll("*", ".*").replaceAll("?", ".")}$`);
}

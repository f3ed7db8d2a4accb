/** Live audits of the small commands of this folder, and of what is left of them. */
import { fileURLToPath } from "node:url";
import { type LiveOptions, type LiveReport, liveAudit } from "../../src/live/index.js";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
/** A word as the shell takes it. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
const node = quoted(process.execPath);

export const zoo = (fault: string) => `${node} ${quoted(path("zoo.mjs"))} ${fault}`;
export const layer = (fault = "none") =>
  `${node} --import ${import.meta.resolve("tsx")} ${quoted(path("layer.ts"))} ${fault}`;

/** A report, with all that was written on standard error. */
export async function heard(
  command: string,
  options: Partial<LiveOptions> = {},
): Promise<{ report: LiveReport; errors: string }> {
  let errors = "";
  const report = await liveAudit({
    ...{ command, method: "metrics", want: ["te"], problems: 6, timeout: 10, shrink: 0 },
    onErrorText: (text) => {
      errors += text;
    },
    ...options,
  });
  return { report, errors };
}

/** Processes that said they were there, and are still. */
export function left(errors: string): number[] {
  const pids = [...errors.matchAll(/^process (\d+)$/gm)].map(([, pid]) => Number(pid));
  return pids.filter((pid) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  });
}

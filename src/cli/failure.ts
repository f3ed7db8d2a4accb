/** How the commands fail: a sentence on standard error and exit code 2, never a bare stack trace. */

/** Something the user can mend: shown as it is. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/** Exit code of a command that could not do its work (docs/claims.md). */
export const cannotRun = 2;

/** Names of the errors whose sentences are written for users. */
const explained = new Set(["CommandError", "FormatError", "ContractError"]);

/** What a failure says on standard error: its sentence, and its stack where DEBUG asks for it. */
export function failureText(error: unknown, debug: boolean): string {
  if (!(error instanceof Error)) return `pnp-oracle: ${String(error)}\n`;
  const stack = debug && error.stack ? `${error.stack}\n` : "";
  const code = (error as NodeJS.ErrnoException).code;
  if (explained.has(error.name) || error instanceof RangeError || code !== undefined)
    return `pnp-oracle: ${error.message}\n${stack}`;
  const advice = debug ? "" : " This is a fault of pnp-oracle; DEBUG=1 shows where.";
  return `pnp-oracle: ${error.name}: ${error.message}.${advice}\n${stack}`;
}

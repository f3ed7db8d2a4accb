/** Progress on long work: a bar on a terminal's standard error, nothing anywhere else. */

/** Shows that `done` of `total` steps are made. */
export interface Progress {
  update(done: number, total: number, label: string): void;
  /** Takes the bar away. */
  stop(): void;
}

/** A bar on this stream if it is a terminal; `noun` says what is counted. */
export async function progressOn(
  stream: NodeJS.WriteStream,
  wanted = true,
  noun = "problems",
): Promise<Progress> {
  if (!wanted || !stream.isTTY) return { update: () => {}, stop: () => {} };
  const { default: cliProgress } = await import("cli-progress");
  const bar = new cliProgress.SingleBar({
    stream,
    format: `{bar} {value} of {total} ${noun} · {label}`,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
  });
  let started = false;
  return {
    update(done, total, label) {
      if (!started) bar.start(total, done, { label });
      else bar.update(done, { label });
      started = true;
    },
    stop() {
      if (started) bar.stop();
    },
  };
}

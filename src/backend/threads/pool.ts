/**
 * Threads that wait for jobs: a Tinypool that notices when one of its threads leaves without a word, which
 * would keep whoever waits for it waiting for ever.
 */
import { Tinypool } from "tinypool";
import type { Job, JobFailure } from "./job.js";

/** The threads' module: compiled or, for the specs and scripts of this repository, as it was written. */
const file = import.meta.url.endsWith(".ts") ? "./uncompiled-worker.mjs" : "./worker.js";
const workerFile = new URL(file, import.meta.url).href;

export class Pool {
  /** Why no thread of this pool can be relied on any more; null while all are well. */
  gone: Error | null = null;
  private readonly threads: Tinypool;
  private readonly waiting = new Set<(reason: Error) => void>();

  /** @param heap most megabytes of each thread's heap; undefined for what Node allows. */
  constructor(count: number, heap: number | undefined) {
    this.threads = new Tinypool({
      filename: workerFile,
      minThreads: count,
      maxThreads: count,
      resourceLimits: heap === undefined ? undefined : { maxOldGenerationSizeMb: heap },
    });
    this.threads.on("error", (error: Error) => this.lose(error));
    // What a thread died of comes with the error of its job, just behind its exit.
    for (const thread of this.threads.threads)
      thread.once("exit", (code: number) =>
        setImmediate(() => this.lose(new Error(`exit code ${code}`))),
      );
  }

  /** Has one thread work on a job. Rejects as soon as any thread is gone. */
  run(job: Job): Promise<JobFailure | null> {
    return new Promise((resolve, reject) => {
      this.waiting.add(reject);
      this.threads
        .run(job)
        .then(resolve, (error: Error) => this.lose(error))
        .finally(() => this.waiting.delete(reject));
    });
  }

  /** Ends all threads, whatever they are at; afterwards none of them writes anything. */
  async close(): Promise<void> {
    this.lose(new Error("the pool was closed"));
    await Promise.all(this.threads.threads.map((thread) => thread.terminate()));
    // It waits for threads that are gone; nobody has to wait with it.
    void this.threads.destroy();
  }

  private lose(reason: Error): void {
    this.gone ??= reason;
    for (const reject of this.waiting) reject(this.gone);
  }
}

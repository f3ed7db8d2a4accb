import { Bench } from "tinybench";

/** One timed routine. */
export interface Timing {
  readonly name: string;
  /** Median and 99th percentile of one call [µs]. */
  readonly median: number;
  readonly p99: number;
}

/**
 * Times routines side by side, in turn in one process, and prints a line for each. A routine much
 * shorter than a microsecond needs several `calls` to a measurement, or the clock is what is timed.
 *
 * @throws Error if a routine throws, naming it.
 */
export async function timed(
  routines: Readonly<Record<string, () => unknown>>,
  { milliseconds = 400, calls = 1 }: { milliseconds?: number; calls?: number } = {},
): Promise<Timing[]> {
  const bench = new Bench({ time: milliseconds, warmupTime: milliseconds / 2 });
  for (const [name, routine] of Object.entries(routines)) bench.add(name, repeated(routine, calls));
  await bench.run();
  const timings = bench.tasks.map(({ name, result }): Timing => {
    if (result.state !== "completed") {
      const reason = result.state === "errored" ? result.error.message : result.state;
      throw new Error(`timed: expected ${name} to finish, got ${reason}`);
    }
    const { p50, p99 } = result.latency;
    return { name, median: (1000 * p50) / calls, p99: (1000 * p99) / calls };
  });
  for (const { name, median, p99 } of timings)
    process.stdout.write(
      `${name.padEnd(52)} ${median.toFixed(3).padStart(10)} µs   p99 ${p99.toFixed(3).padStart(10)} µs\n`,
    );
  return timings;
}

function repeated(routine: () => unknown, calls: number): () => void {
  return () => {
    for (let i = 0; i < calls; i++) routine();
  };
}

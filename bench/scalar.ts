/**
 * One operation in each number system, and one definition run in them: what an audit pays for digits.
 */

import { poseDerivativesAt } from "../src/definitions/pose-jacobian.js";
import { reprojectionGradient } from "../src/definitions/reprojection-cost.js";
import { scene } from "../src/problem/scenes.js";
import { big } from "../src/scalar/big.js";
import { double } from "../src/scalar/double.js";
import { doubleDouble } from "../src/scalar/double-double.js";
import type { Real } from "../src/scalar/real.js";
import { type Timing, timed } from "./table.js";

/** Most that an operation in 31 digits may take, as a share of the same in 64. */
const promisedShare = 1 / 4;

type Operation = <S extends Real<S>>(x: S, y: S) => S;
const operations: Readonly<Record<string, Operation>> = {
  plus: (x, y) => x.plus(y),
  times: (x, y) => x.times(y),
  over: (x, y) => x.over(y),
  sqrt: (x) => x.sqrt(),
  sin: (x) => x.sin(),
  cos: (x) => x.cos(),
  exp: (x) => x.exp(),
  log: (x) => x.log(),
  acos: (x) => x.acos(),
  atan2: (x, y) => x.atan2(y),
};

/** Operands with all their digits: 1/3 to 2/3, so that every function has them in its domain. */
const count = 64;

function operands<S extends Real<S>>(one: S): S[] {
  return Array.from({ length: count + 1 }, (_, i) => one.times(count + i).over(3 * count));
}

/** Every operation over all operands; the last result is kept, or the engine would drop the work. */
function routines<S extends Real<S>>(one: S, calls: number): Record<string, () => unknown> {
  const x = operands(one);
  const kept: S[] = x.slice();
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      () => {
        for (let i = 0; i < calls; i++) kept[i] = operation(x[i], x[i + 1]);
        return kept;
      },
    ]),
  );
}

/** The gradient of the cost of eight points in any scalar. */
function gradient<S extends Real<S>>(lift: (x: number) => S): () => unknown {
  const { correspondences, R, t } = scene("generic", { n: 8, noise: 1 });
  const nested = (flat: Float64Array, width: number): S[][] =>
    Array.from({ length: flat.length / width }, (_, i) =>
      Array.from(flat.subarray(i * width, (i + 1) * width), lift),
    );
  const { x2d, x3d, w2d, K } = correspondences;
  const data = { x2d: nested(x2d, 2), x3d: nested(x3d, 3), w2d: nested(w2d, 2), K: nested(K, 3) };
  const at = poseDerivativesAt("LEFT", nested(R, 3), Array.from(t, lift));
  return () => reprojectionGradient(data, at);
}

/** @throws Error if an operation in 31 digits takes more than its share of the same in 64. */
export async function bench(): Promise<void> {
  const nanoseconds: Record<string, number[]> = {};
  const note = (timings: readonly Timing[], calls: number) => {
    for (const { name, median } of timings) {
      nanoseconds[name] ??= [];
      nanoseconds[name].push((1000 * median) / calls);
    }
  };
  process.stdout.write(`doubles, ${count} calls\n`);
  note(await timed(routines(double(1), count), { milliseconds: 100 }), count);
  process.stdout.write(`31 digits, ${count} calls\n`);
  note(await timed(routines(doubleDouble(1), count), { milliseconds: 100 }), count);
  process.stdout.write("64 digits\n");
  note(await timed(routines(big(1), 1), { milliseconds: 100 }), 1);
  process.stdout.write("gradient of a cost, N = 8\n");
  await timed({
    doubles: gradient(double),
    "31 digits": gradient((x) => doubleDouble(x)),
    "64 digits": gradient((x) => big(x)),
  });
  process.stdout.write("one operation [ns]            double   31 digits   64 digits\n");
  for (const [name, times] of Object.entries(nanoseconds)) {
    process.stdout.write(name.padEnd(24));
    process.stdout.write(`${times.map((t) => t.toFixed(1).padStart(12)).join("")}\n`);
    if (!(times[1] <= promisedShare * times[2]))
      throw new Error(`scalar: expected ${name} within ${promisedShare} of 64 digits`);
  }
}

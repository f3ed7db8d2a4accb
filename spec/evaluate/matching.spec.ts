import fc from "fast-check";
import { expect, it } from "vitest";
import { recalledErrors, takenInstances } from "../../src/evaluate/matching.js";

/** The challenge's rule as it is told: how many estimates take an instance nearer than the threshold. */
function takers(m: number, n: number, errors: Float64Array, threshold: number): number {
  const left = new Set(Array.from({ length: n }, (_, j) => j));
  let count = 0;
  for (let i = 0; i < m; i++) {
    const near = [...left].filter((j) => errors[i * n + j] < threshold);
    if (near.length === 0) continue;
    left.delete(near.reduce((a, b) => (errors[i * n + b] < errors[i * n + a] ? b : a)));
    count++;
  }
  return count;
}

const sizes = fc
  .record({ m: fc.integer({ min: 0, max: 5 }), n: fc.integer({ min: 1, max: 5 }) })
  .chain(({ m, n }) =>
    // Few values, so that ties are common; a NaN and an Infinity are no match.
    fc.tuple(
      fc.constant({ m, n }),
      fc.array(fc.constantFrom(0, 1, 2, 3, 4, 5, 6, Infinity, Number.NaN), {
        minLength: m * n,
        maxLength: m * n,
      }),
    ),
  );

it("recalledErrors(m, n, errors) are below any threshold as often as the challenge's rule finds takers", () => {
  fc.assert(
    fc.property(sizes, ([{ m, n }, list]) => {
      const errors = Float64Array.from(list);
      const out = new Float64Array(n + 2).fill(-1);
      recalledErrors(m, n, errors, n, out, 1);
      const found = out.subarray(1, 1 + n);
      expect([out[0], out[n + 1]]).toEqual([-1, -1]);
      expect([...found]).toEqual([...found.slice().sort()]);
      for (const threshold of [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 1e9])
        expect(found.filter((e) => e < threshold).length).toBe(takers(m, n, errors, threshold));
    }),
    { seed: 5, numRuns: 600 },
  );
});

it("recalledErrors: the better score takes first, and whom it leaves out may go without", () => {
  // The first estimate is nearest to instance 0, which is the second's only one.
  const errors = Float64Array.of(1, 5, 2, 9);
  const out = new Float64Array(2);
  recalledErrors(2, 2, errors, 2, out, 0);
  // At 2.5 the first takes instance 0, and 9 is too far for the second.
  expect([...out]).toEqual([1, 9]);
  expect([...takenInstances(2, 2, errors)]).toEqual([0, 1]);
  expect([...takenInstances(2, 2, errors, 3)]).toEqual([0, -1]);
  recalledErrors(0, 2, errors, 2, out, 0);
  expect([...out]).toEqual([Infinity, Infinity]);
});

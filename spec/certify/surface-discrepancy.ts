import * as defined from "../../src/definitions/surface-discrepancy.js";
import * as kernel from "../../src/kernels/surface-discrepancy.js";
import { stream } from "../../src/random/stream.js";
import { big } from "../../src/scalar/index.js";
import { bigRows, bigs } from "../equations/big-truth.js";
import type { CertifyCase, CertifySample } from "./case.js";

const [height, width] = [4, 6];
const K = Float64Array.of(50, 2, 3, 0, 48, 2, 0, 0, 1);
const delta = 0.015;
const taus = Float64Array.of(0.01, 0.05, 0.2);

/** Surfaces about 1 m away that overlap in part, a sensor that misses some of them; `gap` is how they differ. */
function maps(index: number, gap: number): Float64Array[] {
  const draw = stream("certify/surface-discrepancy").at(index);
  const pixels = Array.from({ length: height * width }, () => draw.uniform());
  const truth = Float64Array.from(pixels, (v) => (v < 0.3 ? 0 : 1 + 0.1 * draw.uniform()));
  const estimate = truth.map((d) => (draw.uniform() < 0.2 ? 0 : d + gap * draw.normal()));
  const test = truth.map((d) => (draw.uniform() < 0.3 ? 0 : draw.uniform() < 0.2 ? 0.5 : d || 2));
  return [test, estimate, truth];
}

const discrepancy = (cost: kernel.DiscrepancyCost): CertifyCase => ({
  id: "BOP-M5",
  name: `surfaceDiscrepancy ${cost}`,
  order: 0,
  definition: "src/definitions/surface-discrepancy.ts",
  kernel: "src/kernels/surface-discrepancy.ts",
  spec: "spec/equations/surface-discrepancy.spec.ts",
  scale: cost === "step" ? "1" : "a distance over the least τ, 100",
  *samples(perLabel = 20): Iterable<CertifySample> {
    for (let i = 0; i < perLabel; i++)
      for (const [label, gap] of [
        ["generic", 0.1],
        ["surfaces near each other", 10 ** -(2 + (i % 8))],
      ] as const) {
        const [test, estimate, truth] = maps(i, gap);
        const values = new Float64Array(taus.length);
        kernel.surfaceDiscrepancy(width, test, estimate, truth, K, delta, taus, cost, values);
        const [seen, estimated, true_] = [test, estimate, truth].map((map) => bigRows(map, width));
        const exact = defined.surfaceDiscrepancy(
          ...([seen, estimated, true_, bigRows(K, 3), big(delta), bigs(taus)] as const),
          cost,
        );
        yield { label, values, truth: exact, scale: cost === "step" ? 1 : 100 };
      }
  },
});

/** BOP-M5. */
export const cases: readonly CertifyCase[] = [discrepancy("step"), discrepancy("linear")];

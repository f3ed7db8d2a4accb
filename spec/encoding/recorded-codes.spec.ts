import { describe, expect, it } from "vitest";
import {
  type CoordinateCode,
  coordinateCode,
  decodedCoordinates,
  decodedCoordinatesPull,
  decodedCoordinatesWithTruth,
  encodedCoordinates,
  publishedCodeOptions,
} from "../../src/encoding/index.js";
import { hardLevel } from "../../src/kernels/code-decoding.js";
import { bitCounts } from "../../src/kernels/code-range.js";
import { type RecordedArray, recorded, row } from "../solve/recorded.js";

const arrays = recorded("lc_floatbits");
const widths = [2, 3, 5, 7, 8, 10];
const unit = { least: [-1, -1, -1], greatest: [1, 1, 1] };
/** The code of one recorded axis: the others have no bits, and stay at their centre. */
const oneAxis = (M: number, inverted: number): CoordinateCode =>
  coordinateCode(unit, { ...publishedCodeOptions, counts: [M, 0, 0], inverted });
const points = (x: readonly number[]) => x.map((c) => [c, 0, 0]);
const first = (z: Float64Array) => z.filter((_, i) => i % 3 === 0);
const flat = (name: string) => Float64Array.from(arrays[name].data);
const worst = (ours: Float64Array, truth: Float64Array) =>
  Math.max(Math.abs(ours.length - truth.length), ...ours.map((x, i) => Math.abs(x - truth[i])));
const recordedTolerance = 1e-12;

it("the recording holds these arrays, each of which is compared with below", () =>
  expect(Object.keys(arrays).sort()).toEqual(
    [
      ...widths.flatMap((M) =>
        [
          ...["noc", "mod_bits", "raw_bits", "mod_bits_white", "logits", "noc_inf"],
          ...["noc_inf_white", "long", "gt_msk", "noc_gt", "up", "g_logits"],
          ...["noc_gt_white", "g_logits_white"],
        ].map((name) => `n${M}_${name}`),
      ),
      ...["bc_sizes", "bc_counts", "bc_counts_8_3", "bc_rand_sizes", "bc_rand_counts"],
      ...["nn_noc", "nn_target", "nn_raw", "nn_logits", "nn_mask", "nn_noc_inf", "nn_noc_gt"],
    ].sort(),
  ));

it("bitCounts(sizes, most, floor, 'half-even') are the recorded counts", () => {
  for (const [sizes, counts, most, floor] of [
    ["bc_sizes", "bc_counts", 7, 2],
    ["bc_sizes", "bc_counts_8_3", 8, 3],
    ["bc_rand_sizes", "bc_rand_counts", 7, 2],
  ] as const)
    for (let i = 0; i < arrays[sizes].shape[0]; i++) {
      const ours = new Int32Array(3);
      bitCounts(row(arrays[sizes], i), most, floor, "half-even", ours);
      expect([...ours]).toEqual([...row(arrays[counts], i)]);
    }
});

describe.each(widths)("a code of %i bits", (M) => {
  const of = (name: string) => flat(`n${M}_${name}`);

  it("encodedCoordinates(…) are the recorded bits and targets, exactly", () => {
    for (const [inverted, suffix] of [
      [2, ""],
      [0, "_white"],
    ] as const) {
      const { bits, targets } = encodedCoordinates(oneAxis(M, inverted), points([...of("noc")]));
      expect(bits).toEqual(of("raw_bits"));
      expect(targets).toEqual(of(`mod_bits${suffix}`));
    }
  });

  it("decodedCoordinates(…) are the recorded ones, the two-bit mistake of M = 2 included", () => {
    for (const [inverted, suffix] of [
      [2, ""],
      [0, "_white"],
    ] as const) {
      const truth = of(`noc_inf${suffix}`);
      const published = first(decodedCoordinates(oneAxis(M, inverted), of("logits")).z);
      expect(worst(published, truth)).toBeLessThanOrEqual(recordedTolerance);
      const code = { ...oneAxis(M, inverted), lastBit: "correct" } as const;
      const correct = first(decodedCoordinates(code, of("logits")).z);
      if (M === 2 && inverted === 2) expect(worst(correct, truth)).toBeGreaterThan(0.5);
      else expect(correct).toEqual(published);
    }
    const levels = arrays[`n${M}_long`].data.map((_, i) =>
      hardLevel(M, of("logits"), { kind: "gray", inverted: 2 }, i * M),
    );
    expect(levels).toEqual([...of("long")]);
  });

  it("decodedCoordinatesWithTruth(…) and its gradient are the recorded ones", () => {
    for (const [inverted, suffix] of [
      [2, ""],
      [0, "_white"],
    ] as const) {
      const code = oneAxis(M, inverted);
      const truth = { logits: of("logits"), bits: of("raw_bits"), mask: of("gt_msk") };
      const found = decodedCoordinatesWithTruth(code, truth);
      expect(worst(first(found.z), of(`noc_gt${suffix}`))).toBeLessThanOrEqual(recordedTolerance);
      const pulled = decodedCoordinatesPull(code, found, points([...of("up")]));
      expect(worst(pulled, of(`g_logits${suffix}`))).toBeLessThanOrEqual(recordedTolerance);
      // Outside the object, and only there, published code differs from a proper decoding.
      const proper = decodedCoordinatesWithTruth({ ...code, outside: "hard" }, truth);
      first(proper.z).forEach((z, i) => {
        if (truth.mask[i] === 1) expect(z).toBe(found.z[3 * i]);
      });
      expect(first(proper.z)).not.toEqual(first(found.z));
    }
  });
});

it("three axes of 7, 6 and 4 bits side by side are the recorded maps", () => {
  const code = coordinateCode(unit, { ...publishedCodeOptions, counts: [7, 6, 4] });
  // Recorded channel by channel, [B, 17, H, W]; ours are point by point.
  const bitsOf = ({ shape, data }: RecordedArray) => {
    const pixels = shape[2] * shape[3];
    return Float64Array.from({ length: data.length }, (_, k) => {
      const [point, bit] = [Math.floor(k / 17), k % 17];
      return data[(Math.floor(point / pixels) * 17 + bit) * pixels + (point % pixels)];
    });
  };
  const { bits, targets } = encodedCoordinates(code, flat("nn_noc"));
  expect(bits).toEqual(bitsOf(arrays.nn_raw));
  expect(targets).toEqual(bitsOf(arrays.nn_target));
  const logits = bitsOf(arrays.nn_logits);
  const { z } = decodedCoordinates(code, logits);
  expect(worst(z, flat("nn_noc_inf"))).toBeLessThanOrEqual(recordedTolerance);
  const mask = flat("nn_mask");
  const truth = decodedCoordinatesWithTruth(code, { logits, bits, mask });
  expect(worst(truth.z, flat("nn_noc_gt"))).toBeLessThanOrEqual(recordedTolerance);
});

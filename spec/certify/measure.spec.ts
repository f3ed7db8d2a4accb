import { expect, it } from "vitest";
import { big } from "../../src/scalar/index.js";
import { accuracyPage, readAccuracyPage } from "./accuracy-page.js";
import type { CertifyCase, CertifySample } from "./case.js";
import { measure, passes, sampleError } from "./measure.js";

const ε = Number.EPSILON;
const sample = (values: number[], truth: number[], scale?: number): CertifySample => ({
  label: "generic",
  values,
  truth: truth.map((x) => big(x)),
  scale,
});
const subject = (samples: CertifySample[], order: 0 | 1 | 2 = 0): CertifyCase => ({
  id: "GEO-1",
  name: "hat",
  order,
  definition: "src/definitions/hat.ts",
  kernel: "src/kernels/hat.ts",
  spec: "spec/equations/hat.spec.ts",
  samples: () => samples,
});

it("sampleError(sample, 'ulp') counts last places of the largest entry of the truth", () => {
  expect(sampleError(sample([1 + 3 * ε, 0], [1, 0]), "ulp")).toBe(3);
  expect(sampleError(sample([8, 1 + 3 * ε], [8, 1]), "ulp")).toBe(3 / 8);
  expect(sampleError(sample([8, 1 + 3 * ε], [8, 1], 1), "ulp")).toBe(3);
});

it("sampleError(sample, 'relative') divides by the largest entry of the truth", () => {
  expect(sampleError(sample([4, 1 + 4 * ε], [4, 1]), "relative")).toBe(ε);
});

it("sampleError(sample, unit) is infinite for NaN and for anything but zero where truth is zero", () => {
  for (const unit of ["ulp", "relative"] as const) {
    expect(sampleError(sample([NaN, 1], [1, 1]), unit)).toBe(Number.POSITIVE_INFINITY);
    expect(sampleError(sample([0, 0], [0, 0]), unit)).toBe(0);
  }
  expect(sampleError(sample([1e-300], [0]), "relative")).toBe(Number.POSITIVE_INFINITY);
  expect(sampleError(sample([1e-300], [0]), "ulp")).toBeGreaterThan(1e20);
});

it("sampleError(sample, unit) throws if the kernel wrote another number of entries", () => {
  expect(() => sampleError(sample([1], [1, 2]), "ulp")).toThrow("got 1 and 2");
});

it("measure(case) has one row per label and the target of its label and order", () => {
  const beside = { ...sample([1 + 63 * ε], [1]), label: "theta near 0" };
  const samples = [beside, sample([1 + 17 * ε], [1]), sample([1], [1]), sample([1 + ε], [1])];
  const [first, second] = measure(subject(samples));
  expect(first).toMatchObject({ label: "generic", samples: 3, worst: 17, median: 1, target: 16 });
  expect(second).toMatchObject({ label: "theta near 0", samples: 1, worst: 63, target: 64 });
  expect([passes(first), passes(second)]).toEqual([false, true]);
  expect(measure(subject(samples, 2)).map(passes)).toEqual([true, true]);
  expect(measure(subject([sample([1 + 2e-12], [1])], 2)).map(passes)).toEqual([false]);
});

it("measure(case, perLabel) takes no more of each label", () => {
  const samples = [1, 2, 3, 4].map((k) => sample([1 + k * ε], [1]));
  expect(measure(subject(samples), 2)).toMatchObject([{ samples: 2, worst: 2 }]);
});

it("measure(case) throws without generic samples", () => {
  expect(() => measure(subject([]))).toThrow("expected generic samples of GEO-1 hat");
});

it("readAccuracyPage(accuracyPage(rows)) is the rows again", () => {
  const rows = measure(subject([sample([1 + 17 * ε], [1])]));
  const page = accuracyPage(rows, [subject([])]);
  expect(readAccuracyPage(page)).toEqual([
    ["GEO-1", "`hat`", "value", "generic", "1", "**17 ulp** missed", "17 ulp", "16 ulp"],
  ]);
  expect(page).toContain("1 targets missed");
});

import { expect, it } from "vitest";
import * as kernel from "../../src/kernels/zebra-base-loss.js";
import {
  gdrBaseLoss,
  maskLoss,
  nearestMask,
  publishedBaseLosses,
  type ZebraBaseOptions,
  zebraBaseLoss,
} from "../../src/loss/index.js";
import { normals, uniforms } from "../equations/head-draws.js";

const ε = Number.EPSILON;
const [P, B] = [6, 4];
const gdr = (k: number) => ({
  coordinates: normals("base/coordinates", k, 3 * P),
  target: normals("base/target", k, 3 * P),
  maskLogits: normals("base/logits", k, P),
  visible: uniforms("base/visible", k, P).map(Math.round),
});
const zebra = (k: number) => ({
  bitLogits: normals("base/bits", k, P * B),
  targets: uniforms("base/targets", k, P * B).map(Math.round),
  maskLogits: normals("base/mask", k, P).map((x, p) => (p < 2 ? 1 + Math.abs(x) : x)),
  visible: uniforms("base/visible", k, P).map(Math.round),
});
const h = 2 ** -17;
/** Central differences of a loss by one input: truncation h² of slopes about 1, rounding ε/h. */
const differences = (loss: (x: Float64Array) => number, x: Float64Array) =>
  x.map((_, j) => {
    const [up, down] = [1, -1].map((sign) => x.map((v, i) => (i === j ? v + sign * h : v)));
    return (loss(up) - loss(down)) / (2 * h);
  });
const secant = 4 * h * h + (64 * ε) / h;

it("gdrBaseLoss(input) and maskLoss(…) have the gradient of their differences", () => {
  for (let k = 0; k < 4; k++)
    for (const reduction of ["mean", "sum"] as const) {
      const input = gdr(k);
      const { gradient } = gdrBaseLoss(input, { reduction });
      for (const key of ["coordinates", "maskLogits"] as const) {
        const by = (x: Float64Array) => gdrBaseLoss({ ...input, [key]: x }, { reduction }).loss;
        differences(by, input[key]).forEach((slope, j) => {
          expect(Math.abs(gradient[key][j] - slope)).toBeLessThanOrEqual(secant);
        });
      }
      for (const form of ["cross-entropy", "difference"] as const) {
        const by = (x: Float64Array) => maskLoss(form, x, input.visible).loss;
        const slopes = differences(by, input.maskLogits);
        maskLoss(form, input.maskLogits, input.visible).gradient.forEach((g, j) => {
          expect(Math.abs(g - slopes[j])).toBeLessThanOrEqual(secant);
        });
      }
    }
});

it("gdrBaseLoss(input) counts coordinates in the visible mask, unless another is given", () => {
  const input = gdr(7);
  const same = gdrBaseLoss({ ...input, coordinateMask: input.visible });
  expect(gdrBaseLoss(input)).toEqual(same);
  const empty = new Float64Array(P);
  const alone = gdrBaseLoss({ ...input, coordinateMask: empty });
  const entropy = maskLoss("cross-entropy", input.maskLogits, input.visible).loss;
  expect(alone.loss).toBe(publishedBaseLosses.gdr.maskWeight * entropy);
  expect(alone.gradient.coordinates.every((g) => g === 0)).toBe(true);
  expect(gdrBaseLoss(input, { maskWeight: 0 }).gradient.maskLogits.every((g) => g === 0)).toBe(
    true,
  );
});

it("zebraBaseLoss(input) has the gradient of its differences with the rates held, and adds up", () => {
  for (let k = 0; k < 4; k++) {
    const input = zebra(k);
    const found = zebraBaseLoss(input);
    expect(found.loss).toBe(found.maskLoss + 3 * found.codeLoss);
    const held = { errorRates: found.errorRates, momentum: 0 };
    expect(zebraBaseLoss(input, held)).toEqual(found);
    for (const key of ["bitLogits", "maskLogits"] as const) {
      const by = (x: Float64Array) => zebraBaseLoss({ ...input, [key]: x }, held).loss;
      const slopes = differences(by, input[key]);
      found.gradient[key].forEach((g, j) => {
        expect(Math.abs(g - slopes[j])).toBeLessThanOrEqual(8 * secant);
      });
    }
  }
});

it("zebraBaseLoss(input, { errorRates }) follows batches: h ← 0.95 h + 0.05 q, from ½ or the first q", () => {
  const rates = (k: number) => {
    const q = new Float64Array(B);
    kernel.bitErrorRates(P, B, zebra(k), q);
    return q;
  };
  let [half, batch] = [new Float64Array(B).fill(0.5), rates(0)];
  let options: ZebraBaseOptions[] = [{}, { start: "batch" }];
  for (let k = 0; k < 5; k++) {
    const q = rates(k);
    half = half.map((x, b) => 0.95 * x + 0.05 * q[b]);
    batch = batch.map((x, b) => 0.95 * x + 0.05 * q[b]);
    const found = options.map((option) => zebraBaseLoss(zebra(k), option));
    for (const [i, wanted] of [half, batch].entries())
      found[i].errorRates.forEach((x, b) => {
        expect(Math.abs(x - wanted[b])).toBeLessThanOrEqual(8 * ε);
      });
    options = found.map(({ errorRates }) => ({ errorRates }));
  }
  // A batch of images is one list of pixels: its own rates, in two halves, are not the mean of theirs.
  expect(zebraBaseLoss(zebra(0), { momentum: 0 }).bitWeights).toEqual(
    new Float64Array(B).fill(1 / B),
  );
});

it("zebraBaseLoss(input) with an empty predicted mask is ln 2 a bit and teaches none; no pixels, 0", () => {
  const input = { ...zebra(1), maskLogits: new Float64Array(P).fill(-2) };
  const { codeLoss, gradient, errorRates } = zebraBaseLoss(input);
  expect(Math.abs(codeLoss - Math.LN2)).toBeLessThanOrEqual(16 * ε);
  expect(gradient.bitLogits.every((g) => g === 0)).toBe(true);
  expect(gradient.maskLogits.every((g) => g !== 0)).toBe(true);
  expect([...errorRates]).toEqual(new Array(B).fill(0.475));
  const none = new Float64Array(0);
  const nothing = { maskLogits: none, visible: none };
  expect(gdrBaseLoss({ ...nothing, coordinates: none, target: none }).loss).toBe(0);
  expect(maskLoss("difference", none, none).loss).toBe(0);
});

it("nearestMask(mask, height, width) keeps every other pixel of a mask twice as large", () => {
  const mask = [
    [1, 0, 0, 0],
    [0, 0, 0, 0],
    [0, 1, 1, 1],
    [1, 1, 1, 1],
  ];
  expect([...nearestMask(mask, 2, 2)]).toEqual([1, 0, 0, 1]);
  expect([...nearestMask([[0, 1]], 1, 4)]).toEqual([0, 0, 1, 1]);
  expect(() => nearestMask(mask, 0, 2)).toThrow("nearestMask: expected sizes from 1 on, got 0 x 2");
  expect(() => nearestMask([[], []], 1, 1)).toThrow("nearestMask: expected");
});

it("base losses name what they expected and got", () => {
  const input = gdr(0);
  const code = zebra(0);
  const wrong = (run: () => unknown, message: string) => expect(run).toThrow(message);
  wrong(
    () => gdrBaseLoss({ ...input, target: new Float64Array(3) }),
    "gdrBaseLoss: expected target",
  );
  wrong(
    () => gdrBaseLoss({ ...input, visible: new Float64Array(P).fill(2) }),
    "gdrBaseLoss: expected visible in [0, 1], got 2",
  );
  wrong(
    () => gdrBaseLoss({ ...input, coordinateMask: [1] }),
    `gdrBaseLoss: expected ${P} numbers in coordinateMask, got 1`,
  );
  wrong(
    () => gdrBaseLoss({ ...input, maskLogits: new Float64Array(P).fill(Infinity) }),
    "gdrBaseLoss: expected finite maskLogits, got Infinity",
  );
  wrong(() => gdrBaseLoss(input, { reduction: "max" as "sum" }), "expected reduction mean or sum");
  wrong(() => gdrBaseLoss(input, { maskWeight: -1 }), "expected a finite maskWeight >= 0, got -1");
  wrong(() => maskLoss("l2" as "difference", [0], [0]), "maskLoss: expected cross-entropy or");
  wrong(
    () => zebraBaseLoss({ ...code, targets: code.targets.map(() => 0.5) }),
    "zebraBaseLoss: expected targets of 0 and 1, got 0.5",
  );
  wrong(
    () => zebraBaseLoss(code, { errorRates: [0.5] }),
    `zebraBaseLoss: expected ${B} numbers in errorRates, got 1`,
  );
  wrong(() => zebraBaseLoss(code, { momentum: 2 }), "expected a momentum in [0, 1], got 2");
  wrong(() => zebraBaseLoss(code, { start: "zero" as "half" }), "expected start half or batch");
  wrong(() => zebraBaseLoss(code, { codeWeight: Number.NaN }), "expected a finite codeWeight >= 0");
  const bitless = { ...code, bitLogits: new Float64Array(0), targets: new Float64Array(0) };
  wrong(() => zebraBaseLoss(bitless), "zebraBaseLoss: expected");
});

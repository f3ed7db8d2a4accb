import { describe, expect, it } from "vitest";
import * as code from "../../src/definitions/binary-code.js";
import * as definition from "../../src/definitions/code-decoding.js";
import * as kernelCode from "../../src/kernels/binary-code.js";
import * as kernel from "../../src/kernels/code-decoding.js";
import { ulpTarget } from "../certify/case.js";
import { bigs, worstUlp } from "./big-truth.js";
import { expectGradient } from "./expect-gradient.js";
import { normals, uniforms, written } from "./head-draws.js";

const forms = (["plain", "gray"] as const).flatMap((kind) =>
  [0, 1, 2].map((inverted) => ({ kind, inverted })),
);
const lastBits = ["correct", "published-two-bit-bug"] as const;
const bitsOf = (k: number, M: number) =>
  uniforms("decoding/bits", k, M).map((x) => Number(x > 0.5));

describe.each(forms)("$kind, $inverted inverted", (form) => {
  it("codeTargets and targetBits are their definitions and undo each other, for all of 10 bits", () => {
    for (let M = 1; M <= 10; M++)
      for (let v = 0; v < 2 ** M; v++) {
        const b = code.levelBits(v, M);
        const target = code.codeTargets(b, form);
        expect(code.bitsLevel(b)).toBe(v);
        expect(code.targetBits(target, form)).toEqual(b);
        const ours = written(M, (out) => kernelCode.levelBits(v, M, out));
        expect([...ours]).toEqual(b);
        expect(kernelCode.bitsLevel(M, ours)).toBe(v);
        kernelCode.codeTargets(M, ours, form, ours);
        expect(ours.every((x, j) => x === target[j])).toBe(true);
        kernelCode.targetBits(M, ours, form, ours);
        expect(ours.every((x, j) => x === b[j])).toBe(true);
      }
  });

  it("levels and their gradients are the definitions' within 16 ulp, and those on duals", () => {
    for (let k = 0; k < 12; k++) {
      const M = 1 + (k % 6);
      const logits = normals(`decoding/${form.kind}/${form.inverted}`, k, M, 10 ** (1 - (k % 3)));
      const truth = bitsOf(k, M);
      const [x, b] = [bigs(logits), [...truth]];
      for (const lastBit of lastBits) {
        const v = definition.decodedLevel(x, form, lastBit);
        expect(worstUlp([kernel.decodedLevel(M, logits, form, lastBit)], v)).toBeLessThanOrEqual(
          ulpTarget.generic,
        );
        const slopes = definition.decodedLevelGradient(x, form, lastBit);
        const ours = written(M, (out) =>
          kernel.decodedLevelGradient(M, logits, form, lastBit, out),
        );
        expect(worstUlp(ours, slopes)).toBeLessThanOrEqual(ulpTarget.generic);
        expectGradient((y) => definition.decodedLevel(y, form, lastBit), x, slopes, 1);
      }
      const v = definition.decodedLevelWithTruth(x, b, form);
      expect(
        worstUlp([kernel.decodedLevelWithTruth(M, logits, truth, form)], v, 2 ** M),
      ).toBeLessThanOrEqual(ulpTarget.generic);
      const slopes = definition.decodedLevelWithTruthGradient(x, b, form);
      const ours = written(M, (out) =>
        kernel.decodedLevelWithTruthGradient(M, logits, truth, form, out),
      );
      expect(worstUlp(ours, slopes)).toBeLessThanOrEqual(ulpTarget.generic);
      expectGradient((y) => definition.decodedLevelWithTruth(y, b, form), x, slopes, 2 ** M);
      expect(kernel.softBit(M, logits, truth, form)).toBe(definition.softBit(x, b, form));
      expect(kernel.hardLevel(M, logits, form)).toBe(definition.hardLevel(x, form));
      expect(kernel.hardLevelAfterBits(M, logits, truth, form)).toBe(
        definition.hardLevelAfterBits(x, b, form),
      );
    }
  });

  it("decodedLevelWithTruth(…) moves by less than 2^(M−1−j) when bit j alone is wrong", () => {
    const M = 6;
    for (let k = 0; k < 10; k++) {
      const truth = bitsOf(k, M);
      const target = code.codeTargets([...truth], form);
      const v = code.bitsLevel([...truth]);
      for (let j = 0; j < M; j++) {
        const sure = (flip: boolean) =>
          Float64Array.from(target, (t, i) => (2 * t - 1) * (flip && i === j ? -3 : 40));
        const exact = kernel.decodedLevelWithTruth(M, sure(false), truth, form);
        expect(Math.abs(exact - v)).toBeLessThan(1e-15 * 2 ** M);
        const away = Math.abs(kernel.decodedLevelWithTruth(M, sure(true), truth, form) - v);
        // σ(3) of the bit's weight.
        expect(away / 2 ** (M - 1 - j)).toBeCloseTo(1 / (1 + Math.exp(-3)), 12);
      }
    }
  });
});

it("neighbouring levels differ in one Gray bit, whatever is inverted", () => {
  for (let v = 1; v < 256; v++)
    for (const inverted of [0, 1, 2]) {
      const [a, b] = [v - 1, v].map((u) =>
        code.codeTargets(code.levelBits(u, 8), { kind: "gray", inverted }),
      );
      expect(a.filter((bit, j) => bit !== b[j]).length).toBe(1);
    }
});

it("logits of zero read as target 0, saturated ones stay finite, no bits are level 0", () => {
  const plain = { kind: "plain", inverted: 0 } as const;
  expect(kernel.hardLevel(3, new Float64Array(3), plain)).toBe(0);
  expect(definition.hardLevel(bigs([0, 0, 0]), plain)).toBe(0);
  expect(kernel.hardLevel(3, new Float64Array(3), { kind: "plain", inverted: 2 })).toBe(6);
  for (const huge of [1e308, -1e308, Infinity, -Infinity]) {
    const logits = Float64Array.of(1, huge);
    expect(kernel.decodedLevel(2, logits, plain)).toBe(huge > 0 ? 3 : 2);
    expect([
      ...written(2, (out) => kernel.decodedLevelGradient(2, logits, plain, "correct", out)),
    ]).toEqual([0, 0]);
  }
  const none = new Float64Array(0);
  expect(kernel.decodedLevel(0, none, plain)).toBe(0);
  expect(kernel.decodedLevelWithTruth(0, none, none, plain)).toBe(0);
  kernel.decodedLevelGradient(0, none, plain, "correct", none);
  kernel.decodedLevelWithTruthGradient(0, none, none, plain, none);
  expect(() => kernel.decodedLevel(1, none, plain, "other" as "correct")).toThrow(
    "decodedLevel: expected lastBit correct or published-two-bit-bug, got other",
  );
});

import * as definedCode from "../../src/definitions/binary-code.js";
import * as definition from "../../src/definitions/code-decoding.js";
import * as definedRange from "../../src/definitions/code-range.js";
import * as definedRotation from "../../src/definitions/model-rotation.js";
import * as code from "../../src/kernels/binary-code.js";
import * as kernel from "../../src/kernels/code-decoding.js";
import * as range from "../../src/kernels/code-range.js";
import * as turned from "../../src/kernels/model-rotation.js";
import { stream } from "../../src/random/index.js";
import { type Big, big } from "../../src/scalar/index.js";
import { bigRows, bigs } from "../equations/big-truth.js";
import { normals, uniforms, written } from "../equations/head-draws.js";
import { type CertifyCase, generic } from "./case.js";
import { headCase } from "./heads.js";

const form = { kind: "gray", inverted: 2 } as const;
const M = 7;
/** Bits and their decoding share a spec. */
const spec = "spec/equations/code-decoding.spec.ts";
const draw = (spread: number, i: number) => normals(`certify/logits/${spread}`, i, M, spread);
const truthOf = (i: number) => uniforms("certify/bits", i, M).map((x) => Number(x > 0.5));

const level = (spread: number) => (i: number) => {
  const logits = draw(spread, i);
  const truth = [definition.decodedLevel(bigs(logits), form)];
  return [[kernel.decodedLevel(M, logits, form)], truth] as const;
};
const levelSlope = (spread: number) => (i: number) => {
  const logits = draw(spread, i);
  const values = written(M, (out) => kernel.decodedLevelGradient(M, logits, form, "correct", out));
  return [values, definition.decodedLevelGradient(bigs(logits), form)] as const;
};
const withTruth = (spread: number) => (i: number) => {
  const [logits, bits] = [draw(spread, i), truthOf(i)];
  const truth = definition.decodedLevelWithTruth(bigs(logits), [...bits], form);
  return [[kernel.decodedLevelWithTruth(M, logits, bits, form)], [truth], 2 ** M] as const;
};
const withTruthSlope = (spread: number) => (i: number) => {
  const [logits, bits] = [draw(spread, i), truthOf(i)];
  const values = written(M, (out) =>
    kernel.decodedLevelWithTruthGradient(M, logits, bits, form, out),
  );
  return [values, definition.decodedLevelWithTruthGradient(bigs(logits), [...bits], form)] as const;
};
const coordinate = (i: number) => {
  const [low, high] = uniforms("certify/range", i, 2, -1, 0).map((x, k) => x + k);
  const values = [range.levelCoordinate(i, low, high, M), range.levelStep(low, high, M)];
  const truth = [
    definedRange.levelCoordinate(big(i), big(low), big(high), M),
    definedRange.levelStep(big(low), big(high), M),
  ];
  return [values, truth, 1] as const;
};
const counted = (i: number) => {
  const extents = uniforms("certify/extents", i, 3, -6, 0).map((x) => 2 ** x);
  const counts = new Int32Array(3);
  range.bitCounts(extents, M, i % 3, "half-even", counts);
  return [
    [...counts],
    definedRange.bitCounts(bigs(extents), M, i % 3, "half-even").map((n) => big(n)),
  ] as const;
};
/** Every bit pattern of up to 7 bits comes by, the shortest codes first. */
const level7 = (i: number) => [1 + (i % M), (37 * i) % 2 ** (1 + (i % M))] as const;
const bitsOf = (i: number) => {
  const [width, v] = level7(i);
  const values = written(width, (out) => code.levelBits(v, width, out));
  return [values, definedCode.levelBits(v, width).map((n) => big(n))] as const;
};
const targetsOf = (i: number) => {
  const [width, v] = level7(i);
  const bits = definedCode.levelBits(v, width);
  const values = written(width, (out) =>
    code.codeTargets(width, Float64Array.from(bits), form, out),
  );
  return [values, definedCode.codeTargets(bits, form).map((n) => big(n))] as const;
};
const rotated = (i: number) => {
  const R = stream("certify/model-rotation").at(i).rotation();
  const [z, t] = ["z", "t"].map((name) => normals(`certify/model-rotation/${name}`, i, 3));
  const values = written(3, (out) => turned.modelPoint(z, R, t, out));
  return [values, definedRotation.modelPoint(bigs(z), bigRows(R, 3), bigs(t)), 4] as const;
};
type Sample = readonly [Float64Array | readonly number[], readonly Big[], number?];
const seams = (run: (spread: number) => (i: number) => Sample) => ({
  [generic]: run(2),
  "logits near 0": run(1e-6),
  "logits saturated": run(100),
});

export const cases: CertifyCase[] = [
  headCase("code-range", { id: "ENC-1", name: "bitCounts", order: 0 }, { [generic]: counted }),
  {
    ...headCase("binary-code", { id: "ENC-3", name: "levelBits", order: 0 }, { [generic]: bitsOf }),
    spec,
  },
  {
    ...headCase(
      "binary-code",
      { id: "ENC-4", name: "codeTargets", order: 0 },
      { [generic]: targetsOf },
    ),
    spec,
  },
  headCase(
    "code-range",
    { id: "ENC-2", name: "levelCoordinate", order: 0, scale: "the range, 1" },
    { [generic]: coordinate },
  ),
  headCase("code-decoding", { id: "ENC-5", name: "decodedLevel", order: 0 }, seams(level)),
  headCase(
    "code-decoding",
    { id: "ENC-5", name: "decodedLevelGradient", order: 1 },
    seams(levelSlope),
  ),
  headCase(
    "code-decoding",
    { id: "ENC-6", name: "decodedLevelWithTruth", order: 0, scale: "the number of levels" },
    seams(withTruth),
  ),
  headCase(
    "code-decoding",
    { id: "ENC-6", name: "decodedLevelWithTruthGradient", order: 1 },
    seams(withTruthSlope),
  ),
  headCase(
    "model-rotation",
    { id: "ENC-8", name: "modelPoint", order: 0, scale: "|z| + |t|, taken as 4" },
    { [generic]: rotated },
  ),
];

import { expect, it } from "vitest";
import * as definition from "../../src/definitions/model-rotation.js";
import * as kernel from "../../src/kernels/model-rotation.js";
import { stream } from "../../src/random/index.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, worstUlp } from "./big-truth.js";
import { expectGradient, pulled } from "./expect-gradient.js";
import { normals, written } from "./head-draws.js";

it("codedPoint, modelPoint and its gradient are their definitions; the first two undo each other", () => {
  for (let k = 0; k < 20; k++) {
    const R = stream("model-rotation").at(k).rotation();
    const [z, t, v] = ["z", "t", "v"].map((name) => normals(`model-rotation/${name}`, k, 3));
    const size = 8;
    const coded = written(3, (out) => kernel.codedPoint(z, R, t, out));
    const there = definition.codedPoint(bigs(z), bigRows(R, 3), bigs(t));
    expect(worstUlp(coded, there, size)).toBeLessThanOrEqual(ulpTarget.generic);
    const back = written(3, (out) => kernel.modelPoint(coded, R, t, out));
    const truth = definition.modelPoint(bigs(coded), bigRows(R, 3), bigs(t));
    expect(worstUlp(back, truth, size)).toBeLessThanOrEqual(ulpTarget.generic);
    expect(worstUlp(back, bigs(z), size)).toBeLessThanOrEqual(ulpTarget.generic);
    const gradient = definition.modelPointPull(bigs(v), bigRows(R, 3));
    const ours = written(3, (out) => kernel.modelPointPull(v, R, out));
    expect(worstUlp(ours, gradient, size)).toBeLessThanOrEqual(ulpTarget.generic);
    const lifted = <S extends { of(n: number): S }>(x: readonly S[]) => ({
      R: [0, 1, 2].map((i) => [0, 1, 2].map((j) => x[0].of(R[3 * i + j]))),
      t: [...t].map((entry) => x[0].of(entry)),
    });
    expectGradient(
      pulled((x) => definition.modelPoint(x, lifted(x).R, lifted(x).t), bigs(v)),
      bigs(coded),
      gradient,
      size,
    );
  }
});

it("the identity leaves points as they are", () => {
  const I = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  const z = Float64Array.of(1, -2, 3);
  const zero = new Float64Array(3);
  expect(written(3, (out) => kernel.codedPoint(z, I, zero, out))).toEqual(z);
  expect(written(3, (out) => kernel.modelPoint(z, I, zero, out))).toEqual(z);
});

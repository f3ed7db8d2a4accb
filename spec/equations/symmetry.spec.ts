import { expect, it } from "vitest";
import * as definition from "../../src/definitions/symmetry.js";
import * as kernel from "../../src/kernels/symmetry.js";
import { motion } from "../../src/problem/symmetry.js";
import { stream } from "../../src/random/index.js";
import { big } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, lastDigit, worstGap, worstUlp } from "./big-truth.js";
import { normals, written } from "./head-draws.js";

const random = (k: number) =>
  motion(stream("symmetry/motion").at(k).rotation(), normals("symmetry/translation", k, 3));
const rows = (A: Float64Array) => bigRows(A, 4);
const camera = Float64Array.of(600, 2, 320, 0, 610, 240, 0, 0, 1);

it("turnAbout(axis, offset, angle) is its definition within 16 ulp of the offset, at any angle", () => {
  for (let k = 0; k < 30; k++) {
    const axis = stream("turn/axis").at(k).sphere();
    const offset = normals("turn/offset", k, 3);
    const angle = [2 * Math.PI * (k / 30), Math.PI, 10 ** -k, 0][k % 4];
    const truth = definition.turnAbout(bigs(axis), bigs(offset), big(angle));
    const ours = written(12, (out) => kernel.turnAbout(axis, offset, angle, out));
    const size = Math.max(1, ...offset.map(Math.abs));
    expect(worstUlp(ours, truth, size)).toBeLessThanOrEqual(ulpTarget.generic);
  }
});

it("turnAbout(axis, offset, angle) leaves its axis where it is, and n turns by 2π/n are none", () => {
  for (const n of [1, 2, 3, 7]) {
    const axis = bigs([0, 0.6, 0.8]).map((x, i) => (i ? x.of(i === 1 ? 3 : 4).over(5) : x));
    const offset = bigs(normals("turn/law", n, 3));
    const pi = big(-1).acos();
    const S = definition.turnAbout(axis, offset, pi.times(2).over(n));
    let product = S;
    for (let k = 1; k < n; k++) product = definition.composedMotion(S, product);
    const identity = rows(motion([1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 0]));
    expect(worstGap(product, identity, 1)).toBeLessThan(1e4 * lastDigit);
    const onAxis = offset.map((x, i) => x.plus(axis[i].times(3)));
    const moved = S.map((row, i) =>
      row[0]
        .times(onAxis[0])
        .plus(row[1].times(onAxis[1]))
        .plus(row[2].times(onAxis[2]))
        .plus(row[3])
        .minus(onAxis[i]),
    );
    expect(Math.max(...moved.map((x) => Math.abs(x.toNumber())))).toBeLessThan(1e4 * lastDigit);
  }
});

it("composedMotion(A, B) is its definition within 16 ulp, and its factors do not commute", () => {
  for (let k = 0; k < 20; k++) {
    const [A, B] = [random(2 * k), random(2 * k + 1)];
    const size = 1 + Math.max(...[A, B].flatMap((M) => [...M].map(Math.abs)));
    const ours = written(12, (out) => kernel.composedMotion(A, B, out));
    expect(worstUlp(ours, definition.composedMotion(rows(A), rows(B)), size)).toBeLessThanOrEqual(
      ulpTarget.generic,
    );
    const swapped = definition.composedMotion(rows(B), rows(A));
    expect(worstUlp(ours, swapped, size)).toBeGreaterThan(1e9);
  }
});

it("cameraPoints(K, h) is K⁻¹ h: K times it is h again", () => {
  for (let k = 0; k < 20; k++) {
    const h = normals("camera-points", k, 12, 100);
    const ours = written(12, (X) => kernel.cameraPoints(4, camera, h, X));
    const truth = definition.cameraPoints(bigRows(camera, 3), bigRows(h, 3));
    // cx z is some 320 times larger than the offset from it: that many units are lost by h alone.
    expect(worstUlp(ours, truth)).toBeLessThanOrEqual(ulpTarget.generic);
  }
  const out = new Float64Array(0);
  kernel.cameraPoints(0, camera, out, out);
  expect(definition.cameraPoints(bigRows(camera, 3), [])).toEqual([]);
  for (const bad of [Float64Array.of(1, 0, 0, 0.5, 1, 0, 0, 0, 1), new Float64Array(9)])
    expect(() => kernel.cameraPoints(1, bad, new Float64Array(3), new Float64Array(3))).toThrow(
      `cameraPoints: expected an upper triangular, regular K, got ${Array.from(bad).join(", ")}`,
    );
});

it("denseCandidateError and sparseCandidateError are their definitions within 16 ulp", () => {
  for (let k = 0; k < 20; k++) {
    const n = 1 + (k % 7);
    const P = random(k);
    P[11] = 5;
    const [z, X] = ["z", "X"].map((name) => normals(`candidate/${name}`, k, 3 * n));
    const x = normals("candidate/x", k, 2 * n, 300);
    // R stored in doubles is a rotation to 1e-16 only, which is all that tells the two forms apart.
    const dense = definition.denseCandidateError(rows(P), bigRows(X, 3), bigRows(z, 3));
    const size = 10;
    expect(worstUlp([kernel.denseCandidateError(n, P, X, z)], dense, size)).toBeLessThanOrEqual(
      ulpTarget.generic,
    );
    const sparse = definition.sparseCandidateError(
      rows(P),
      bigRows(camera, 3),
      bigRows(z, 3),
      bigRows(x, 2),
    );
    expect(
      worstUlp([kernel.sparseCandidateError(n, P, camera, z, x)], sparse, 600),
    ).toBeLessThanOrEqual(ulpTarget.generic);
  }
});

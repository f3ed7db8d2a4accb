import { expect, it } from "vitest";
import { projection, projectionJacobian } from "../../src/definitions/projection.js";
import * as definition from "../../src/definitions/projection-clamp.js";
import * as kernel from "../../src/kernels/projection-clamp.js";
import { stream } from "../../src/random/stream.js";
import { type Big, big, dual } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, lastDigit, worstGap, worstUlp } from "./big-truth.js";
import { camera, type View, views } from "./camera-draws.js";
import { jacobianOnDuals } from "./on-duals.js";

/** Points nearer than z_min whose clamped pixels stay inside the border. */
const shallow = [0.05, 0.09, 0.0999].map((depth, i): View => {
  const K = camera(stream("spec/projection-clamp/shallow").at(i));
  // Aimed at pixel (330, 200): h = 0.1 (330, 200) undone by K.
  const Y = (20 - K[5] * depth) / K[4];
  const X = (33 - K[1] * Y - K[2] * depth) / K[0];
  return { label: "depth alone", X: Float64Array.of(X, Y, depth), K };
});
const all = [...views("spec/projection-clamp", 12), ...shallow];
const box = Float64Array.of(0.1, 250, 150, 420, 260);
const open = Float64Array.of(-Infinity, -Infinity, -Infinity, Infinity, Infinity);
const boxOf = (flat: Float64Array): definition.Clamps<Big> => ({
  zMin: big(flat[0]),
  lower: bigs(flat.subarray(1, 3)),
  upper: bigs(flat.subarray(3, 5)),
});
const inBig = ({ X, K }: View): [Big[], Big[][]] => [bigs(X), bigRows(K, 3)];

it("the clamped projection, its mask and its three Jacobians keep the definition's digits", () => {
  const [pi, J] = [new Float64Array(2), new Float64Array(6)];
  const seen = new Set<number>();
  for (const view of all) {
    const [X, K] = inBig(view);
    const mask = kernel.clampedProjection(view.X, view.K, box, pi);
    seen.add(mask);
    expect(mask).toBe(definition.clampMask(X, K, boxOf(box)));
    expect(kernel.clampMask(view.X, view.K, box)).toBe(mask);
    expect(worstUlp(pi, definition.clampedProjection(X, K, boxOf(box)))).toBeLessThan(
      ulpTarget.generic,
    );
    const check = (truth: Big[][]) => expect(worstUlp(J, truth)).toBeLessThan(ulpTarget.seam);
    kernel.clampedProjectionJacobian(view.X, view.K, box, J);
    check(definition.clampedProjectionJacobian(X, K, boxOf(box)));
    expect(kernel.formulaProjectionJacobian(view.X, view.K, box, J)).toBe(mask);
    check(definition.formulaProjectionJacobian(X, K, boxOf(box)));
    expect(kernel.maskedProjectionJacobian(view.X, view.K, box, J)).toBe(mask);
    check(definition.maskedProjectionJacobian(X, K, boxOf(box)));
  }
  // The draws reach nothing clamped, the depth alone, u or v alone, and all at once.
  for (const mask of [0, 1, 2, 4, 7]) expect(seen).toContain(mask);
});

it("without clamps all of them are the projection and its Jacobian", () => {
  const [pi, J] = [new Float64Array(2), new Float64Array(6)];
  for (const view of all) {
    const [X, K] = inBig(view);
    if (view.label === "camera plane") continue;
    expect(kernel.clampedProjection(view.X, view.K, open, pi)).toBe(0);
    expect(definition.clampMask(X, K, {})).toBe(0);
    expect(worstGap(definition.clampedProjection(X, K, {}), projection(X, K))).toBe(0);
    kernel.clampedProjectionJacobian(view.X, view.K, open, J);
    const truth = projectionJacobian(X, K);
    expect(worstUlp(J, truth)).toBeLessThan(ulpTarget.seam);
    for (const same of [
      definition.clampedProjectionJacobian(X, K, {}),
      definition.formulaProjectionJacobian(X, K, {}),
      definition.maskedProjectionJacobian(X, K, {}),
    ])
      expect(worstGap(same, truth)).toBeLessThan(1e3 * lastDigit);
  }
});

it("clampedProjectionJacobian is the derivative on duals, clamped or not, on the edge too", () => {
  const edge: View = {
    label: "edge",
    X: Float64Array.of(0.01, 0.01, 0.125),
    K: Float64Array.of(512, 0, 256, 0, 512, 256, 0, 0, 1),
  };
  const clamps = boxOf(Float64Array.of(0.125, 200, 200, 300, 300));
  for (const view of [...all, edge]) {
    const [X, K] = inBig(view);
    const chosen = view === edge ? clamps : boxOf(box);
    const lifted = {
      zMin: dual(chosen.zMin as Big),
      lower: chosen.lower?.map((x) => dual(x)),
      upper: chosen.upper?.map((x) => dual(x)),
    };
    const camera = K.map((row) => row.map((x) => dual(x)));
    const J = jacobianOnDuals((x) => definition.clampedProjection(x, camera, lifted), X);
    const stated = definition.clampedProjectionJacobian(X, K, chosen);
    const scale = Math.max(1, ...J.flat().map((x) => Math.abs(x.toNumber())));
    expect(worstGap(stated, J, scale)).toBeLessThan(1e4 * lastDigit);
  }
});

it("where only the depth is clamped, the projection still slides: only a border makes it flat", () => {
  const K = Float64Array.of(500, 0, 300, 0, 500, 200, 0, 0, 1);
  const [pi, further, J] = [new Float64Array(2), new Float64Array(2), new Float64Array(6)];
  const depthOnly = Float64Array.of(0.1, -Infinity, -Infinity, Infinity, Infinity);
  const [near, far] = [Float64Array.of(0.2, 0.1, -1), Float64Array.of(0.2, 0.1, -2)];
  expect(kernel.clampedProjection(near, K, depthOnly, pi)).toBe(kernel.DEPTH_CLAMPED);
  kernel.clampedProjection(far, K, depthOnly, further);
  // One metre further back moves u by −cx/z_min, whatever the published mask says.
  expect(further[0] - pi[0]).toBeCloseTo(-300 / 0.1, 9);
  kernel.maskedProjectionJacobian(near, K, depthOnly, J);
  expect([...J]).toEqual([0, 0, 0, 0, 0, 0]);
  kernel.clampedProjection(near, K, box, pi);
  kernel.clampedProjection(far, K, box, further);
  expect(further).toEqual(pi);
});

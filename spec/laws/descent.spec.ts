import { expect, it } from "vitest";
import { descend } from "./descent.js";

const cases = 64;

/** Final turn from the true pose [rad] of each case. */
const turns = (variant: "exact" | "faster") =>
  Array.from({ length: cases }, (_, k) => descend(`spec/laws/descent ${k}`, variant).turn);

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];

it("keypoints 6 px off descend to the true pose by the exact gradient, in 98 % of 64 cases", () => {
  const found = turns("exact");
  expect(found.filter((turn) => turn < 1e-3).length / cases).toBeGreaterThanOrEqual(0.98);
  expect(median(found)).toBeLessThanOrEqual(1e-6);
});

it("and by the faster gradient in every case", () => {
  const found = turns("faster");
  expect(Math.max(...found)).toBeLessThanOrEqual(1e-4);
  expect(median(found)).toBeLessThanOrEqual(1e-6);
});

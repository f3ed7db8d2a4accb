import { expect, it } from "vitest";
import { calibrate, fitKeypoints, structure } from "./fitting.js";

it("eight keypoints find targets and pose, whatever depth the first solve starts from", () => {
  for (const startDepth of [5, 99, 999])
    for (const draw of ["a", "b", "c", "d"])
      expect(fitKeypoints(`spec/laws/fitting ${draw}`, startDepth)).toBeLessThan(1e-3);
});

it("a camera is calibrated through ∂y/∂K from six views, from a start up to 30 % off", () => {
  const found = calibrate("spec/laws/calibration");
  // Adam's last steps are 4 · 0.9975²⁵⁰⁰, hundredths of a pixel; the valley it follows is some fifty
  // times longer than wide.
  for (const [i, truth] of [800, 700, 400, 300].entries())
    expect(Math.abs(found[i] - truth)).toBeLessThan(2);
});

it("structure from motion: 12 views of moved points come to agree through ∂y/∂z", () => {
  const { before, after } = structure("spec/laws/structure");
  expect(before).toBeGreaterThan(10);
  expect(after).toBeLessThan(1e-3);
});

import { expect, it } from "vitest";
import { heard, layer, zoo } from "./asked.js";

it.each([
  ["epropnp-cost", "residual", 80],
  ["epropnp-reg", "pose_plus", 80],
  ["bpnp-faster", "J_x2d", 50],
])(
  "liveAudit makes what %s has wrong in %s from five points on as small as five points",
  async (method, quantity, shrink) => {
    const options = { method, want: [quantity], problems: 2, lawProblems: 0, timeout: 60, shrink };
    const { report } = await heard(layer("from-five"), options);
    const [failure] = report.failures;
    expect([failure.quantity, failure.verdict, failure.shrunk]).toEqual([quantity, "wrong", true]);
    expect(failure.claims.input.x2d.shape).toEqual([1, 5, 2]);
  },
);

it("liveAudit makes what is wrong beyond two radians as small as one point and a third of a turn", async () => {
  const { report } = await heard(zoo("far-turned"), { problems: 5, shrink: 80 });
  const [{ claims, shrunk }] = report.failures;
  expect(shrunk).toBe(true);
  expect(claims.input.points.shape).toEqual([1, 1, 3]);
  expect([...claims.input.R_est.data]).toEqual([0, 0, 1, 1, 0, 0, 0, 1, 0]);
});

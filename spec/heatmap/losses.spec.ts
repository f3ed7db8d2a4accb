import ndarray from "ndarray";
import { expect, it } from "vitest";
import { heatMapLoss, mapLossKinds, multiResolutionLoss } from "../../src/heatmap/index.js";
import { difference, dot, gap, largest, normalMaps, strided } from "./strided.js";

const ε = Number.EPSILON;
const shape = [2, 2, 4, 5];
const cells = 20;
/** Targets that sum to 1, and maps that do too. */
const softened = (name: string) => {
  const maps = normalMaps(name, shape);
  for (let i = 0; i < maps.size; i += cells) {
    const own = maps.data.subarray(i, i + cells);
    const sum = own.reduce((total, x) => total + Math.exp(x), 0);
    own.set(own.map((x) => Math.exp(x) / sum));
  }
  return maps;
};

it.each(mapLossKinds)(
  "heatMapLoss(%s) and its gradient are the difference quotient, under any strides",
  (kind) => {
    const targets = softened("losses/target");
    for (const from of ["logits", "maps"] as const)
      for (const floor of kind === "kl" || kind === "js" || kind === "reverse-kl"
        ? [0, 0.01]
        : [0]) {
        const maps =
          from === "logits" ? normalMaps("losses/logits", shape) : softened("losses/map");
        const mask = softened("losses/mask");
        const options = { kind, from, floor, mask, temperature: from === "logits" ? 0.6 : 1 };
        const { loss, gradient, losses } = heatMapLoss(maps, targets, options);
        expect(Math.abs(loss - losses.reduce((a, b) => a + b, 0) / 4)).toBeLessThan(8 * ε * loss);
        for (const turned of strided(maps)) {
          const other = heatMapLoss(turned, strided(targets)[0], options);
          expect([other.loss, other.gradient.data]).toEqual([loss, gradient.data]);
        }
        const direction = normalMaps("losses/direction", shape).data.map((x, i) =>
          from === "maps" ? x * maps.data[i] : x,
        );
        const value = () => heatMapLoss(maps, targets, options).loss;
        const { slope, error } = difference(value, maps.data, direction, 1e-4);
        const rounding = (64 * ε * (1 + loss)) / 1e-4;
        expect(Math.abs(slope - dot(gradient.data, direction))).toBeLessThan(error + rounding);
        expect(error).toBeLessThan(1e-5 * (largest(gradient.data) * cells + 1));
      }
  },
);

it("by the logits the KL loss of one map has the slope p − T (HM-8)", () => {
  const logits = ndarray(Float64Array.of(0.3, -1, 2, 0.1), [2, 2]);
  const target = ndarray(Float64Array.of(0.1, 0.2, 0.3, 0.4), [2, 2]);
  const powers = logits.data.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b, 0);
  const { gradient } = heatMapLoss(logits, target, { kind: "kl" });
  expect(
    gap(
      gradient.data,
      powers.map((p, i) => p / sum - target.data[i]),
    ),
  ).toBeLessThan(8 * ε);
});

it("every loss is 0 at its target, with a gradient of 0, and positive elsewhere", () => {
  const targets = softened("losses/zero");
  for (const kind of mapLossKinds) {
    const at = heatMapLoss(targets, targets, { kind, from: "maps" });
    expect(Math.abs(at.loss)).toBe(0);
    const logits = ndarray(targets.data.map(Math.log), shape);
    const own = heatMapLoss(logits, targets, { kind });
    expect(Math.abs(own.loss)).toBeLessThan(cells * 4 * ε);
    // The L1 slope is ±1/n wherever rounding leaves a difference.
    if (kind !== "l1") expect(largest(own.gradient.data)).toBeLessThan(cells * 4 * ε);
    expect(
      heatMapLoss(softened("losses/other"), targets, { kind, from: "maps" }).loss,
    ).toBeGreaterThan(0);
  }
});

it("KL from logits is finite where the map has underflowed, and Infinity where a given map is 0", () => {
  const target = ndarray(Float64Array.of(1, 0), [1, 2]);
  const far = heatMapLoss(ndarray(Float64Array.of(0, 2000), [1, 2]), target, { kind: "kl" });
  expect([far.loss, ...far.gradient.data]).toEqual([2000, -1, 1]);
  const zero = heatMapLoss(ndarray(Float64Array.of(0, 1), [1, 2]), target, {
    kind: "kl",
    from: "maps",
  });
  expect([zero.loss, zero.gradient.data[0]]).toEqual([Infinity, -Infinity]);
  for (const kind of ["js", "reverse-kl"] as const) {
    const logits = ndarray(Float64Array.of(0, 2000), [1, 2]);
    const { gradient } = heatMapLoss(logits, target, { kind, floor: kind === "js" ? 0 : 1e-24 });
    // A cell of share 0 has no slope by its logit, though the divergence is infinitely steep there.
    expect([...gradient.data].map(Math.abs)).toEqual([0, 0]);
  }
});

it("maps that do not count, or are not finite, leave the mean to the others", () => {
  const [maps, targets] = [normalMaps("losses/valid", shape), softened("losses/target")];
  const whole = heatMapLoss(maps, targets);
  const part = heatMapLoss(maps, targets, { valid: [1, 0, 1, 1] });
  expect(part.counted).toBe(3);
  expect(part.status).toEqual(["ok", "outside", "ok", "ok"]);
  const rest = (whole.losses[0] + whole.losses[2] + whole.losses[3]) / 3;
  expect(Math.abs(part.loss - rest)).toBeLessThan(4 * ε);
  maps.data[cells + 2] = Number.NaN;
  const bad = heatMapLoss(maps, targets);
  expect([bad.counted, bad.loss, bad.status[1]]).toEqual([3, part.loss, "not-finite"]);
  expect(bad.gradient.data).toEqual(part.gradient.data);
  expect(bad.losses[1]).toBeNaN();
  const none = heatMapLoss(maps, targets, { valid: [0, 0, 0, 0] });
  expect([none.loss, none.counted, largest(none.gradient.data)]).toEqual([0, 0, 0]);
});

it("a sum is as many times the mean as maps count", () => {
  const [maps, targets] = [normalMaps("losses/sum", shape), softened("losses/target")];
  const [mean, sum] = (["mean", "sum"] as const).map((reduction) =>
    heatMapLoss(maps, targets, { reduction, kind: "mse" }),
  );
  expect(Math.abs(sum.loss - 4 * mean.loss)).toBeLessThan(8 * ε * sum.loss);
  expect(
    gap(
      sum.gradient.data,
      mean.gradient.data.map((g) => 4 * g),
    ),
  ).toBeLessThan(8 * ε);
});

it("multiResolutionLoss(…) is the weighted sum, reaches every resolution, and with one is heatMapLoss", () => {
  const coarse = normalMaps("losses/coarse", [2, 2, 2, 3]);
  const fine = normalMaps("losses/fine", shape);
  const targets = [normalMaps("losses/t0", [2, 2, 2, 3]), softened("losses/target")];
  const [a, b] = [heatMapLoss(coarse, targets[0]), heatMapLoss(fine, targets[1])];
  const both = multiResolutionLoss([coarse, fine], targets, { weights: [1, 0.25] });
  expect(both.loss).toBe(a.loss + 0.25 * b.loss);
  expect(both.parts[0].gradient.data).toEqual(a.gradient.data);
  expect(both.parts[1].gradient.data).toEqual(b.gradient.data.map((g) => 0.25 * g));
  const one = multiResolutionLoss([coarse, fine], targets, { weights: [1, 0] });
  expect(one.loss).toBe(a.loss);
  expect(largest(one.parts[1].gradient.data)).toBe(0);
  const single = multiResolutionLoss([fine], [targets[1]]);
  expect([single.loss, single.parts[0].gradient.data]).toEqual([b.loss, b.gradient.data]);
});

it("misuse is refused with what was expected and what was given", () => {
  const [maps, targets] = [normalMaps("losses/refused", shape), softened("losses/target")];
  const refused = (options: object, message: string) =>
    expect(() => heatMapLoss(maps, targets, options)).toThrow(`heatMapLoss: expected ${message}`);
  refused({ kind: "l2" }, "kind of l1, mse, kl, reverse-kl, js, got l2");
  refused({ reduction: "none" }, "reduction of mean, sum, got none");
  refused({ temperature: 0 }, "temperature > 0, got 0");
  refused({ floor: -1 }, "floor >= 0, got -1");
  refused({ valid: [1] }, "4 entries of valid, got 1");
  refused({ mask: normalMaps("m", [4, 5]) }, "mask of the shape of maps, [2, 2, 4, 5], got [4, 5]");
  expect(() => heatMapLoss(maps, normalMaps("t", [2, 2, 5, 4]))).toThrow(
    "heatMapLoss: expected targets of the shape of maps, [2, 2, 4, 5], got [2, 2, 5, 4]",
  );
  expect(() => multiResolutionLoss([maps], [targets, targets])).toThrow(
    "multiResolutionLoss: expected 1 entries of targets, got 2",
  );
  expect(() => multiResolutionLoss([maps], [targets], { weights: [-1] })).toThrow(
    "multiResolutionLoss: expected weights >= 0, got -1",
  );
});

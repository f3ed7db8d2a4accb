import { expect, it } from "vitest";
import { stableCosSin, stableLog } from "../../src/random/elementary.js";
import { philox } from "../../src/random/philox.js";
import { stream } from "../../src/random/stream.js";

const ε = Number.EPSILON;

it("philox(counter, key, words) gives the published known answers for 10 rounds of 4×32 bits", () => {
  // [Salmon2011], the generator's published known-answer file.
  const words = new Uint32Array(4);
  const answer = (counter: number[], key: number[]): string[] => {
    philox(Uint32Array.from(counter), Uint32Array.from(key), words);
    return [...words].map((word) => word.toString(16).padStart(8, "0"));
  };
  const ones = 0xffffffff;
  expect(answer([0, 0, 0, 0], [0, 0])).toEqual(["6627e8d5", "e169c58d", "bc57ac4c", "9b00dbd8"]);
  expect(answer([ones, ones, ones, ones], [ones, ones])).toEqual([
    "408f276d",
    "41c83b0e",
    "a20bc7c6",
    "6d5451fd",
  ]);
  expect(
    answer([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0]),
  ).toEqual(["d16cfe09", "94fdcceb", "5001e420", "24126ea1"]);
});

it("stream(name) repeats itself, and differs from every other name, child and index", () => {
  const first = (s: { uniform(): number }): number => s.uniform();
  expect(first(stream("a"))).toBe(first(stream("a")));
  const streams = [
    stream(""),
    stream("a"),
    stream("b"),
    stream("a\0"),
    stream("a/b"),
    stream("a").child("b"),
    stream("a").child(""),
    stream("a").at(0),
    stream("a").at(1),
    stream("a").at(2 ** 32),
    stream("a").at(0).at(0),
    stream("a name of more than eight bytes"),
    stream("a name of more than eight bites"),
  ];
  expect(new Set(streams.map(first)).size).toBe(streams.length);
  expect(stream("a").child("b").at(3).name).toBe("a/b#3");
});

it("stream(name).child(…) does not depend on what was drawn before", () => {
  const parent = stream("a");
  const before = parent.child("c").normal();
  parent.normal();
  expect(parent.child("c").normal()).toBe(before);
});

it("stream(name) gives these bits on every machine", () => {
  const draw = stream("pnp-oracle");
  expect([
    draw.uniform(),
    draw.uniform(),
    draw.normal(),
    draw.normal(),
    draw.integer(1000),
  ]).toEqual([
    0.35422908387184837, 0.6038141384240744, -0.31365688597032043, 1.6413325279127564, 609,
  ]);
});

it("stableLog(x) is within 4 units in the last place of the logarithm, on all of (0, 1]", () => {
  const draw = stream("spec/log");
  expect(stableLog(1)).toBe(0);
  for (let k = 0; k < 20000; k++) {
    const x = k % 2 ? 1 - draw.uniform() : 2 ** (-53 * draw.uniform());
    expect(Math.abs(stableLog(x) - Math.log(x))).toBeLessThanOrEqual(4 * ε * Math.abs(Math.log(x)));
  }
});

it("stableCosSin(turns, out) is on the unit circle and exact at quarter turns", () => {
  const draw = stream("spec/cos");
  const out = new Float64Array(2);
  const quarters = [1, 0, 0, 1, -1, 0, 0, -1];
  for (let k = 0; k < 4; k++) {
    stableCosSin(k / 4, out);
    expect([out[0] + 0, out[1] + 0]).toEqual([quarters[2 * k], quarters[2 * k + 1]]);
  }
  for (let k = 0; k < 20000; k++) {
    const turns = draw.uniform();
    stableCosSin(turns, out);
    // 2π·turns rounds by up to 2πε before the reference sees it.
    expect(Math.abs(out[0] - Math.cos(2 * Math.PI * turns))).toBeLessThan(8 * ε);
    expect(Math.abs(out[1] - Math.sin(2 * Math.PI * turns))).toBeLessThan(8 * ε);
  }
});

/** Two-sided 1e-4 quantile of the standard normal: the threshold of VER-5. */
const Z = 3.891;

/** z-score of a sample mean against the mean and standard deviation of one draw. */
const score = (sum: number, n: number, mean: number, deviation: number): number =>
  Math.abs(sum - n * mean) / (deviation * Math.sqrt(n));

it("normal() has the moments of a standard normal, and one bell of tail", () => {
  const draw = stream("spec/normal");
  const n = 100_000;
  const sums = [0, 0, 0, 0];
  let tail = 0;
  for (let k = 0; k < n; k++) {
    const x = draw.normal();
    for (let p = 0; p < 4; p++) sums[p] += x ** (p + 1);
    if (Math.abs(x) > 2) tail++;
  }
  // Variances of x, x², x³, x⁴ are 1, 2, 15, 96.
  expect(score(sums[0], n, 0, 1)).toBeLessThan(Z);
  expect(score(sums[1], n, 1, Math.sqrt(2))).toBeLessThan(Z);
  expect(score(sums[2], n, 0, Math.sqrt(15))).toBeLessThan(Z);
  expect(score(sums[3], n, 3, Math.sqrt(96))).toBeLessThan(Z);
  const p = 0.04550026389635842;
  expect(score(tail, n, p, Math.sqrt(p * (1 - p)))).toBeLessThan(Z);
});

it("uniform() and integer(n) fill their ranges evenly", () => {
  const draw = stream("spec/uniform");
  const n = 70_000;
  const cells = new Float64Array(7);
  let outside = 0;
  let sum = 0;
  for (let k = 0; k < n; k++) {
    cells[draw.integer(7)]++;
    const u = draw.uniform();
    if (!(u >= 0 && u < 1)) outside++;
    sum += u;
  }
  expect(outside).toBe(0);
  for (const count of cells) expect(score(count, n, 1 / 7, Math.sqrt(6) / 7)).toBeLessThan(Z);
  expect(score(sum, n, 1 / 2, Math.sqrt(1 / 12))).toBeLessThan(Z);
  for (const bad of [0, -1, 1.5, 2 ** 33, NaN])
    expect(() => draw.integer(bad)).toThrow(
      `integer: expected an integer n in 1 … 2^32, got ${bad}`,
    );
  expect(() => draw.at(-1)).toThrow("at: expected an integer index >= 0, got -1");
});

it("shuffle(items) permutes, all orders alike", () => {
  const draw = stream("spec/shuffle");
  const n = 24_000;
  const counts = new Map<string, number>();
  for (let k = 0; k < n; k++) {
    const order = draw.shuffle([0, 1, 2, 3]).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(24);
  for (const count of counts.values())
    expect(score(count, n, 1 / 24, Math.sqrt(23) / 24)).toBeLessThan(Z);
});

it("rotation() is a rotation, uniform: R e₃ is uniform on the sphere, tr R has mean 0", () => {
  const draw = stream("spec/rotation");
  const n = 20_000;
  let height = 0;
  let trace = 0;
  let worst = 0;
  for (let k = 0; k < n; k++) {
    const R = draw.rotation();
    for (let i = 0; i < 3; i++)
      for (let j = 0; j <= i; j++) {
        const dot = R[3 * i] * R[3 * j] + R[3 * i + 1] * R[3 * j + 1] + R[3 * i + 2] * R[3 * j + 2];
        worst = Math.max(worst, Math.abs(dot - (i === j ? 1 : 0)));
      }
    height += R[8] ** 2;
    trace += R[0] + R[4] + R[8];
  }
  expect(worst).toBeLessThan(16 * ε);
  // A coordinate of a uniform direction is uniform on [−1, 1]; E tr R = 0 and E (tr R)² = 1 (Haar).
  expect(score(height, n, 1 / 3, Math.sqrt(4 / 45))).toBeLessThan(Z);
  expect(score(trace, n, 0, 1)).toBeLessThan(Z);
});

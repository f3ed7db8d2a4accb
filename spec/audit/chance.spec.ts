import { expect, it } from "vitest";
import { chanceOf, leastAnswers } from "../../src/audit/chance.js";
import { fQuantile, fTail } from "../../src/audit/f-quantile.js";
import { type Stream, stream } from "../../src/random/stream.js";

it("fQuantile(tail, 1, ν) is the square of Student's t, which has closed forms for ν = 1 and 2", () => {
  for (const tail of [0.5, 0.1, 1e-3, 1e-6, 1e-12]) {
    // Two-sided tails, [AbramowitzStegun1964] 26.7: t₁ = cot(πp/2), t₂² = 2 (1/(p (2 − p)) − 1).
    const closed = [
      [1, 1 / Math.tan((Math.PI * tail) / 2) ** 2],
      [2, (2 * (1 - tail) ** 2) / (tail * (2 - tail))],
    ];
    // The search ends within 1e-13 of a logarithm; a tail is made of logarithms as large as its own.
    for (const [ν, square] of closed)
      expect(Math.abs(fQuantile(tail, 1, ν) / square - 1)).toBeLessThan(
        (1e-13 + 64 * Number.EPSILON) * Math.max(1, Math.log(square), -2 * Math.log(tail)),
      );
  }
});

it("fTail(x, ν1, ν2) is 1 − fTail(1/x, ν2, ν1), and for ν1 = 2 a power", () => {
  const draw = stream("spec/audit/f");
  for (let k = 0; k < 200; k++) {
    const [x, a, b] = [
      Math.exp(2 * draw.normal()),
      0.5 + 30 * draw.uniform(),
      3 + 900 * draw.uniform(),
    ];
    expect(Math.abs(fTail(x, a, b) + fTail(1 / x, b, a) - 1)).toBeLessThan(1e4 * Number.EPSILON);
    const power = (1 + (2 * x) / b) ** (-b / 2);
    expect(Math.abs(fTail(x, 2, b) / power - 1)).toBeLessThan(1e4 * Number.EPSILON);
  }
});

/** Draws with mean zero. */
const laws: Readonly<Record<string, (draw: Stream) => number>> = {
  normal: (draw) => draw.normal(),
  exponential: (draw) => -Math.log(1 - draw.uniform()) - 1,
  "log-normal": (draw) => Math.exp(draw.normal() / 2) - Math.exp(1 / 8),
};

/** Shares of trials in which the mean of R answers lies further from `bias` than chance is said to allow. */
function outside(
  law: string,
  [R, length, rank]: readonly number[],
  tail: number,
  trials: number,
  bias = 0,
): number {
  const draw = stream(`spec/audit/chance/${law}/${R}/${length}`);
  const mix = Float64Array.from({ length: length * rank }, () => draw.normal());
  let out = 0;
  for (let t = 0; t < trials; t++) {
    // Arrays are mixtures of a few draws, as gradients of many points are of a few samples.
    const answers = Array.from({ length: R }, () => {
      const own = Array.from({ length: rank }, () => laws[law](draw));
      return Float64Array.from({ length }, (_, k) =>
        length === 1 ? own[0] : own.reduce((sum, v, j) => sum + mix[rank * k + j] * v, 0),
      );
    });
    const mean = answers[0].map((_, k) => answers.reduce((sum, x) => sum + x[k] / R, 0));
    const [allowed] = chanceOf(
      answers.map((x) => x.map((v, k) => v - mean[k])),
      [[0, length]],
      tail,
    );
    if (Math.hypot(...mean.map((v) => v - bias)) > allowed) out++;
  }
  return out / trials;
}

/** The most that a share of trials may be, if the true share is `share`: five standard deviations more. */
const most = (share: number, trials: number) => share + 5 * Math.sqrt(share / trials);

it("chanceOf(answers) of normal answers is exceeded as seldom as it says", () => {
  for (const sizes of [
    [8, 1, 1],
    [32, 1, 1],
    [16, 24, 3],
  ])
    for (const [tail, trials] of [
      [1e-2, 800],
      [1e-3, 1600],
    ])
      expect(outside("normal", sizes, tail, trials), `${sizes}`).toBeLessThan(most(tail, trials));
});

it("chanceOf(answers) widens Student's interval by the answers' skewness, and not where they have none", () => {
  const student = (R: number, tail: number) => Math.sqrt(fQuantile(tail, 1, R - 1));
  const R = 10;
  // One answer of 9 among nines of −1: variance 10, third moment 72 with a root of a variance of 10.
  const skewed = Array.from({ length: R }, (_, r) => Float64Array.of(r === 0 ? 9 : -1));
  const skewness = 72 / 10 ** 1.5;
  const t = student(R, 1e-3);
  const [wide] = chanceOf(skewed, [[0, 1]], 1e-3);
  expect(wide).toBeCloseTo(t + (skewness * (2 * t * t + 1)) / (6 * Math.sqrt(R)), 10);
  const even = Array.from({ length: R }, (_, r) => Float64Array.of(r % 2 ? 3 : -3));
  const [usual] = chanceOf(even, [[0, 1]], 1e-3);
  expect(usual).toBeCloseTo(t * Math.sqrt(90 / 9 / 10), 10);
});

it("chanceOf(answers) of skewed answers is exceeded at most three times as often for a number, never more for arrays", () => {
  for (const law of ["exponential", "log-normal"]) {
    expect(outside(law, [32, 1, 1], 1e-3, 3000)).toBeLessThan(most(3e-3, 3000));
    expect(outside(law, [16, 24, 3], 1e-2, 600)).toBeLessThan(most(1e-2, 600));
  }
});

it("chanceOf(answers) finds a bias of two standard deviations over 32 answers, and none of a fifth", () => {
  expect(outside("normal", [32, 1, 1], 1e-4, 300, 2)).toBeGreaterThan(0.99);
  expect(outside("normal", [32, 1, 1], 1e-4, 300, 0.2)).toBeLessThan(0.05);
});

it("chanceOf(answers) is 0 where all are equal, and infinite where there are too few", () => {
  const same = Array.from({ length: 5 }, () => Float64Array.of(0, 0));
  expect(chanceOf(same, [[0, 1], [1, 2]], 1e-4)).toEqual([0, 0]); // biome-ignore format: one line
  const few = Array.from({ length: leastAnswers - 1 }, (_, r) => Float64Array.of(r - 1));
  expect(chanceOf(few, [[0, 1]], 1e-4)).toEqual([Number.POSITIVE_INFINITY]);
});

import { expect, it } from "vitest";
import { realRoots } from "../../src/linalg/polynomial.js";
import { stream } from "../../src/random/index.js";

const ε = Number.EPSILON;

function times(a: number[], b: number[]): number[] {
  const out = new Array<number>(a.length + b.length - 1).fill(0);
  a.forEach((x, i) => {
    b.forEach((y, j) => {
      out[i + j] += x * y;
    });
  });
  return out;
}

function rootsOf(coefficients: number[]): number[] {
  const roots = new Float64Array(8);
  const count = realRoots(coefficients.length - 1, Float64Array.from(coefficients), roots);
  return [...roots.subarray(0, count)];
}

it("realRoots(degree, coefficients, roots) finds every real root and no other, at every scale", () => {
  for (let k = 0; k < 4000; k++) {
    const draw = stream("spec/roots").at(k);
    const degree = 1 + draw.integer(4);
    const lead = draw.normal() * 10 ** (draw.integer(7) - 3);
    let p = [lead];
    const real: number[] = [];
    while (p.length <= degree) {
      if (degree - p.length >= 1 && draw.uniform() < 0.4) {
        // A pair off the real axis by at least a twentieth of its scale.
        const [a, b] = [draw.normal(), 0.05 + draw.uniform()];
        p = times(p, [a * a + b * b, -2 * a, 1]);
      } else {
        real.push(draw.normal() * 10 ** (draw.integer(5) - 2));
        p = times(p, [-real[real.length - 1], 1]);
      }
    }
    real.sort((a, b) => a - b);
    const roots = rootsOf(p);
    expect(roots.length).toBe(real.length);
    roots.forEach((root, i) => {
      // Rounding of a coefficient, ε|a_j||x|^j in all, moves a root by that over the slope there.
      const size = p.reduce((sum, a, j) => sum + Math.abs(a) * Math.abs(real[i]) ** j, 0);
      const slope = p.reduce((sum, a, j) => sum + j * a * real[i] ** (j - 1), 0);
      expect(Math.abs(root - real[i])).toBeLessThan((8 * ε * size) / Math.abs(slope) + ε);
    });
  }
});

it("realRoots(degree, coefficients, roots) counts a double root once", () => {
  expect(rootsOf([1, -2, 1])).toEqual([1]);
  expect(rootsOf([0, 0, 0, 0, 1])).toEqual([0]);
  const roots = rootsOf([4, 0, -4, 0, 1]);
  expect(roots.length).toBe(2);
  // The slope vanishes too, so a double root is only known to √ε.
  for (const root of roots) expect(Math.abs(root ** 2 - 2)).toBeLessThan(8 * Math.sqrt(ε));
});

it("realRoots(degree, coefficients, roots) counts a double root once though rounding splits it", () => {
  for (let k = 0; k < 500; k++) {
    const draw = stream("spec/double-roots").at(k);
    const [a, b] = [draw.normal(), draw.normal()];
    const p = times(times([-a, 1], [-a, 1]), [b * b + 1, -2 * b, 1]);
    const roots = rootsOf(p);
    expect(roots.length).toBe(1);
    const size = p.reduce((sum, c, j) => sum + Math.abs(c * a ** j), 0);
    // p″/2 at the double root is (a − b)² + 1: rounding of size ε moves it by the root of their ratio.
    expect(Math.abs(roots[0] - a)).toBeLessThan(8 * Math.sqrt((ε * size) / ((a - b) ** 2 + 1)));
  }
});

it("realRoots(degree, coefficients, roots) drops vanishing leading terms", () => {
  expect(rootsOf([-6, 3, 0, 0, 0])).toEqual([2]);
  expect(rootsOf([5, 0, 0])).toEqual([]);
  expect(rootsOf([0, 0, 0])).toEqual([]);
  expect(rootsOf([1, 0, 1])).toEqual([]);
});

it("realRoots(degree, coefficients, roots) throws on degrees it has no room for", () => {
  expect(() => realRoots(9, new Float64Array(10), new Float64Array(9))).toThrow(
    "realRoots: expected a degree in 0 … 8, got 9",
  );
});

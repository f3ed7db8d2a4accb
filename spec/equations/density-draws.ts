import { stream } from "../../src/random/stream.js";
import { generic } from "../certify/case.js";

/** Concentrations κ: generic, near zero at every scale, where formulas hand over, and huge. */
export function* concentrations(name: string, perLabel: number): Generator<[string, number]> {
  for (let i = 0; i < perLabel; i++) {
    const draw = stream(name).at(i);
    yield [generic, 100 * draw.uniform()];
    // 1 and 20 are seams of the kernels, 80 of the definitions.
    const seam = [1, 20, 80][i % 3];
    const side = [0, -1, 1][Math.floor(i / 3) % 3];
    yield ["beside a hand-over", seam * (1 + side * 10 ** -(1 + ((5 * i) % 16)))];
    yield ["near zero", i === 0 ? 0 : 10 ** (-17 * draw.uniform() * (1 + (i % 3)))];
    yield ["huge", 10 ** (2 + 6 * draw.uniform())];
  }
  yield ["huge", 1e8];
}

/**
 * (β, μ, κ, share): generic, κ = 0 and huge near the mode, angles more than half a turn apart, and the
 * two ends of the share.
 */
export function* yaws(
  name: string,
  perLabel: number,
): Generator<[string, readonly [number, number, number, number]]> {
  const angle = (draw: { uniform(): number }) => Math.PI * (2 * draw.uniform() - 1);
  for (let i = 0; i < perLabel; i++) {
    const draw = stream(name).at(i);
    yield [generic, [angle(draw), angle(draw), 10 ** (3 * draw.uniform() - 1), 0.25]];
    yield ["κ = 0", [angle(draw), angle(draw), 0, i % 2 ? 0.25 : 0]];
    const kappa = 10 ** (4 + 4 * draw.uniform());
    const mean = angle(draw);
    const near = draw.normal() / Math.sqrt(kappa);
    yield ["huge κ near the mode", [mean + near, mean, kappa, i % 2 ? 0.25 : 0]];
    const gap = 10 ** -(1 + (i % 8));
    yield ["across the cut at π", [Math.PI - gap, gap * draw.normal() - Math.PI, 1 / gap, 0.25]];
    yield ["at the ends of the share", [angle(draw), angle(draw), 5 * draw.uniform(), i % 2]];
  }
}

/**
 * (value, mean, L) of n numbers with a lower-triangular L: generic, at the mode, with L near singular
 * and with L and the distance of extreme size. For n = 4 the value is a unit quaternion.
 */
export function* scaleTrils(
  name: string,
  n: 3 | 4,
  perLabel: number,
): Generator<[string, Float64Array, Float64Array, Float64Array]> {
  for (let i = 0; i < perLabel; i++)
    for (const label of [generic, "near the mode", "L near singular", "extreme sizes"]) {
      // Every unit quaternion is as far from zero.
      if (n === 4 && label === "near the mode") continue;
      const draw = stream(name).child(label).at(i);
      const L = new Float64Array(n * n);
      // As a power of two, the factor moves no digit.
      const size = label === "extreme sizes" ? 2 ** (draw.integer(400) - 200) : 1;
      for (let r = 0; r < n; r++)
        for (let c = 0; c <= r; c++)
          L[n * r + c] = size * (r === c ? Math.exp(0.5 * draw.normal()) : 0.5 * draw.normal());
      if (label === "L near singular") L[(n + 1) * (i % n)] *= 10 ** -(1 + (i % 8));
      const mean = Float64Array.from({ length: n }, () => draw.normal());
      const value = draw.sphere(new Float64Array(n));
      if (n === 3) {
        const reach = label === "near the mode" ? 10 ** -(i % 12) : 10 ** (2 * draw.uniform() - 1);
        for (let k = 0; k < 3; k++) value[k] = mean[k] + value[k] * reach;
      }
      yield [label, value, mean, L];
    }
}

/** What rounding the entries of L by a last digit does on the way through L⁻¹ and back through L⁻ᵀ. */
export interface Growth {
  /** ‖u‖∞ and ‖v‖∞ of u = L⁻¹d and v = L⁻ᵀu. */
  readonly whitened: number;
  readonly pulled: number;
  /** s = ‖u‖². */
  readonly squared: number;
  /** ‖|L⁻¹| |L| |u|‖ / ‖u‖, by how much the relative error of u grows. */
  readonly forward: number;
  /** The same of v: its own solve's growth and what it takes over from u, in units of ‖v‖∞. */
  readonly back: number;
}

/** The growth for a difference d [n] and lower-triangular L [n,n], row-major. */
export function growth(n: number, L: Float64Array, d: Float64Array): Growth {
  const rows = Array.from({ length: n }, (_, i) => Array.from(L.slice(n * i, n * i + n)));
  const inverse = rows.map(() => new Array<number>(n).fill(0));
  for (let j = 0; j < n; j++)
    for (let i = j; i < n; i++) {
      let sum = i === j ? 1 : 0;
      for (let k = j; k < i; k++) sum -= rows[i][k] * inverse[k][j];
      inverse[i][j] = sum / rows[i][i];
    }
  const apply = (A: number[][], x: number[]) =>
    A.map((row) => row.reduce((sum, a, k) => sum + a * x[k], 0));
  const absolute = (A: number[][]) => A.map((row) => row.map(Math.abs));
  const turned = (A: number[][]) => A.map((_, j) => A.map((row) => row[j]));
  const largest = (x: number[]) => Math.max(...x.map(Math.abs));
  const u = apply(inverse, Array.from(d));
  const v = apply(turned(inverse), u);
  const [LA, IA] = [absolute(rows), absolute(inverse)];
  const grown = apply(IA, apply(LA, u.map(Math.abs)));
  const own = apply(turned(IA), apply(turned(LA), v.map(Math.abs)));
  const taken = apply(turned(IA), grown);
  return {
    whitened: largest(u),
    pulled: largest(v),
    squared: u.reduce((sum, x) => sum + x * x, 0),
    forward: Math.hypot(...grown) / Math.hypot(...u),
    back: (largest(own) + largest(taken)) / largest(v),
  };
}

/** |log| of the constant 2π², and of each diagonal entry of L. */
export function logSize(n: number, L: Float64Array): number {
  let size = Math.log(2 * Math.PI ** 2);
  for (let i = 0; i < n; i++) size += Math.abs(Math.log(L[i * (n + 1)]));
  return size;
}

/** κ (1 − cos δ), and what half a last digit of δ = β − μ is worth in it, in last digits of 1. */
export function exponentSize(beta: number, mean: number, kappa: number): number {
  const delta = beta - mean;
  const half = Math.sin(0.5 * delta);
  return 2 * kappa * half * half + 0.5 * kappa * Math.abs(Math.sin(delta) * delta);
}

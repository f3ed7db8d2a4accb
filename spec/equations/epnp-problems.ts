import * as definition from "../../src/definitions/epnp.js";
import type { ControlSteps } from "../../src/kernels/epnp.js";
import * as kernel from "../../src/kernels/epnp.js";
import { epnpVjp } from "../../src/kernels/epnp-gradient.js";
import { EpnpWorkspace } from "../../src/kernels/epnp-workspace.js";
import { type Correspondences, type SceneName, scene } from "../../src/problem/index.js";
import { stream } from "../../src/random/index.js";
import type { Matrix } from "../../src/scalar/matrix.js";
import type { Real } from "../../src/scalar/real.js";

export const kinds: readonly ControlSteps[] = ["deviations", "spread", "unit"];
/** Eigenvectors that each candidate takes. */
export const used = [1, 4, 2, 3];
const parts = ["x2d", "x3d", "w2d", "K"] as const;

/** A direction in which all data move, or a gradient by all of them. */
export type DataParts = { [part in (typeof parts)[number]]: Float64Array };

/** The scene's correspondences with weights of 0.3 to 1.3. */
export function weightedScene(
  name: SceneName,
  n: number | undefined,
  noise: number,
  seed: number,
): Correspondences {
  const { correspondences: problem } = scene(name, { n, noise, seed });
  const draw = stream("spec/epnp/weights").at(seed);
  return { ...problem, w2d: problem.w2d.map(() => 0.3 + draw.uniform()) };
}

/** Normal numbers in the units of the data: pixels, a hundredth of a metre, tenths of a weight. */
export function dataDirection({ x2d, x3d, w2d, K }: Correspondences, seed: number): DataParts {
  const draw = stream("spec/epnp/direction").at(seed);
  const normals = (like: Float64Array, size: number) => like.map(() => size * draw.normal());
  return {
    x2d: normals(x2d, 1),
    x3d: normals(x3d, 0.01),
    w2d: normals(w2d, 0.1),
    K: Float64Array.from(K, (_, i) => (i < 6 ? 1 : 0.001) * draw.normal()),
  };
}

/** The data in a scalar made of each number and its entry of a direction. */
export function lifted<S extends Real<S>>(
  problem: Correspondences,
  direction: DataParts,
  lift: (x: number, dx: number) => S,
) {
  const rows = (part: keyof DataParts, width: number): Matrix<S> =>
    Array.from({ length: problem[part].length / width }, (_, i) =>
      Array.from({ length: width }, (_, j) =>
        lift(problem[part][width * i + j], direction[part][width * i + j]),
      ),
    );
  return { x2d: rows("x2d", 2), x3d: rows("x3d", 3), w2d: rows("w2d", 2), K: rows("K", 3) };
}

/** The definition's pose of a candidate. */
export function definedPose<S extends Real<S>>(
  problem: Correspondences,
  direction: DataParts,
  kind: ControlSteps,
  candidate: number,
  lift: (x: number, dx: number) => S,
): { R: S[][]; t: S[] } {
  const system = definition.controlSystem(lifted(problem, direction, lift), kind);
  return definition.epnpPose(system, definition.controlVectors(system, used[candidate]), candidate);
}

/** LEFT tangent (φ, τ) [6] of a pose R and t that move by dR [9] and dt. */
export function tangentOf<S extends Real<S>>(
  R: readonly S[],
  dR: readonly S[],
  dt: readonly S[],
): S[] {
  const turn = (i: number, j: number) =>
    dR[3 * i]
      .times(R[3 * j])
      .plus(dR[3 * i + 1].times(R[3 * j + 1]))
      .plus(dR[3 * i + 2].times(R[3 * j + 2]));
  const pairs = [
    [2, 1],
    [0, 2],
    [1, 0],
  ];
  return [...pairs.map(([i, j]) => turn(i, j).minus(turn(j, i)).over(2)), ...dt];
}

/** The kernel's pose of a candidate, and what it was made of. */
export function kernelPose(
  { n, x2d, x3d, w2d, K }: Correspondences,
  kind: ControlSteps,
  candidate: number,
) {
  const work = new EpnpWorkspace();
  const [R, t] = [new Float64Array(9), new Float64Array(3)];
  const found =
    kernel.controlSystem(n, x2d, x3d, w2d, K, kind, work) &&
    kernel.controlVectors(work) &&
    kernel.epnpPose(work, candidate, R, t);
  return { found, R, t, work, blur: blurOf(work, candidate) };
}

/**
 * How many ε an eigenvector in use loses: the greatest singular value over the least gap, times the
 * condition of the least squares for β where there is one.
 */
function blurOf({ values, factor }: EpnpWorkspace, candidate: number): number {
  let gap = Number.POSITIVE_INFINITY;
  for (let k = 0; k < used[candidate]; k++) gap = Math.min(gap, values[k + 1] - values[k]);
  const unknowns = [0, 4, 3, 5][candidate];
  const condition = unknowns ? Math.abs(factor[0] / factor[unknowns * unknowns - 1]) : 1;
  return (values[11] / gap) * condition;
}

/** The kernel's ∂y/∂θ · direction [6], each entry by one adjoint product. */
export const kernelMotion = (...given: Parameters<typeof kernelProducts>): Float64Array =>
  Float64Array.from(kernelProducts(...given), ({ sum }) => sum);

/** The six products that kernelMotion sums, and how large their terms are together. */
export function kernelProducts(
  problem: Correspondences,
  kind: ControlSteps,
  candidate: number,
  direction: DataParts,
): { sum: number; size: number }[] {
  const { n, x2d, x3d, w2d, K } = problem;
  const { R, work } = kernelPose(problem, kind, candidate);
  const by = { x2d: x2d.slice(), x3d: x3d.slice(), w2d: w2d.slice(), K: K.slice() };
  return Array.from({ length: 6 }, (_, j) => {
    const v = Float64Array.from({ length: 6 }, (_, i) => (i === j ? 1 : 0));
    epnpVjp(n, x2d, x3d, w2d, K, kind, work, R, v, by.x2d, by.x3d, by.w2d, by.K);
    const terms = parts.flatMap((part) => Array.from(by[part], (g, i) => g * direction[part][i]));
    const total = (a: number[]) => a.reduce((sum, x) => sum + x, 0);
    return { sum: total(terms), size: total(terms.map(Math.abs)) };
  });
}

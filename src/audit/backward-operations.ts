/**
 * What the backward pass of BPnP costs, counted: by closed forms, and by the recipe of published code.
 *
 *     cᵢₖ = ∂πᵢₖ/∂y,   f = Σᵢₖ rᵢₖ cᵢₖ,   λ = −(∂f/∂y)⁻ᵀ v,   gradient = λᵀ ∂f/∂(x, z, K)
 *
 * The recipe differentiates f automatically, cᵢₖ being slopes themselves: every projection is differentiated twice. Its
 * faster form holds cᵢₖ, so each is differentiated once. The closed forms are the definitions', which share what
 * is common to both. Source: EQUATIONS BPNP-2, BPNP-3, PVC-2, EXP-R7; SYSTEMS S-02 (4); [BPnP2020]; [UAVA2021] Sec 4.2.
 */
import { poseVjp } from "../definitions/bpnp.js";
import { exactForm } from "../definitions/bpnp-force.js";
import { implicitAdjoint } from "../definitions/implicit.js";
import { projection, rigidTransform } from "../definitions/projection.js";
import { rotation } from "../definitions/rodrigues.js";
import { Recorded, type Tally } from "./recorded-number.js";

/** Correspondences of unit weight and their pose, flat: y = (ω, t) [6]. */
export interface BackwardProblem {
  readonly n: number;
  readonly x2d: Float64Array;
  readonly x3d: Float64Array;
  readonly K: Float64Array;
  readonly y: Float64Array;
}

/** vᵀ ∂y⋆/∂(x, z, K) [5n + 9], and the operations it took. */
export interface CountedGradient {
  readonly operations: number;
  readonly gradient: Float64Array;
}

export const backwardRoutes = ["closed forms", "published recipe"] as const;
export type BackwardRoute = (typeof backwardRoutes)[number];
export type CountedVariant = "exact" | "faster";

/** The gradient of an upstream v [6] in chart AA, by a route and a variant. */
export function backwardOperations(
  problem: BackwardProblem,
  v: Float64Array,
  route: BackwardRoute,
  variant: CountedVariant,
): CountedGradient {
  const tally: Tally = { operations: 0 };
  const variables = (values: Float64Array) =>
    Array.from(values, (value) => Recorded.variable(value, tally));
  const data = {
    y: variables(problem.y),
    x: rowsOf(variables(problem.x2d), 2),
    z: rowsOf(variables(problem.x3d), 3),
    K: rowsOf(variables(problem.K), 3),
    v: variables(v),
  };
  const found = (route === "closed forms" ? closedForms : publishedRecipe)(data, variant);
  return {
    operations: tally.operations,
    gradient: Float64Array.from(found, (slope) => slope.toNumber()),
  };
}

interface Data {
  readonly y: Recorded[];
  readonly x: Recorded[][];
  readonly z: Recorded[][];
  readonly K: Recorded[][];
  readonly v: Recorded[];
}

function closedForms({ y, x, z, K, v }: Data, variant: CountedVariant): Recorded[] {
  const one = y[0].of(1);
  const faster = { ...exactForm, hessian: "gauss-newton", mixed: "dropped" } as const;
  const problem = { x2d: x, x3d: z, w2d: x.map(() => [one, one]), K };
  const row = poseVjp(y, problem, v, variant === "exact" ? exactForm : faster);
  return [...row.x2d.flat(), ...row.x3d.flat(), ...row.K];
}

function publishedRecipe({ y, x, z, K, v }: Data, variant: CountedVariant): Recorded[] {
  let f: Recorded[] = y.map((one) => one.of(0));
  z.forEach((point, i) => {
    // Published code repeats the pose for every point, its rotation included.
    const X = rigidTransform(point, rotation(y.slice(0, 3)), y.slice(3, 6));
    projection(X, K).forEach((pi, k) => {
      const slopes = pi.slopesBy(y);
      const c = variant === "exact" ? slopes : slopes.map((slope) => slope.held());
      const r = x[i][k].minus(pi);
      f = f.map((sum, j) => sum.plus(r.times(c[j])));
    });
  });
  const others = [...x.flat(), ...z.flat(), ...K.flat()];
  const slopes = f.map((one) => one.slopesBy([...y, ...others]));
  const lambda = implicitAdjoint(
    slopes.map((row) => row.slice(0, 6)),
    v,
  );
  return others.map((_, a) =>
    slopes.map((row, j) => lambda[j].times(row[6 + a])).reduce((sum, part) => sum.plus(part)),
  );
}

const rowsOf = <T>(flat: readonly T[], width: number): T[][] =>
  Array.from({ length: flat.length / width }, (_, i) => flat.slice(i * width, (i + 1) * width));

/**
 * One Gauss–Newton step from a pose that is given, and its gradient (method epropnp-reg):
 *
 *     y⁺ = y ⊞ Δy,   Δy = −(Σ ρ′ JᵀJ + ε I)⁻¹ Σ ρ′ Jᵀ f      grad_θ = vᵀ ∂y⁺/∂θ with y held fixed
 *
 * with v = grad_pose_plus. With Δy and a = (…)⁻¹ vᵀ∂y⁺/∂Δy held fixed too, the gradient is that of
 * −Σ ρ′ (J a)ᵀ (f + J Δy) by each point's own data, which duals take point by point.
 */
import { tangentSize } from "../conventions/chart.js";
import { squaredHuberSlope } from "../definitions/huber.js";
import { pointMotion, poseDerivativesAt } from "../definitions/pose-jacobian.js";
import { movedRow, rowChart, rowRotation } from "../definitions/pose-row.js";
import { rigidTransform } from "../definitions/projection.js";
import {
  clampedProjection,
  formulaProjectionJacobian,
  maskedProjectionJacobian,
} from "../definitions/projection-clamp.js";
import { quaternionProduct } from "../definitions/quaternion.js";
import { seriesA, seriesB } from "../definitions/rotation-series.js";
import { type Dual, dual } from "../scalar/dual.js";
import { hyperDual, parts } from "../scalar/hyper-dual.js";
import {
  add,
  addMatrices,
  apply,
  dot,
  type Matrix,
  multiply,
  norm,
  scale,
  scaleMatrix,
  solve,
  subtract,
  sum,
  transpose,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { contract as costContract, type PosedReprojection, poseCost } from "./pose-cost.js";
import type { StepRecipe } from "./regularisation-recipe.js";

/** Correspondences, the pose a step is taken from, ε, and the upstream gradient v of y⁺ if given. */
export interface SteppedReprojection<S> extends PosedReprojection<S> {
  readonly epsilon: S;
  readonly upstream: Vector<S> | null;
}

interface Linearised<S> {
  readonly f: S[];
  readonly J: S[][];
  readonly slope: S;
}

/** f, J and ρ′ of every point. */
export function linearised<S extends Real<S>>(
  { x2d, x3d, w2d, K, delta, zMin, y }: SteppedReprojection<S>,
  recipe: StepRecipe,
): Linearised<S>[] {
  const pose = poseDerivativesAt(rowChart(y.length), rowRotation(y), y.slice(0, 3));
  const clamps = recipe.depth === "clamped" ? { zMin } : {};
  const jacobian = recipe.rows === "masked" ? maskedProjectionJacobian : formulaProjectionJacobian;
  return x3d.map((z, i) => {
    const X = rigidTransform(z, pose.R, pose.t);
    const w = w2d[i].map((v) => {
      if (recipe.weights === "one") return v.of(1);
      if (recipe.weights === "root-w") return v.sqrt();
      return recipe.weights === "w2" ? v.times(v) : v;
    });
    const f = clampedProjection(X, K, clamps).map((pi, k) => w[k].times(pi.minus(x2d[i][k])));
    const motion = pointMotion(pose, z);
    const J = jacobian(X, K, clamps).map((row, k) => motion.map((dX) => dot(row, dX).times(w[k])));
    const huber = delta && recipe.huber !== "none" ? squaredHuberSlope(dot(f, f), delta) : null;
    const slope = huber ? (recipe.huber === "squared" ? huber.times(huber) : huber) : f[0].of(1);
    return { f, J, slope };
  });
}

/** The rows of every point, the matrix of the step [d][d] and the step [d]. */
export function stepped<S extends Real<S>>(problem: SteppedReprojection<S>, recipe: StepRecipe) {
  const points = linearised(problem, recipe);
  const g = points.map(({ J, f, slope }) => scale(apply(transpose(J), f), slope)).reduce(add);
  const normal = points
    .map(({ J, slope }) => scaleMatrix(multiply(transpose(J), J), slope))
    .reduce(addMatrices);
  const A = normal.map((row, p) => row.map((v, q) => (p === q ? ridged(v, problem, recipe) : v)));
  const step = solved(A, scale(g, -recipe.direction));
  return { points, A, step };
}

function ridged<S extends Real<S>>(
  v: S,
  { epsilon }: SteppedReprojection<S>,
  { ridge }: StepRecipe,
): S {
  if (ridge === "none") return v;
  return v.plus(ridge === "relative" ? epsilon.times(v) : epsilon);
}

/** A⁻¹ b [d]. */
const solved = <S extends Real<S>>(A: Matrix<S>, b: Vector<S>): S[] =>
  solve(
    A,
    b.map((v) => [v]),
  ).map(([v]) => v);

/** ∂²cost/∂ξ² [d][d] of ½ Σ ρ, by duals of duals through the moved pose. */
function exactHessian<S extends Real<S>>(
  problem: SteppedReprojection<S>,
  { huber, weights, depth }: StepRecipe,
): S[][] {
  const d = tangentSize(rowChart(problem.y.length));
  const recipe = {
    ...costContract,
    ...{ weights, depth, chart: rowChart(problem.y.length) },
    rescaling: huber === "none" ? ("none" as const) : ("root" as const),
  };
  const still = (rows: Matrix<S>) => rows.map((row) => row.map((v) => hyperDual(v)));
  const { x2d, x3d, w2d, K, delta, zMin, y } = problem;
  const data = {
    ...{ x2d: still(x2d), x3d: still(x3d), w2d: still(w2d), K: still(K), zMin: hyperDual(zMin) },
    ...(delta && { delta: hyperDual(delta) }),
  };
  const [row] = still([y]);
  const H: S[][] = Array.from({ length: d }, () => new Array<S>(d));
  for (let p = 0; p < d; p++)
    for (let q = 0; q <= p; q++) {
      const xi = H.map((_, k) => hyperDual(y[0].of(0), k === p ? 1 : 0, k === q ? 1 : 0));
      const { second } = parts(poseCost({ ...data, y: movedRow(row, xi) }, recipe).cost);
      H[p][q] = second;
      H[q][p] = second;
    }
  return H;
}

/** y moved by a step [7 or 4]. */
function moved<S extends Real<S>>(y: Vector<S>, step: Vector<S>, recipe: StepRecipe): S[] {
  const t = add(y.slice(0, 3), step.slice(0, 3));
  if (y.length === 4) return [...t, y[3].plus(step[3])];
  const q = y.slice(3);
  const delta = scale(step.slice(3), recipe.turn);
  const s = dot(delta, delta);
  const exponential = recipe.retraction === "exponential";
  // (1, −δ), or the unit quaternion whose angle is 2‖δ‖ and not 2 atan ‖δ‖.
  const turn = exponential
    ? [s.times(seriesB(s)).negated().plus(1), ...scale(delta, seriesA(s).negated())]
    : [s.of(1), ...scale(delta, -1)];
  const ray =
    recipe.retraction === "right" ? quaternionProduct(q, turn) : quaternionProduct(turn, q);
  if (recipe.retraction === "unnormalised") return [...t, ...ray];
  const length = norm(ray);
  return [...t, ...ray.map((v) => v.over(length))];
}

/** y⁺ − y [7 or 4]. */
export function poseShift<S extends Real<S>>(
  problem: SteppedReprojection<S>,
  recipe: StepRecipe,
): S[] {
  return subtract(moved(problem.y, stepped(problem, recipe).step, recipe), problem.y);
}

/** The arrays a step can be differentiated by. */
export type StepInput = "x2d" | "x3d" | "w2d";

/**
 * The gradient of vᵀ y⁺ by one input, flat; of its first points only if no more is wanted.
 *
 * @throws RangeError if no upstream gradient is given.
 */
export function stepGradient<S extends Real<S>>(
  problem: SteppedReprojection<S>,
  recipe: StepRecipe,
  name: StepInput,
  first = Number.POSITIVE_INFINITY,
): S[] {
  const { y, upstream, x2d, delta } = problem;
  if (!upstream) throw new RangeError("stepGradient: expected an upstream gradient, got none");
  const { points, A, step } = stepped(problem, recipe);
  const a = solved(A, stepSlopes(problem, step, recipe));
  const leak = recipe.pose === "attached" ? leaked(problem, recipe) : null;
  // A step reversed is Δy all the same where JᵀJ Δy stands.
  const held = scale(step, recipe.direction);
  const onlyG = recipe.frozen === "matrix" || recipe.frozen === "jacobian";
  /** −ρ′ (J a)ᵀ (f + J Δy), and what leaks through the pose: −ρ′ (J h)ᵀ f. */
  const pull = (i: number, data: SteppedReprojection<Dual<S>>): S => {
    const [at] = linearised(data, recipe);
    const J = recipe.frozen === "jacobian" ? points[i].J.map(constant) : at.J;
    const slope = recipe.frozen === "huber" ? dual(points[i].slope) : at.slope;
    const m = onlyG ? at.f : add(at.f, apply(J, constant(held)));
    let along = dot(apply(J, constant(a)), m);
    if (recipe.ridge === "relative" && !onlyG) along = along.plus(ridgeAlong(J, a, held));
    const whole = leak ? along.plus(dot(apply(J, constant(leak)), at.f)) : along;
    return whole.times(slope).negated().b;
  };
  /** ε aᵀ diag(JᵀJ) Δy, by which a relative ridge moves with the data. */
  const ridgeAlong = (J: Matrix<Dual<S>>, left: Vector<S>, right: Vector<S>): Dual<S> => {
    const terms = left.map((v, p) => {
      const column = J.map((row) => row[p]);
      return dot(column, column).times(dual(v.times(right[p]).times(problem.epsilon)));
    });
    return sum(terms, terms[0]);
  };
  const rows = problem[name].slice(0, Math.ceil(first / problem[name][0].length));
  const own = rows.flatMap((row, i) =>
    row.map((_, k) => pull(i, { ...onePoint(problem, i), [name]: [varied(row, k)] })),
  );
  const runs = name === "w2d" ? recipe.threshold !== "constant" : recipe.threshold === "xw";
  if (!runs || !delta || name === "x3d") return own;
  const byDelta = sum(
    x2d.map((_, i) => pull(i, { ...onePoint(problem, i), delta: dual(delta, 1) })),
    y[0],
  );
  const slopes = thresholdSlopes(problem, delta)[name].flat();
  return own.map((v, k) => v.plus(slopes[k].times(byDelta)));
}

/** Numbers that nothing moves. */
export const constant = <S extends Real<S>>(v: Vector<S>): Dual<S>[] => v.map((x) => dual(x));

/** A row of data of which entry k varies. */
export const varied = <S extends Real<S>>(row: Vector<S>, k: number): Dual<S>[] =>
  row.map((v, l) => dual(v, k === l ? 1 : 0));

/** Point i alone, its data constant as yet. */
export function onePoint<S extends Real<S>>(
  { x2d, x3d, w2d, K, y, zMin, epsilon, delta }: SteppedReprojection<S>,
  i: number,
): SteppedReprojection<Dual<S>> {
  return {
    x2d: [constant(x2d[i])],
    x3d: [constant(x3d[i])],
    w2d: [constant(w2d[i])],
    K: K.map(constant),
    y: constant(y),
    zMin: dual(zMin),
    epsilon: dual(epsilon),
    upstream: null,
    ...(delta && { delta: dual(delta) }),
  };
}

/** (∂y⁺/∂Δy)ᵀ v [d]. */
export function stepSlopes<S extends Real<S>>(
  { y, upstream }: SteppedReprojection<S>,
  step: Vector<S>,
  recipe: StepRecipe,
): S[] {
  return step.map((_, p) => {
    const turned = step.map((v, q) => dual(v, p === q ? recipe.direction : 0));
    const to = moved(constant(y), turned, recipe);
    return sum(
      to.map((v, k) => v.b.times(upstream![k])),
      y[0],
    );
  });
}

/** h = H⁻¹ (∂y⁺/∂y)ᵀ v [d]: −hᵀ ∂g/∂θ is what comes through a pose that moves as the minimum does. */
function leaked<S extends Real<S>>(problem: SteppedReprojection<S>, recipe: StepRecipe): S[] {
  const d = tangentSize(rowChart(problem.y.length));
  const rows = (of: Matrix<S>) => of.map(constant);
  const u = Array.from({ length: d }, (_, p) => {
    const xi = Array.from({ length: d }, (_, q) => dual(problem.y[0].of(0), p === q ? 1 : 0));
    const y = movedRow(constant(problem.y), xi);
    const at: SteppedReprojection<Dual<S>> = {
      ...{ x2d: rows(problem.x2d), x3d: rows(problem.x3d), w2d: rows(problem.w2d) },
      ...{ K: rows(problem.K), zMin: dual(problem.zMin), epsilon: dual(problem.epsilon) },
      ...{ y, upstream: null },
      ...(problem.delta && { delta: dual(problem.delta) }),
    };
    const to = moved(y, stepped(at, recipe).step, recipe);
    return sum(
      to.map((v, k) => v.b.times(problem.upstream![k])),
      problem.y[0],
    );
  });
  return solved(exactHessian(problem, recipe), u);
}

/** ∂δ/∂x and ∂δ/∂w [N][2] of an adaptive δ ∝ w̄ σ, from δ itself. */
function thresholdSlopes<S extends Real<S>>({ x2d, w2d }: SteppedReprojection<S>, delta: S) {
  const mean = scale(
    x2d.reduce<readonly S[]>(add, [delta.of(0), delta.of(0)]),
    delta.of(1).over(x2d.length),
  );
  const apart = x2d.map((x) => subtract(x, mean));
  const spread = sum(
    apart.map((v) => dot(v, v)),
    delta,
  );
  const total = sum(w2d.flat(), delta);
  return {
    x2d: apart.map((v) => v.map((x) => x.times(delta).over(spread))),
    w2d: w2d.map((w) => w.map(() => delta.over(total))),
  };
}

/**
 * The gradient of a Linear-Covariance loss. All points enter through H, N and b, which are sums over
 * them, so that a point's own share of the loss, to first order, is
 *
 *     Σₖ −ω_p aᵀZ_p a − ω_c aᵀZ_c a + ω_c² M aᵀY a − ω_l aᵀZ_l a + ω_l e vᵀa
 *
 * with matrices of the whole problem, P = H⁻¹, G = J_fᵀ diag(∂L/∂s) J_f, g = J_fᵀ diag(∂L/∂s) 2 J_f u:
 *
 *     Z_p = P G_p P     Y = P G P     Z_c = C G P + P G C     v = P g     Z_l = ½ (v uᵀ + u vᵀ)
 *
 * The derivative of that share by the point is taken by duals; what the gradient holds is given to it as
 * a constant. Thresholds that are attached pass through two means over the points. The project's
 * definition writes all of it in closed form. Source: EQUATIONS LC-5, LC-7, LC-11 … LC-13, LC-19.
 */
import { type Dual, dual } from "../scalar/dual.js";
import {
  addMatrices,
  apply,
  dot,
  type Matrix,
  multiply,
  outer,
  scale,
  scaleMatrix,
  transpose,
  type Vector,
} from "../scalar/matrix.js";
import { abs, type Real } from "../scalar/real.js";
import type { LossParts, LossProblem } from "./linear-covariance.js";
import { lossSlopes } from "./linear-covariance-errors.js";
import type { LossRecipe, LossTerm } from "./linear-covariance-recipe.js";
import * as point from "./linear-covariance-residuals.js";

export type LossInput = "x2d" | "x3d" | "inv_std2d";
type Part = keyof point.Datum<unknown>;
const parts: Readonly<Record<LossInput, Part>> = { x2d: "x", x3d: "z", inv_std2d: "w" };

/** ∂L by an input, flat; at least the `first` leading entries, and all by default. */
export function lossGradient<S extends Real<S>>(
  problem: LossProblem<S>,
  at: LossParts<S>,
  recipe: LossRecipe,
  input: LossInput,
  first = Number.POSITIVE_INFINITY,
): S[] {
  const part = parts[input];
  const width = part === "z" ? 3 : 2;
  const share = shareOf(problem, at, recipe);
  const { meanSize, meanPull } = at;
  const still = { size: constant(meanSize), pull: constant(meanPull) };
  const byMeans = slopesByMeans(problem, at, recipe, share);
  const whole = (i: number, datum: point.Datum<Dual<S>>): S => {
    const own = share(i, datum, still);
    return (byMeans ? byMeans(i, datum, still).plus(own.total) : own.total).b;
  };
  const rows = problem.data.slice(0, Math.ceil(first / width)).map((datum, i) => {
    if (recipe.valid === "on-gradients" && problem.valid[i] === 0)
      return datum[part].map((v) => v.of(0));
    return datum[part].map((_, k) => {
      const seeded = datum[part].map((v, l) => dual(v, k === l ? 1 : 0));
      const all = { x: constant(datum.x), z: constant(datum.z), w: constant(datum.w) };
      return whole(i, { ...all, [part]: seeded });
    });
  });
  return rows.flatMap((row, i) => byVariable(problem, recipe, part, row, i));
}

/** A point's derivative [2 or 3] by what the recipe says, made of that by x, z or w. */
function byVariable<S extends Real<S>>(
  { view, data }: LossProblem<S>,
  { variable, points, unit }: LossRecipe,
  part: Part,
  row: readonly S[],
  i: number,
): S[] {
  if (part === "z") {
    const turned = points === "camera" ? apply(view.R, row) : row;
    return unit === 1 ? [...turned] : scale(turned, 1 / unit);
  }
  if (part === "x" || variable === "w") return [...row];
  // σ = 1/w has dw = −w² dσ.
  return row.map((g, k) => {
    const w = data[i].w[k];
    return variable === "w2" ? g.over(w.times(2)) : g.times(w).times(w).negated();
  });
}

interface Means<S> {
  readonly size: Vector<S>;
  readonly pull: Vector<S>;
}

/** A point's share of the loss, and what it adds to the means of |e| and w² M [2]. */
interface Share<S extends Real<S>> {
  readonly total: Dual<S>;
  readonly size: Vector<Dual<S>>;
  readonly pull: Vector<Dual<S>>;
}

type Shares<S extends Real<S>> = (
  i: number,
  datum: point.Datum<Dual<S>>,
  means: Means<Dual<S>>,
) => Share<S>;

/** The share of point i as a function of its own numbers and of the means. */
function shareOf<S extends Real<S>>(
  problem: LossProblem<S>,
  at: LossParts<S>,
  recipe: LossRecipe,
): Shares<S> {
  const pulls = rowPulls(at, recipe);
  const view = point.viewIn(problem.view, (v: S) => dual(v));
  const held = at.J.map((a, row) => {
    let known: RowPulls<Dual<S>> | null = null;
    return () =>
      (known ??= mapped(
        pulls(row, a, (v) => v),
        (v) => dual(v),
      ));
  });
  return (i, datum, means) => {
    const was = at.points[i];
    const r = point.residualOf(view, datum, recipe);
    const e =
      recipe.clamp === "straight-through"
        ? r.map((v, k) => v.minus(dual(was.shortening[k])))
        : point.shortened(view, r, recipe);
    const size = recipe.residualThreshold === "held" ? constant(at.meanSize) : means.size;
    const M = point.varianceOf(view, e, size, recipe);
    const square = point.squareOf(datum.w, recipe);
    const free = recipe.weightThreshold === "attached";
    const limited = (kind: LossRecipe["omega"]) => {
      const pull = free ? means.pull : constant(at.meanPull);
      const own = point.omegaOf(view, square, pull, free ? M : constant(was.M), kind, recipe);
      return recipe.valid === "on-weights" ? scale(own, dual(was.e[0].of(problem.valid[i]))) : own;
    };
    const omega = limited(recipe.omega);
    const of = (term: LossTerm) => {
      const own = term === "prior" ? limited(recipe.priorOmega) : omega;
      if (recipe.weightsHeld !== term) return own;
      return constant(term === "prior" ? was.priorOmega : was.omega);
    };
    const [wp, wc, wl] = [of("prior"), of("covariance"), of("linear")];
    const kept = recipe.covarianceResidual === "held";
    const [ec, Mc] = kept ? [constant(was.e), constant(was.M)] : [e, M];
    const el = recipe.linearResidual === "held" ? constant(was.e) : e;
    const rows = recipe.linearisation === "held" ? null : point.rowsOf(view, datum.z, recipe);
    const total = [0, 1].flatMap((k) => {
      const row = 2 * i + k;
      const by = rows ? pulls(row, rows[k], (v) => dual(v)) : held[row]();
      return [
        wp[k].times(by.prior).negated(),
        wc[k].times(by.covariance).negated(),
        by.signed
          ? wc[k].times(ec[k]).times(by.signed)
          : wc[k].times(wc[k]).times(Mc[k]).times(by.variance),
        wl[k].times(by.linear).negated(),
        wl[k].times(el[k]).times(by.deviation),
      ];
    });
    return {
      total: total.reduce((x, y) => x.plus(y)),
      size: e.map((v) => abs(v)),
      pull: square.map((s, k) => s.times(M[k])),
    };
  };
}

/** What a row a of J pulls with: aᵀZa of the terms, aᵀYa, vᵀa, and v_cᵀa where there is one. */
interface RowPulls<S> {
  readonly prior: S;
  readonly covariance: S;
  readonly linear: S;
  readonly variance: S;
  readonly deviation: S;
  readonly signed: S | null;
}

function mapped<S, T>(of: RowPulls<S>, lift: (v: S) => T): RowPulls<T> {
  const { prior, covariance, linear, variance, deviation, signed } = of;
  return {
    ...{ prior: lift(prior), covariance: lift(covariance), linear: lift(linear) },
    ...{ variance: lift(variance), deviation: lift(deviation), signed: signed && lift(signed) },
  };
}

/** The pulls of a row, in the number system that the row is given in. */
function rowPulls<S extends Real<S>>(at: LossParts<S>, recipe: LossRecipe) {
  const { Zp, Zc, Zl, Y, vc, vl } = adjoints(at, recipe);
  return <T extends Real<T>>(row: number, a: Vector<T>, lift: (v: S) => T): RowPulls<T> => {
    const along = (v: Vector<S>) =>
      dot(
        v.map((x) => lift(x)),
        a,
      );
    const form = (Z: Matrix<S>) =>
      dot(
        a,
        Z.map((z) => along(z)),
      );
    const B = at.bending[row];
    const bent = (Z: Matrix<S>) => {
      const whole = form(Z);
      return B
        ? whole.minus(lift(Z.map((z, p) => dot(z, B[p])).reduce((x, y) => x.plus(y))))
        : whole;
    };
    return {
      ...{ prior: bent(Zp), covariance: bent(Zc), linear: bent(Zl), variance: form(Y) },
      ...{ deviation: along(vl), signed: vc && along(vc) },
    };
  };
}

/** The matrices and vectors of the whole problem; v_c where M is the whole outer product of e. */
function adjoints<S extends Real<S>>(at: LossParts<S>, recipe: LossRecipe) {
  const { P, priorP, C, u, Jf, deviation, prior, covariance, linear, substituted } = at;
  const by = lossSlopes(
    { prior: prior.value, covariance: covariance.value, linear: linear.value },
    recipe,
  );
  const spread = (slopes: Vector<S>, factor: S) =>
    multiply(
      transpose(Jf),
      Jf.map((row, j) => scale(row, slopes[j].times(factor))),
    );
  const [Gp, Gc] = [spread(prior.slopes, by.prior), spread(covariance.slopes, by.covariance)];
  const g = apply(
    transpose(Jf),
    linear.slopes.map((s, j) => s.times(by.linear).times(deviation[j]).times(2)),
  );
  const between = (v: Vector<S>) => scaleMatrix(addMatrices(outer(v, u), outer(u, v)), 0.5);
  const vl = apply(P, g);
  const vc = recipe.spread === "whole" ? apply(P, scale(apply(Gc, u), 2)) : null;
  const CGP = multiply(C, multiply(Gc, P));
  const none = P.map((row) => row.map((p) => p.of(0)));
  // The identity in the place of a Hessian does not move.
  const moving = (Z: Matrix<S>) => (substituted ? none : Z);
  return {
    Zp: moving(multiply(priorP, multiply(Gp, priorP))),
    Zc: moving(vc ? between(vc) : addMatrices(CGP, transpose(CGP))),
    Zl: moving(between(vl)),
    Y: multiply(P, multiply(Gc, P)),
    ...{ vc, vl },
  };
}

/**
 * What a point adds to the loss through the means behind attached thresholds; null if both are held.
 * The mean of w² M depends on the threshold of M, so the mean of |e| comes last.
 */
function slopesByMeans<S extends Real<S>>(
  problem: LossProblem<S>,
  at: LossParts<S>,
  recipe: LossRecipe,
  share: Shares<S>,
) {
  const { data, view } = problem;
  const { residualThreshold, weightThreshold } = recipe;
  if (residualThreshold === "held" && weightThreshold === "held") return null;
  const valid = recipe.valid === "ignored" ? data.map(() => 1) : problem.valid;
  const counted = valid.reduce((total, v) => total + v, 0);
  const none = [0, 1].map(() => view.t[0].of(0));
  if (counted === 0) return null;
  const own = (i: number, of: Vector<Dual<S>>) =>
    scale(point.acrossAxes(of, recipe), dual(view.t[0].of(valid[i] / counted)));
  const { meanSize, meanPull } = at;
  /** Σᵢ of what `of` makes of each point, by one of the means [2]. */
  const by = (mean: keyof Means<S>, of: (i: number, own: Share<S>) => Dual<S>): S[] =>
    [0, 1].map((k) => {
      const seeded = (values: Vector<S>, moves: boolean) =>
        values.map((v, l) => dual(v, moves && k === l ? 1 : 0));
      const means = {
        size: seeded(meanSize, mean === "size"),
        pull: seeded(meanPull, mean === "pull"),
      };
      return data
        .map(({ x, z, w }, i) => {
          const datum = { x: constant(x), z: constant(z), w: constant(w) };
          return of(i, share(i, datum, means)).b;
        })
        .reduce((a, b) => a.plus(b));
    });
  const byPull = weightThreshold === "held" ? none : by("pull", (_, { total }) => total);
  const throughPull = (i: number, { pull }: Share<S>) => dot(own(i, pull), constant(byPull));
  const bySize =
    residualThreshold === "held" ? none : by("size", (i, of) => of.total.plus(throughPull(i, of)));
  return (i: number, datum: point.Datum<Dual<S>>, means: Means<Dual<S>>): Dual<S> => {
    const of = share(i, datum, means);
    return dot(own(i, of.size), constant(bySize)).plus(throughPull(i, of));
  };
}

const constant = <S extends Real<S>>(v: Vector<S>): Dual<S>[] => v.map((x) => dual(x));

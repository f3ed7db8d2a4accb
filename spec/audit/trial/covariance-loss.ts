/**
 * The Linear-Covariance loss at a given pose (lc), written for this trial as one chain of jets of all data:
 * what the published layer detaches is held, and every switch is a fault.
 *
 *     L = log E_prior + ½ (E_cov + E_linear) / E_prior     E = mean over corners of a root
 */
import { linearised, represented, shortened, sized } from "./covariance-loss-rows.js";
import {
  type Boxed,
  type LossConstants,
  type LossSwitches,
  type Pair,
  pair,
  soundLoss,
} from "./covariance-loss-switches.js";
import { moved, quaternionMatrix, seen } from "./geometry.js";
import { constant, dot, eliminated, type Jet, type Space, variable } from "./jet.js";

/** 2 Huber of a size: v² below δ, δ (2v − δ) above. */
const twiceHuber = (v: Jet, delta: Jet): Jet =>
  v.v <= delta.v ? v.times(v) : delta.times(v.times(2).minus(delta));

/** The loss, its three errors, and its gradient by x2d, x3d and weights. */
export function covarianceLoss(
  of: Boxed,
  with_: LossConstants,
  faults: Partial<LossSwitches> = {},
) {
  const is = { ...soundLoss, ...faults };
  const { n } = of;
  const space: Space = { n: 7 * n, second: false, store: is.store };
  const num = (v: number) => constant(space, v);
  const kept = (v: Jet, free: boolean) => (free ? v : v.held());
  const y = Array.from(of.y, num);
  const [R, t] = [quaternionMatrix(y.slice(3)), y.slice(0, 3)];
  const K = [0, 1, 2].map((a) => [0, 1, 2].map((b) => num(of.K[3 * a + b])));
  const limit = { zMin: with_.zMin, clamp: is.depth === "free" ? "free" : "held" } as const;
  const points = Array.from({ length: n }, (_, i) => {
    const x = [0, 1].map((k) => variable(space, of.x2d[2 * i + k], 2 * i + k));
    const z = [0, 1, 2].map((k) => variable(space, of.x3d[3 * i + k], 2 * n + 3 * i + k));
    const w = pair((k) => variable(space, of.w2d[2 * i + k], 5 * n + 2 * i + k));
    const { pixel } = seen(moved(R, z, t), K, limit);
    const r = pair((k) => x[k].minus(pixel[k]));
    return { z, w, r, e: shortened(r, with_.maxLength, is), square: pair((k) => is.square(w[k])) };
  });
  const valid = is.mask === "ignored" ? of.valid.map(() => 1) : of.valid;
  const counted = valid.reduce((a, b) => a + b);
  const mean = (entry: (i: number) => Pair<Jet>): Pair<Jet> => {
    const own = pair((k) =>
      points
        .map((_, i) => entry(i)[k].times(valid[i]))
        .reduce((a, b) => a.plus(b))
        .over(counted),
    );
    if (is.means === "each axis") return own;
    const both = own[0].plus(own[1]).over(2);
    return [both, both];
  };
  const { residualThreshold, weightThreshold } = is.attached;
  const meanSize = mean((i) => pair((k) => points[i].e[k].abs())).map((v) =>
    kept(v, residualThreshold).times(with_.residualFactor),
  );
  const M = points.map(({ e }) =>
    pair((k) => {
      if (is.variance === "plain") return e[k].times(e[k]);
      const whole = twiceHuber(e[k].abs(), meanSize[k]);
      return is.variance === "limited" ? whole : whole.over(2);
    }),
  );
  const meanPull = mean((i) => pair((k) => points[i].square[k].times(M[i][k])));
  const omegaOf = (plain: boolean) =>
    points.map(({ square }, i) =>
      pair((k) => {
        const mask = is.mask === "on weights" ? of.valid[i] : 1;
        if (plain || is.omega === "plain") return square[k].times(mask);
        const bound = meanPull[k].times(with_.weightFactor).over(M[i][k].plus(is.epsilon)).sqrt();
        const whole = twiceHuber(square[k].sqrt(), kept(bound, weightThreshold)).times(mask);
        return is.omega === "limited" ? whole : whole.over(2);
      }),
    );
  const omega = omegaOf(false);
  const priorOmega = is.priorOmega === "plain" ? omegaOf(true) : omega;
  const rows = points.map(({ z, r }) => linearised(R, z, t, K, r, with_, is));
  const weightsOf = (term: "prior" | "covariance" | "linear", own: Pair<Jet>[]) =>
    is.weightsHeld === term ? own.map((w) => pair((k) => w[k].held())) : own;
  /** H⁻¹ of weights, as one term takes it. */
  const inverse = (own: Pair<Jet>[]): Jet[][] => {
    const unit = [0, 1, 2, 3, 4, 5].map((p) => [0, 1, 2, 3, 4, 5].map((q) => num(p === q ? 1 : 0)));
    if (is.hessian === "identity") return unit;
    const H = unit.map((row, p) =>
      row.map((_, q) =>
        rows
          .flatMap(({ a, bent }, i) =>
            pair((k) => own[i][k].times(a[k][p].times(a[k][q]).minus(bent[k][p][q]))),
          )
          .reduce((u, v) => u.plus(v)),
      ),
    );
    return eliminated(H, unit);
  };
  const Jf = represented(of, R, t, K, is).map((row) => row.map((v) => v.held()));
  const apply = (P: Jet[][], v: readonly Jet[]) => P.map((row) => dot(row, v));
  /** The sum over a corner's components of J_f C J_fᵀ. */
  const variances = (C: Jet[][]) => Jf.map((row) => dot(row, apply(C, row)));
  const prior = sized(variances(inverse(weightsOf("prior", priorOmega))), is);
  const wc = weightsOf("covariance", omega);
  const Pc = inverse(wc);
  const along = (own: Pair<Jet>[], value: (i: number, k: number) => Jet) =>
    [0, 1, 2, 3, 4, 5].map((p) =>
      rows
        .flatMap(({ a }, i) => pair((k) => own[i][k].times(value(i, k)).times(a[k][p])))
        .reduce((u, v) => u.plus(v)),
    );
  const residual = (free: boolean) => (i: number, k: number) => kept(points[i].e[k], free);
  const shifts = (own: Pair<Jet>[], P: Jet[][], free: boolean) =>
    apply(Jf, apply(P, along(own, residual(free))));
  const squares = (v: readonly Jet[]) => v.map((x) => x.times(x));
  const covariance = () => {
    if (is.spread === "signed") return squares(shifts(wc, Pc, is.covarianceResidual));
    const N = [0, 1, 2, 3, 4, 5].map((p) =>
      along(
        wc.map((w, i) => pair((k) => w[k].times(w[k]).times(kept(M[i][k], is.covarianceResidual)))),
        (i, k) => rows[i].a[k][p],
      ),
    );
    const half = Pc.map((row) => apply(N, row));
    return variances(half.map((row) => apply(Pc, row)));
  };
  const cov = sized(covariance(), is);
  const wl = weightsOf("linear", omega);
  const linear = sized(squares(shifts(wl, inverse(wl), is.linearResidual)), is);
  const others = [is.terms.covariance ? cov : null, is.terms.linear ? linear : null]
    .flatMap((v) => v ?? [])
    .reduce((a, b) => a.plus(b))
    .times(is.half);
  const whole = () => {
    if (!is.terms.prior) return others;
    return (is.logarithm ? prior.log() : prior.times(0)).plus(others.over(prior));
  };
  const loss = whole();
  const gradient = (from: number, width: number) =>
    Array.from(loss.g.subarray(from, from + width * n), (v, k) =>
      is.mask === "on gradients" && of.valid[Math.floor(k / width)] === 0 ? 0 : v,
    );
  return {
    prior: prior.v,
    cov: cov.v,
    linear: linear.v,
    loss: loss.v,
    x2d: gradient(0, 2),
    x3d: gradient(2 * n, 3),
    w2d: gradient(5 * n, 2),
  };
}

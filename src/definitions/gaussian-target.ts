/**
 * The Gaussian that a heat map is trained towards.
 *
 *     e_uv = exp(−½ ((g_u − μ_x)/σ_x)² − ½ ((g_v − μ_y)/σ_y)²),   0 where |g − μ| > reach on either axis
 *     m = e,  or the density e/(2π σ_x σ_y)
 *     T = m,  or m/(Σ m + guard)
 *
 *     ∂m/∂μ_x = m (g_u − μ_x)/σ_x²      ∂m/∂σ_x = m ((g_u − μ_x)²/σ_x² − [density])/σ_x
 *     ∂L/∂m = v, or (v − Σ v T)/(Σ m + guard), for v = ∂L/∂T
 *
 * μ and σ > 0 are in the unit of the coordinates g. Where the reach cuts, nothing is differentiated.
 * The guard of published code, 1e-8, lets the sum stay below 1; a guard of 0 makes it 1.
 * Source: EQUATIONS HM-1; [UAVA2021] Sec 4.1 (density, guard 1e-8); [HigherHRNet2020] published code (m = e, reach
 * 3σ + 1 about a whole cell); [Nibali2018] (guard 1e-24).
 */
import { type Matrix, sum, type Vector } from "../scalar/matrix.js";
import { abs, type Real, square } from "../scalar/real.js";

/** Which multiple of the Gaussian a target is. */
export interface TargetForm {
  /** Whether e is divided by 2π σ_x σ_y. */
  readonly density: boolean;
  /** Added to the sum that a target is divided by; null if it is divided by none. */
  readonly guard: number | null;
  /** Distance along an axis beyond which a target is 0; Infinity for none. */
  readonly reach: number;
}

function gaussians<S extends Real<S>>(
  gx: Vector<S>,
  gy: Vector<S>,
  mean: Vector<S>,
  sigma: Vector<S>,
  { density, reach }: TargetForm,
): S[][] {
  const pi = mean[0].of(0).atan2(-1);
  return gy.map((y) =>
    gx.map((x) => {
      const d = [x.minus(mean[0]), y.minus(mean[1])];
      if (d.some((along) => !abs(along).atMost(reach))) return x.of(0);
      const z = square(d[0].over(sigma[0])).plus(square(d[1].over(sigma[1])));
      const e = z.over(-2).exp();
      return density ? e.over(pi.times(2).times(sigma[0]).times(sigma[1])) : e;
    }),
  );
}

/** T [H][W] over coordinates gx [W] and gy [H], mean [2] and sigma [2]. */
export function gaussianTarget<S extends Real<S>>(
  gx: Vector<S>,
  gy: Vector<S>,
  mean: Vector<S>,
  sigma: Vector<S>,
  form: TargetForm,
): S[][] {
  const m = gaussians(gx, gy, mean, sigma, form);
  if (form.guard === null) return m;
  const total = sum(m.flat(), gx[0]).plus(form.guard);
  return m.map((row) => row.map((value) => value.over(total)));
}

/** ∂L/∂μ [2] and ∂L/∂σ [2] of v = ∂L/∂T [H][W]. */
export function gaussianTargetVjp<S extends Real<S>>(
  gx: Vector<S>,
  gy: Vector<S>,
  mean: Vector<S>,
  sigma: Vector<S>,
  form: TargetForm,
  v: Matrix<S>,
): { mean: S[]; sigma: S[] } {
  const m = gaussians(gx, gy, mean, sigma, form);
  const flat = m.flat();
  const zero = gx[0].of(0);
  let upstream = v.flat();
  if (form.guard !== null) {
    const total = sum(flat, zero).plus(form.guard);
    const pulled = sum(
      flat.map((value, i) => value.times(upstream[i])),
      zero,
    ).over(total);
    upstream = upstream.map((value) => value.minus(pulled).over(total));
  }
  const along = (axis: 0 | 1) => (i: number) =>
    axis === 0 ? gx[i % gx.length].minus(mean[0]) : gy[Math.floor(i / gx.length)].minus(mean[1]);
  const pair = ([0, 1] as const).map((axis) => {
    const [d, s] = [along(axis), sigma[axis]];
    return {
      mean: sum(
        flat.map((value, i) => upstream[i].times(value).times(d(i)).over(square(s))),
        zero,
      ),
      sigma: sum(
        flat.map((value, i) =>
          upstream[i]
            .times(value)
            .times(square(d(i).over(s)).minus(form.density ? 1 : 0))
            .over(s),
        ),
        zero,
      ),
    };
  });
  return { mean: pair.map((part) => part.mean), sigma: pair.map((part) => part.sigma) };
}

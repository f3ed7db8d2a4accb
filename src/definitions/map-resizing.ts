/**
 * A heat map at another resolution, by bilinear interpolation between the centres of its cells.
 *
 *     m′_uv = Σ_rc Λ(s_v − r) Λ(s_u − c) m_rc,   Λ(t) = max(1 − |t|, 0)
 *     s_u = (u + ½) W/W′ − ½, moved to within 0 … W − 1 (likewise s_v)
 *
 * Cells are areas: the outer edges of both maps coincide, and beyond the outer centres the map goes on as it is
 * there ("align corners false"). It is linear in m; its adjoint is the vector–Jacobian product.
 * Source: EQUATIONS HM-11; [HigherHRNet2020]; [UAVA2021] Sec 4.1.
 */
import { type Matrix, sum, type Vector } from "../scalar/matrix.js";
import { abs, max, min, type Real } from "../scalar/real.js";

/** Shares [to][from] that each old cell of an axis has in each new one. */
function shares<S extends Real<S>>(from: number, to: number, like: S): S[][] {
  return Array.from({ length: to }, (_, u) => {
    const raw = like
      .of(2 * u + 1)
      .times(from)
      .over(2 * to)
      .minus(like.of(1).over(2));
    const s = min(max(raw, like.of(0)), like.of(from - 1));
    return Array.from({ length: from }, (_, c) =>
      max(abs(s.minus(c)).negated().plus(1), like.of(0)),
    );
  });
}

const blend = <S extends Real<S>>(weights: Vector<S>, values: Vector<S>): S =>
  sum(
    weights.map((w, i) => w.times(values[i])),
    values[0],
  );

/** m′ [rows][columns], in the unit of the map [H][W]. */
export function resizedMap<S extends Real<S>>(
  map: Matrix<S>,
  rows: number,
  columns: number,
): S[][] {
  const like = map[0][0];
  const across = shares(map[0].length, columns, like);
  const down = shares(map.length, rows, like);
  const wide = map.map((row) => across.map((weights) => blend(weights, row)));
  return down.map((weights) =>
    across.map((_, u) =>
      blend(
        weights,
        wide.map((row) => row[u]),
      ),
    ),
  );
}

/** ∂L/∂m [rows][columns] of v = ∂L/∂m′ [H′][W′]. */
export function resizedMapVjp<S extends Real<S>>(
  v: Matrix<S>,
  rows: number,
  columns: number,
): S[][] {
  const like = v[0][0];
  const across = shares(columns, v[0].length, like);
  const down = shares(rows, v.length, like);
  return Array.from({ length: rows }, (_, r) =>
    Array.from({ length: columns }, (_, c) =>
      sum(
        v.flatMap((row, i) => row.map((x, j) => x.times(down[i][r]).times(across[j][c]))),
        like,
      ),
    ),
  );
}

/**
 * The derivative of a PnP pose with an error bar, at 64 digits, by two routes that share no formula
 * for a second derivative:
 *
 *   A  the implicit function theorem on the closed forms of bpnp.ts (IFT-2, BPNP-2)
 *   B  the pose solved again with all data moved by ±h along a random direction u, (y₊ − y₋) / 2h
 *
 * Both give J u. Each block of u is scaled to move the pose as much as the others, so that a wrong
 * entry anywhere shows; with h = 1e-20 the difference in B carries about 40 digits. That the points
 * found in B are stationary is checked on the cost alone, by duals: no derivative formula is trusted.
 */
import type { DataRow, PoseBlocks } from "../definitions/bpnp.js";
import { type Reprojection, reprojectionCost } from "../definitions/reprojection-cost.js";
import { rotation } from "../definitions/rodrigues.js";
import { stream } from "../random/stream.js";
import { type Big, big } from "../scalar/big.js";
import { type Dual, dual } from "../scalar/dual.js";
import { dot } from "../scalar/matrix.js";
import { type AuditProblem, lifted } from "./problem.js";
import { type Formula, type SolvedForm, solvedForm } from "./solved-form.js";
import { refined, relativeSize, type StationaryPoint } from "./stationary.js";

const stepExponent = -20;

/** The longest direction in data, in their own units: with it the secant is good to 1e-30. */
const largestMove = 1e5;

/** ∂y⋆/∂(x, z, K, w, δ) and H⁻¹ in chart AA at a stationary point, in any form: route A. */
export function formDerivative(
  problem: AuditProblem,
  point: StationaryPoint,
  form: Formula,
): SolvedForm<Big> {
  return solvedForm(
    point.y,
    lifted(problem, (v) => big(v)),
    form,
  );
}

/** How far route B disagrees with route A's exact derivative, relative; infinite if B fails. */
export function disagreement(
  problem: AuditProblem,
  point: StationaryPoint,
  derivative: PoseBlocks<Big>,
): number {
  const exact = lifted(problem, (v) => big(v));
  const u = balancedDirection(problem, derivative);
  const along = moved(derivative, u);
  const h = big(10).over(big(`1e${1 - stepExponent}`));
  const ends = [h, h.negated()].map((step) => {
    const there = shifted(exact, u, step);
    const start = point.y.map((v, i) => v.plus(step.times(along[i])));
    const end = refined(there, start, point.inverseHessian);
    return { ...end, slope: costSlope(there, end.y) };
  });
  if (!ends.every((end) => end.converged)) return Number.POSITIVE_INFINITY;
  const secant = ends[0].y.map((v, i) => v.minus(ends[1].y[i]).over(h.times(2)));
  const gap = secant.map((v, i) => v.minus(along[i]).toNumber());
  const size = Math.max(
    relativeSize(
      along.map((v) => v.toNumber()),
      point.y,
    ),
    Number.MIN_VALUE,
  );
  // A slope of the cost at a supposed minimum, as a distance in pose: over h, it is an error of J u.
  const unsettled = Math.max(...ends.map((end) => Math.abs(end.slope))) * 10 ** -stepExponent;
  return Math.max(relativeSize(gap, point.y) / size, unsettled / costScale(problem));
}

/** A random direction in all data, each block scaled so that it alone moves the pose by about 1. */
function balancedDirection(problem: AuditProblem, derivative: PoseBlocks<Big>): DataRow<Big> {
  const source = stream("audit/truth").at(problem.index);
  const draw = (count: number): number[] => Array.from({ length: count }, () => source.normal());
  const { n } = problem;
  const raw = { x2d: draw(2 * n), x3d: draw(3 * n), K: draw(9), w2d: draw(2 * n) };
  const blocks = {
    x2d: derivative.x2d.map((row) => row.flat()),
    x3d: derivative.x3d.map((row) => row.flat()),
    K: derivative.K,
    w2d: derivative.w2d.map((row) => row.flat()),
  };
  const scaled = (name: keyof typeof raw): Big[] => {
    const effect = Math.hypot(
      ...blocks[name].map((row) => row.reduce((s, v, i) => s + v.toNumber() * raw[name][i], 0)),
    );
    // Weights at zero residual move nothing; data must stay small moves, or h² shows in the secant.
    const size = Math.min(1 / effect, largestMove);
    return raw[name].map((v) => big(v * size));
  };
  const pairs = (flat: Big[], width: number): Big[][] =>
    Array.from({ length: flat.length / width }, (_, i) => flat.slice(i * width, (i + 1) * width));
  return {
    x2d: pairs(scaled("x2d"), 2),
    x3d: pairs(scaled("x3d"), 3),
    K: scaled("K"),
    w2d: pairs(scaled("w2d"), 2),
    delta: big(0),
  };
}

/** J u [6]. */
function moved(J: PoseBlocks<Big>, u: DataRow<Big>): Big[] {
  return J.K.map((row, j) =>
    [
      dot(J.x2d[j].flat(), u.x2d.flat()),
      dot(J.x3d[j].flat(), u.x3d.flat()),
      dot(row, u.K),
      dot(J.w2d[j].flat(), u.w2d.flat()),
    ].reduce((a, b) => a.plus(b)),
  );
}

/** The data moved by h u. */
function shifted(data: Reprojection<Big>, u: DataRow<Big>, h: Big): Reprojection<Big> {
  const plus = (rows: readonly (readonly Big[])[], move: readonly (readonly Big[])[]): Big[][] =>
    rows.map((row, i) => row.map((v, j) => v.plus(h.times(move[i][j]))));
  return {
    ...data,
    x2d: plus(data.x2d, u.x2d),
    x3d: plus(data.x3d, u.x3d),
    w2d: plus(data.w2d, u.w2d),
    K: data.K.map((row, i) => row.map((v, j) => v.plus(h.times(u.K[3 * i + j])))),
  };
}

/** The derivative of the cost along a fixed direction of the pose, by duals on its definition. */
function costSlope(data: Reprojection<Big>, y: readonly Big[]): number {
  const direction = [0.61, -0.43, 0.29, 0.37, -0.53, 0.47];
  const moving = y.map((v, i) => dual(v, v.of(direction[i])));
  const still = (rows: readonly (readonly Big[])[]): Dual<Big>[][] =>
    rows.map((row) => row.map((v) => dual(v)));
  const cost = reprojectionCost(
    {
      x2d: still(data.x2d),
      x3d: still(data.x3d),
      w2d: still(data.w2d),
      K: still(data.K),
      delta: data.delta && dual(data.delta),
    },
    rotation(moving.slice(0, 3)),
    moving.slice(3),
  );
  return cost.b.toNumber();
}

/** What the cost's slope is measured against: a residual of one pixel at every point. */
function costScale(problem: AuditProblem): number {
  const squares = problem.w2d.reduce((sum, w) => sum + w * w, 0);
  return Math.max(squares, Number.MIN_VALUE) * Math.max(problem.K[0], problem.K[4], 1);
}

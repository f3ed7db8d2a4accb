import {
  type Dual,
  dual,
  type HyperDual,
  hyperDual,
  parts,
  type Real,
} from "../../src/scalar/index.js";

/** ∂f/∂x [m,n] of f: Rⁿ → Rᵐ at x [n], by running f on duals: one direction at a time. */
export function jacobianOnDuals<S extends Real<S>>(
  f: (x: Dual<S>[]) => readonly Dual<S>[],
  x: readonly S[],
): S[][] {
  const columns = x.map((_, k) => f(x.map((value, i) => dual(value, i === k ? 1 : 0))));
  return columns[0].map((_, i) => columns.map((column) => column[i].b));
}

/** ∂²f/∂x² [m,n,n] of f: Rⁿ → Rᵐ at x [n], by running f on second-order duals. */
export function hessianOnDuals<S extends Real<S>>(
  f: (x: HyperDual<S>[]) => readonly HyperDual<S>[],
  x: readonly S[],
): S[][][] {
  const along = (p: number, q: number) =>
    f(x.map((value, i) => hyperDual(value, i === p ? 1 : 0, i === q ? 1 : 0)));
  const all = x.map((_, p) => x.map((_, q) => along(p, q).map((y) => parts(y).second)));
  return all[0][0].map((_, i) => all.map((row) => row.map((entry) => entry[i])));
}

import {
  implicitAdjoint,
  implicitDerivative,
  implicitJvp,
  implicitVjp,
} from "../../src/definitions/implicit.js";
import * as kernel from "../../src/kernels/implicit.js";
import { luFactor } from "../../src/linalg/lu.js";
import { stream } from "../../src/random/index.js";
import { type Big, big } from "../../src/scalar/index.js";
import { identity, solve } from "../../src/scalar/matrix.js";
import { rows } from "../equations/bpnp-clouds.js";
import { type CertifyCase, type CertifySample, generic } from "./case.js";

const [m, n] = [4, 5];
/** Label, share by which the last row of ∂F/∂b repeats the first, how many. */
const aims: readonly [string, number, number][] = [
  [generic, 0, 20],
  ["nearly singular", 1 - 1e-3, 10],
  ["nearly singular", 1 - 1e-6, 10],
];

const lift = (x: number): Big => big(x);

/** One linear system: ∂F/∂b and ∂F/∂a, u and v, its factors, and its condition ‖B‖∞ ‖B⁻¹‖∞. */
function* systems(perLabel = Number.POSITIVE_INFINITY) {
  for (const [index, [label, alike, count]] of aims.entries())
    for (let k = 0; k < Math.min(count, perLabel); k++) {
      const draw = stream("spec/certify/implicit").at(index).at(k);
      const normals = (size: number) => Float64Array.from({ length: size }, () => draw.normal());
      const [Fb, Fa, u, v] = [normals(m * m), normals(m * n), normals(n), normals(m)];
      for (let j = 0; j < m; j++)
        Fb[(m - 1) * m + j] = alike * Fb[j] + (1 - alike) * Fb[(m - 1) * m + j];
      const lu = Fb.slice();
      const pivots = new Int32Array(m);
      luFactor(m, lu, pivots);
      const exact = { Fb: rows(Fb, m, lift), Fa: rows(Fa, n, lift) };
      const inverse = solve(exact.Fb, identity(m, big(0)));
      yield { label, Fa, u, v, lu, pivots, exact, condition: size(exact.Fb) * size(inverse) };
    }
}

const size = (A: readonly (readonly Big[])[]): number =>
  Math.max(...A.map((row) => row.reduce((sum, x) => sum + Math.abs(x.toNumber()), 0)));

type System = ReturnType<typeof systems> extends Generator<infer T> ? T : never;

const single = (
  id: string,
  name: string,
  evaluate: (of: System) => { values: Float64Array; truth: readonly Big[] },
): CertifyCase => ({
  id,
  name,
  order: 1,
  definition: "src/definitions/implicit.ts",
  kernel: "src/kernels/implicit.ts",
  spec: "spec/equations/implicit.spec.ts",
  scale: "largest entry times the condition of ∂F/∂b, which amplifies the rounding of a solve",
  *samples(perLabel): Iterable<CertifySample> {
    for (const of of systems(perLabel)) {
      const { values, truth } = evaluate(of);
      const largest = Math.max(...truth.map((x) => Math.abs(x.toNumber())));
      yield { label: of.label, values, truth, scale: largest * of.condition };
    }
  },
});

/** The implicit function theorem's four products against their definitions at 64 digits. */
export const cases: CertifyCase[] = [
  single("IFT-1", "implicitDerivative", ({ lu, pivots, Fa, exact }) => {
    const values = new Float64Array(m * n);
    kernel.implicitDerivative(m, n, lu, pivots, Fa, new Float64Array(m), values);
    return { values, truth: implicitDerivative(exact.Fb, exact.Fa).flat() };
  }),
  single("IFT-1", "implicitJvp", ({ lu, pivots, Fa, u, exact }) => {
    const values = new Float64Array(m);
    kernel.implicitJvp(m, n, lu, pivots, Fa, u, values);
    return { values, truth: implicitJvp(exact.Fb, exact.Fa, Array.from(u, lift)) };
  }),
  single("IFT-3", "implicitAdjoint", ({ lu, pivots, v, exact }) => {
    const values = new Float64Array(m);
    kernel.implicitAdjoint(m, lu, pivots, v, values);
    return { values, truth: implicitAdjoint(exact.Fb, Array.from(v, lift)) };
  }),
  single("IFT-3", "implicitVjp", ({ lu, pivots, Fa, v, exact }) => {
    const values = new Float64Array(n);
    kernel.implicitVjp(m, n, lu, pivots, Fa, v, new Float64Array(m), values);
    return { values, truth: implicitVjp(exact.Fb, exact.Fa, Array.from(v, lift)) };
  }),
];

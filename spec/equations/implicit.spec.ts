import { expect, it } from "vitest";
import * as definition from "../../src/definitions/implicit.js";
import {
  type ImplicitFunction,
  implicitFunction,
  type Tangent,
} from "../../src/differentiate/index.js";
import * as kernel from "../../src/kernels/implicit.js";
import { luFactor } from "../../src/linalg/lu.js";
import { stream } from "../../src/random/stream.js";
import { double } from "../../src/scalar/double.js";
import { rows } from "./bpnp-clouds.js";

const ε = Number.EPSILON;
const [m, n] = [5, 7];
const systems = Array.from({ length: 40 }, (_, index) => {
  const draw = stream("spec/equations/implicit").at(index);
  const normals = (size: number) => Float64Array.from({ length: size }, () => draw.normal());
  const [Fb, Fa, u, v] = [normals(m * m), normals(m * n), normals(n), normals(m)];
  // Diagonally heavy: conditions stay below a hundred, so that rounding is that of the sums.
  for (let i = 0; i < m; i++) Fb[i * m + i] += 4 * Math.sign(Fb[i * m + i]);
  const lu = Fb.slice();
  const pivots = new Int32Array(m);
  luFactor(m, lu, pivots);
  return { Fb, Fa, u, v, lu, pivots };
});
const boxed = (x: Float64Array) => Array.from(x, double);
const close = (values: ArrayLike<number>, expected: number[]) => {
  const size = Math.max(...expected.map(Math.abs));
  for (const [i, x] of expected.entries())
    expect(Math.abs(values[i] - x)).toBeLessThanOrEqual(200 * m * ε * size);
};

it("the kernel's four products are those of the definition", () => {
  for (const { Fb, Fa, u, v, lu, pivots } of systems) {
    const [B, A] = [rows(Fb, m, double), rows(Fa, n, double)];
    const values = (x: readonly { value: number }[]) => x.map(({ value }) => value);
    const [derivative, jvp, adjoint, vjp] = [m * n, m, m, n].map((size) => new Float64Array(size));
    kernel.implicitDerivative(m, n, lu, pivots, Fa, new Float64Array(m), derivative);
    kernel.implicitJvp(m, n, lu, pivots, Fa, u, jvp);
    kernel.implicitAdjoint(m, lu, pivots, v, adjoint);
    kernel.implicitVjp(m, n, lu, pivots, Fa, v, new Float64Array(m), vjp);
    close(derivative, values(definition.implicitDerivative(B, A).flat()));
    close(jvp, values(definition.implicitJvp(B, A, boxed(u))));
    close(adjoint, values(definition.implicitAdjoint(B, boxed(v))));
    close(vjp, values(definition.implicitVjp(B, A, boxed(v))));
  }
});

it("vᵀ (∂g/∂a u) is the same from either side", () => {
  for (const { Fa, u, v, lu, pivots } of systems) {
    const [jvp, vjp] = [new Float64Array(m), new Float64Array(n)];
    kernel.implicitJvp(m, n, lu, pivots, Fa, u, jvp);
    kernel.implicitVjp(m, n, lu, pivots, Fa, v, new Float64Array(m), vjp);
    const left = jvp.reduce((sum, x, i) => sum + x * v[i], 0);
    const right = vjp.reduce((sum, x, i) => sum + x * u[i], 0);
    const size = vjp.reduce((sum, x, i) => sum + Math.abs(x * u[i]), 0);
    expect(Math.abs(left - right)).toBeLessThanOrEqual(200 * m * ε * size);
  }
});

/** The implicit function at a solution, which has to have a derivative. */
function regular(of: ReturnType<typeof implicitFunction>): ImplicitFunction {
  if (of.status === "singular") throw new Error(`condition ${of.condition}`);
  return of;
}

it("implicitFunction(b³ + b − a) has slope 1 / (3b² + 1)", () => {
  for (const b of [-3, -0.1, 0, 1e-8, 0.7, 12]) {
    const cubic = ([a]: readonly Tangent[], [b]: readonly Tangent[]) => [
      b.times(b).times(b).plus(b).minus(a),
    ];
    const found = regular(implicitFunction(cubic, [b ** 3 + b], [b]));
    expect(found.status).toBe("ok");
    expect(Math.abs(found.jacobian()[0] * (3 * b * b + 1) - 1)).toBeLessThan(8 * ε);
  }
});

it("implicitFunction(a² + b² − 1) has slope −a/b, and none where the circle turns back", () => {
  const circle = ([a]: readonly Tangent[], [b]: readonly Tangent[]) => [
    a.times(a).plus(b.times(b)).minus(1),
  ];
  for (const angle of [0.1, 1, 2, 3]) {
    const [a, b] = [Math.cos(angle), Math.sin(angle)];
    const { status, jacobian } = regular(implicitFunction(circle, [a], [b]));
    expect(status).toBe("ok");
    expect(Math.abs(jacobian()[0] + a / b)).toBeLessThan((8 * ε * Math.abs(a)) / Math.abs(b));
  }
  expect(implicitFunction(circle, [1], [0])).toMatchObject({
    status: "singular",
    condition: Number.POSITIVE_INFINITY,
  });
});

it("implicitFunction(…) says when (a, b) is no solution, and differentiates there all the same", () => {
  const linear = ([a]: readonly Tangent[], [b]: readonly Tangent[]) => [b.times(2).minus(a)];
  expect(regular(implicitFunction(linear, [4], [2])).status).toBe("ok");
  const off = regular(implicitFunction(linear, [4], [3]));
  expect([off.status, off.residual, off.jacobian()[0]]).toEqual(["not-a-solution", 2, 0.5]);
  expect(regular(implicitFunction(linear, [4], [3], { tolerance: 2 })).status).toBe("ok");
});

it("implicitFunction(…) takes Jacobians worked out by hand, and functions of every kind by duals", () => {
  const F = ([p, q]: readonly Tangent[], [x, y]: readonly Tangent[]) => [
    x.exp().times(p).minus(y.sin().plus(2)).plus(q.sqrt().log()),
    x.cos().plus(y.over(q)).minus(p),
  ];
  const [a, b] = [
    [1.3, 2.1],
    [0.4, 0.9],
  ];
  const machine = regular(implicitFunction(F, a, b, { tolerance: 10 }));
  const [p, q, x, y] = [...a, ...b];
  const hand = regular(
    implicitFunction(
      {
        value: () => [0, 0],
        byA: () => [Math.exp(x), 0.5 / q, -1, -y / q ** 2],
        byB: () => [p * Math.exp(x), -Math.cos(y), -Math.sin(x), 1 / q],
      },
      a,
      b,
    ),
  );
  close(machine.jacobian(), [...hand.jacobian()]);
  close(machine.vjp([1, -2]), [...hand.vjp([1, -2])]);
  close(machine.jvp([3, 1]), [...hand.jvp([3, 1])]);
  close(machine.adjoint([1, 1]), [...hand.adjoint([1, 1])]);
});

it("misuse throws, naming what was expected and what was got", () => {
  const short = (a: readonly Tangent[]) => [a[0]];
  expect(() => implicitFunction(short, [1, 2], [1, 2])).toThrow(
    "implicitFunction: expected 2 equations, ∂F/∂a [2,2] and ∂F/∂b [2,2], got 1, 2 and 2 numbers",
  );
  const linear = ([a]: readonly Tangent[], [b]: readonly Tangent[]) => [b.minus(a)];
  expect(() => regular(implicitFunction(linear, [1], [1])).vjp([1, 2])).toThrow(
    "vjp: expected 1 numbers, got 2",
  );
});

/** The small dense algebra at the sizes solvers use it: 3 and 12 for rotations and control points, 6. */
import { choleskyFactor, choleskySolve } from "../src/linalg/cholesky.js";
import { ldlFactor, ldlSolve } from "../src/linalg/ldl.js";
import { luFactor, luSolve } from "../src/linalg/lu.js";
import { realRoots } from "../src/linalg/polynomial.js";
import { qrFactor, qrSolve } from "../src/linalg/qr.js";
import { nearestRotation } from "../src/linalg/svd3.js";
import { symmetricEigen } from "../src/linalg/symmetric-eigen.js";
import { stream } from "../src/random/index.js";
import { timed } from "./table.js";

/** Matrices in turn, so that no branch predictor learns one of them. */
const PROBLEMS = 32;

export async function bench(): Promise<void> {
  const draw = stream("bench/linalg");
  const gram = (n: number): Float64Array => {
    const B = Float64Array.from({ length: n * 2 * n }, () => draw.normal());
    const A = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        for (let k = 0; k < 2 * n; k++) A[i * n + j] += B[i * 2 * n + k] * B[j * 2 * n + k];
    return A;
  };
  const many = <T>(make: () => T): (() => T) => {
    const items = Array.from({ length: PROBLEMS }, make);
    let next = 0;
    return () => items[next++ % PROBLEMS];
  };
  const [six, twelve, three] = [6, 12, 3].map((n) => many(() => gram(n)));
  const tall = many(() => Float64Array.from({ length: 12 * 6 }, () => draw.normal()));
  const general = many(() => Float64Array.from({ length: 9 }, () => draw.normal()));
  const quartic = many(() => Float64Array.from({ length: 5 }, () => draw.normal()));
  const A = new Float64Array(144);
  const V = new Float64Array(144);
  const [b, x, values] = [new Float64Array(12), new Float64Array(12), new Float64Array(12)];
  const [pivots, inertia] = [new Int32Array(12), new Int32Array(3)];
  await timed(
    {
      "choleskyFactor, choleskySolve, n = 6": () => {
        A.set(six());
        b.fill(1);
        if (choleskyFactor(6, A)) choleskySolve(6, A, b);
      },
      "ldlFactor, ldlSolve, n = 6": () => {
        A.set(six());
        b.fill(1);
        if (ldlFactor(6, A, pivots, inertia)) ldlSolve(6, A, pivots, b);
      },
      "luFactor, luSolve, n = 6": () => {
        A.set(six());
        b.fill(1);
        if (luFactor(6, A, pivots)) luSolve(6, A, pivots, b);
      },
      "qrFactor, qrSolve, 12 × 6": () => {
        A.set(tall());
        b.fill(1);
        qrSolve(12, 6, A, values, pivots, qrFactor(12, 6, A, values, pivots), b, x);
      },
      "symmetricEigen, n = 3": () => {
        A.set(three());
        symmetricEigen(3, A, values, V);
      },
      "symmetricEigen, n = 12": () => {
        A.set(twelve());
        symmetricEigen(12, A, values, V);
      },
      nearestRotation: () => nearestRotation(general(), A),
      "realRoots of a quartic": () => realRoots(4, quartic(), x),
    },
    { calls: 20 },
  );
}

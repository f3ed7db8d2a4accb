/**
 * Kernels against what a user would do without them: the definition on duals (automatic
 * differentiation) and central differences, over the same scene.
 */
import { poseDerivativesAt } from "../src/definitions/pose-jacobian.js";
import { reprojectionGradient as definedGradient } from "../src/definitions/reprojection-cost.js";
import { reprojectionHessian as definedHessian } from "../src/definitions/reprojection-hessian.js";
import { constraintVjp } from "../src/kernels/bpnp.js";
import { reprojectionCost, reprojectionGradient } from "../src/kernels/reprojection-cost.js";
import { reprojectionHessian, reprojectionNormal } from "../src/kernels/reprojection-hessian.js";
import { rotation, rotationVector } from "../src/kernels/rodrigues.js";
import { leftJacobian, rotatedVectorHessian } from "../src/kernels/rotation-jacobians.js";
import { scene } from "../src/problem/scenes.js";
import { type Double, double } from "../src/scalar/double.js";
import { timed } from "./table.js";

const nested = (flat: Float64Array, width: number): Double[][] =>
  Array.from({ length: flat.length / width }, (_, i) =>
    Array.from(flat.subarray(i * width, (i + 1) * width), double),
  );

async function costs(n: number): Promise<void> {
  const { correspondences, R, t } = scene("generic", { n, noise: 1 });
  const { x2d, x3d, w2d, K } = correspondences;
  const [gradient, hessian, moved] = [6, 36, 9].map((size) => new Float64Array(size));
  const [turn, shift] = [new Float64Array(3), new Float64Array(3)];
  const cost = () => reprojectionCost(n, x2d, x3d, w2d, K, R, t, Number.POSITIVE_INFINITY);
  /** The gradient by twelve costs, step ε^(1/3). */
  const differences = () => {
    const step = Number.EPSILON ** (1 / 3);
    for (let k = 0; k < 6; k++) {
      const ends = [step, -step].map((h) => {
        turn.fill(0);
        shift.set(t);
        if (k < 3) turn[k] = h;
        else shift[k - 3] += h;
        rotation(turn, moved);
        const turned = product(moved, R);
        return reprojectionCost(n, x2d, x3d, w2d, K, turned, shift, Number.POSITIVE_INFINITY);
      });
      gradient[k] = (ends[0] - ends[1]) / (2 * step);
    }
  };
  const defined = {
    x2d: nested(x2d, 2),
    x3d: nested(x3d, 3),
    w2d: nested(w2d, 2),
    K: nested(K, 3),
  };
  const at = () => poseDerivativesAt("LEFT", nested(R, 3), Array.from(t, double));
  const outputs = [2 * n, 3 * n, 2 * n, 9].map((size) => new Float64Array(size));
  const lambda = Float64Array.of(0.3, -0.1, 0.2, 1, -2, 0.5);
  process.stdout.write(`N = ${n}\n`);
  await timed({
    reprojectionCost: cost,
    reprojectionGradient: () =>
      reprojectionGradient(n, x2d, x3d, w2d, K, R, t, Number.POSITIVE_INFINITY, gradient),
    reprojectionNormal: () =>
      reprojectionNormal(n, x2d, x3d, w2d, K, R, t, Number.POSITIVE_INFINITY, gradient, hessian),
    reprojectionHessian: () =>
      reprojectionHessian(n, x2d, x3d, w2d, K, R, t, Number.POSITIVE_INFINITY, gradient, hessian),
    "constraintVjp (x, z, w, K)": () =>
      constraintVjp(
        n,
        x2d,
        x3d,
        w2d,
        K,
        R,
        t,
        Number.POSITIVE_INFINITY,
        false,
        true,
        lambda,
        ...four(outputs),
      ),
    "gradient by central differences": differences,
    "gradient by its definition": () => definedGradient(defined, at()),
    "Hessian by its definition": () => definedHessian(defined, at()),
  });
}

const four = (arrays: Float64Array[]) =>
  arrays as [Float64Array, Float64Array, Float64Array, Float64Array];

const turnedR = new Float64Array(9);
function product(A: Float64Array, B: Float64Array): Float64Array {
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++)
      turnedR[3 * i + j] = A[3 * i] * B[j] + A[3 * i + 1] * B[3 + j] + A[3 * i + 2] * B[6 + j];
  return turnedR;
}

export async function bench(): Promise<void> {
  for (const n of [8, 64, 512]) await costs(n);
  const omega = Float64Array.of(0.3, -0.5, 0.9);
  const v = Float64Array.of(1, 2, 3);
  const [R, out, H] = [9, 9, 27].map((size) => new Float64Array(size));
  rotation(omega, R);
  process.stdout.write("rotations\n");
  await timed(
    {
      rotation: () => rotation(omega, R),
      rotationVector: () => rotationVector(R, out),
      leftJacobian: () => leftJacobian(omega, out),
      rotatedVectorHessian: () => rotatedVectorHessian(omega, v, H),
    },
    { calls: 100 },
  );
}

/**
 * Bytes that the hot kernels leave on the heap per call: none, or a long solve pays for collecting
 * them. A number that crosses a call which the engine did not inline is boxed on its way, 16 bytes
 * that no kernel asked for and that come and go with the engine's budget for inlining; the count is
 * taken with that budget lifted, so that what is left is the kernels' own.
 */
import { setFlagsFromString } from "node:v8";
import { constraintJvp, constraintVjp } from "../src/kernels/bpnp.js";
import { linearCovarianceLossGradient } from "../src/kernels/linear-covariance-gradient.js";
import { linearCovarianceLoss } from "../src/kernels/linear-covariance-loss.js";
import { publishedRobustification } from "../src/kernels/linear-covariance-robust.js";
import { linearCovarianceWorkspace } from "../src/kernels/linear-covariance-workspace.js";
import {
  projection,
  projectionCameraJacobian,
  projectionHessian,
  projectionJacobian,
  projectionPointCameraHessian,
  rigidTransform,
} from "../src/kernels/projection.js";
import { quaternionRotation, rotationQuaternion } from "../src/kernels/quaternion.js";
import { reprojectionCost, reprojectionGradient } from "../src/kernels/reprojection-cost.js";
import { reprojectionHessian, reprojectionNormal } from "../src/kernels/reprojection-hessian.js";
import { rotation, rotationVector } from "../src/kernels/rodrigues.js";
import {
  leftJacobian,
  leftJacobianDerivative,
  leftJacobianInverse,
  rotatedVectorHessian,
  rotatedVectorJacobian,
} from "../src/kernels/rotation-jacobians.js";
import { tangentTransform } from "../src/kernels/tangent.js";
import { stream } from "../src/random/index.js";

const calls = 10_000;
/** What reading the heap's size costs, spread over the calls [bytes]. */
const noise = 0.25;

const draw = stream("bench/garbage");
const array = (n: number, of = () => draw.normal()) => Float64Array.from({ length: n }, of);
const n = 64;
const K = Float64Array.of(800, 0, 320, 0, 800, 240, 0, 0, 1);
const t = Float64Array.of(0.1, -0.2, 6);
const [omega, v, x3d] = [array(3), array(3), array(3 * n)];
const x2d = array(2 * n, () => 320 + 40 * draw.normal());
const w2d = new Float64Array(2 * n).fill(1);
const [R, X, q, pixel] = [9, 3, 4, 2].map((size) => new Float64Array(size));
const out = new Float64Array(64);
const [gradient, hessian] = [new Float64Array(6), new Float64Array(36)];
const lambda = array(6);
const [byX, byZ, byW, byK] = [2 * n, 3 * n, 2 * n, 9].map((size) => new Float64Array(size));
rotation(omega, R);
rigidTransform(v, R, t, X);
rotationQuaternion(R, q);

const linear = {
  problem: { n, x2d, x3d, w2d, K, R, t, rows: 24, Jf: array(144), group: 3, valid: null },
  options: {
    form: "laplace",
    reduction: "mean",
    terms: ["covariance", "prior", "linear"],
    detached: ["linearResidual", "thresholds"],
    weights: "multiplier",
    hessian: "consistent",
    robust: publishedRobustification,
    maskWeights: false,
    zMin: 0.1,
    failure: "status",
  },
  at: linearCovarianceWorkspace(n, 24),
  out: { x2d: new Float64Array(2 * n), x3d: new Float64Array(3 * n), w2d: new Float64Array(2 * n) },
} as const;

/** The kernels; a number that one returns is put where it needs no box. */
const subjects: Record<string, () => unknown> = {
  rotation: () => rotation(omega, R),
  rotationVector: () => rotationVector(R, out),
  rotationQuaternion: () => rotationQuaternion(R, q),
  quaternionRotation: () => quaternionRotation(q, "unit", out),
  leftJacobian: () => leftJacobian(omega, out),
  leftJacobianInverse: () => leftJacobianInverse(omega, out),
  leftJacobianDerivative: () => leftJacobianDerivative(omega, out),
  rotatedVectorJacobian: () => rotatedVectorJacobian(omega, v, out),
  rotatedVectorHessian: () => rotatedVectorHessian(omega, v, out),
  tangentTransform: () => tangentTransform("AA", "Q7", R, omega, out),
  rigidTransform: () => rigidTransform(v, R, t, X),
  projection: () => projection(X, K, pixel),
  projectionJacobian: () => projectionJacobian(X, K, out),
  projectionHessian: () => projectionHessian(X, K, out),
  projectionCameraJacobian: () => projectionCameraJacobian(X, K, out),
  projectionPointCameraHessian: () => projectionPointCameraHessian(X, K, out),
  constraintJvp: () =>
    constraintJvp(n, x2d, x3d, w2d, K, R, t, 3, false, true, byX, byZ, byW, byK, 0, gradient),
  reprojectionCost: () => {
    out[0] = reprojectionCost(n, x2d, x3d, w2d, K, R, t, 3);
  },
  reprojectionGradient: () => {
    out[0] = reprojectionGradient(n, x2d, x3d, w2d, K, R, t, 3, gradient);
  },
  reprojectionNormal: () => {
    out[0] = reprojectionNormal(n, x2d, x3d, w2d, K, R, t, 3, gradient, hessian);
  },
  reprojectionHessian: () => {
    out[0] = reprojectionHessian(n, x2d, x3d, w2d, K, R, t, 3, gradient, hessian);
  },
  linearCovarianceLoss: () => linearCovarianceLoss(linear.problem, linear.options, linear.at),
  linearCovarianceLossGradient: () =>
    linearCovarianceLossGradient(linear.problem, linear.options, linear.at, linear.out),
  constraintVjp: () => {
    out[0] = constraintVjp(n, x2d, x3d, w2d, K, R, t, 3, false, true, lambda, byX, byZ, byW, byK);
  },
};

/** Bytes per call [B] that `run` leaves behind, the least of five counts: a count may meet a recompile. */
export function garbagePerCall(run: () => unknown): number {
  const collect = globalThis.gc;
  if (!collect) throw new Error("garbagePerCall: expected node --expose-gc, got no gc function");
  for (let i = 0; i < 2 * calls; i++) run();
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 5; attempt++) {
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < calls; i++) run();
    least = Math.min(least, (process.memoryUsage().heapUsed - before) / calls);
  }
  return least;
}

/** @throws Error naming the kernels that leave garbage, or if the count misses garbage that is there. */
export async function bench(): Promise<void> {
  for (const limit of ["", "-cumulative", "-absolute"])
    setFlagsFromString(`--max-inlined-bytecode-size${limit}=100000`);
  const kept: unknown[] = [];
  const control = garbagePerCall(() => (kept[0] = new Float64Array(6)));
  if (control < 48) throw new Error(`garbage: expected to count 6 doubles, got ${control} bytes`);
  const leaking: string[] = [];
  const report = (name: string, run: () => unknown, allowed: number) => {
    const bytes = garbagePerCall(run);
    process.stdout.write(`${name.padEnd(36)} ${bytes.toFixed(2).padStart(8)} bytes per call\n`);
    if (bytes > allowed + noise) leaking.push(`${name} ${bytes.toFixed(1)}`);
  };
  report(
    "(control: six new doubles)",
    () => (kept[0] = new Float64Array(6)),
    Number.POSITIVE_INFINITY,
  );
  for (const [name, run] of Object.entries(subjects)) report(name, run, 0);
  if (leaking.length) throw new Error(`expected no bytes per call, got ${leaking.join(", ")}`);
}

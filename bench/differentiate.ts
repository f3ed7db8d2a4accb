/**
 * Derivatives of a pose against what a user would do without them: central differences of the pose
 * solved again, and automatic differentiation (duals on the definition; the solver unrolled).
 */
import { constraintDerivative } from "../src/definitions/bpnp.js";
import {
  epnpGradient,
  epnpVjp,
  poseGradient,
  poseJacobian,
  poseVjp,
  unrolledJacobian,
  variantNames,
} from "../src/differentiate/index.js";
import { rotationVector } from "../src/kernels/rodrigues.js";
import type { Correspondences, Pose } from "../src/problem/index.js";
import { poseOf, scene } from "../src/problem/index.js";
import { double } from "../src/scalar/double.js";
import { type Dual, dual } from "../src/scalar/dual.js";
import { polish, polished } from "../src/solve/polish.js";
import { garbagePerCall } from "./garbage.js";
import { timed } from "./table.js";

/**
 * Most that one exact VJP for x, z, K and w may take at N = 64 [µs], and leave on the heap [bytes]: the
 * engine may box the two numbers that kernels return on the way, the cost and ∂/∂δ.
 */
const promised = { microseconds: 60, bytes: 2 * 16 + 1 };

const record = polished();

function solved(problem: Correspondences, start: Pose): Pose {
  const [R, t] = [start.R.data.slice(), start.t.data.slice()];
  polish(problem, R, t, Number.POSITIVE_INFINITY, 100, record);
  return poseOf(R, t);
}

/** vᵀ ∂y/∂x by two solves an entry: x alone, which is a quarter of the data. */
function differences(problem: Correspondences, at: Pose, v: Float64Array, out: Float64Array): void {
  const x2d = problem.x2d.slice();
  const moved = { ...problem, x2d };
  const h = Math.cbrt(Number.EPSILON) * 300;
  for (let i = 0; i < x2d.length; i++) {
    out[i] = 0;
    for (const sign of [1, -1]) {
      x2d[i] = problem.x2d[i] + sign * h;
      const { t } = solved(moved, at);
      for (let k = 0; k < 3; k++) out[i] += (sign * v[3 + k] * t.data[k]) / (2 * h);
    }
    x2d[i] = problem.x2d[i];
  }
}

/** H and ∂g/∂θ from the definition on duals, once per pose coordinate: what autodiff of g costs. */
function dualHessian(problem: Correspondences, at: Pose): number {
  const omega = new Float64Array(3);
  rotationVector(at.R.data, omega);
  const rows = (flat: Float64Array, width: number): Dual<ReturnType<typeof double>>[][] =>
    Array.from({ length: flat.length / width }, (_, i) =>
      Array.from(flat.subarray(i * width, (i + 1) * width), (x) => dual(double(x))),
    );
  const data = {
    x2d: rows(problem.x2d, 2),
    x3d: rows(problem.x3d, 3),
    w2d: rows(problem.w2d, 2),
    K: rows(problem.K, 3),
  };
  let trace = 0;
  for (let j = 0; j < 6; j++) {
    const y = [...omega, ...at.t.data].map((x, i) => dual(double(x), i === j ? 1 : 0));
    trace += constraintDerivative(y, data).g[j].b.value;
  }
  return trace;
}

/** @throws Error if an exact VJP at N = 64 is slower, or leaves more garbage, than promised. */
export async function bench(): Promise<void> {
  const v = Float64Array.of(1, -2, 3, 0.5, -0.25, 2);
  for (const n of [8, 64, 512]) {
    const { correspondences: problem, pose } = scene("generic", { n, noise: 1 });
    const at = solved(problem, pose);
    const out = poseGradient(n);
    const quotients = new Float64Array(2 * n);
    process.stdout.write(`N = ${n}\n`);
    const routines: Record<string, () => unknown> = {};
    for (const variant of variantNames) {
      const options = { variant };
      routines[`poseVjp, ${variant}`] = () => poseVjp(problem, at, v, options, out);
    }
    routines.poseJacobian = () => poseJacobian(problem, at);
    const closed = epnpGradient(n);
    routines["epnpVjp: pose and derivative of EPnP"] = () => epnpVjp(problem, v, {}, closed);
    routines["solved from the truth, then poseVjp, exact"] = () =>
      poseVjp(problem, solved(problem, pose), v, {}, out);
    if (n <= 64) {
      routines["gradient of g on duals, H alone"] = () => dualHessian(problem, at);
      routines["differences of the pose solved again, x alone"] = () =>
        differences(problem, at, v, quotients);
    }
    if (n <= 8)
      routines["unrolledJacobian, 3 Newton steps"] = () =>
        unrolledJacobian(problem, at, { iterations: 3 });
    const [exact] = await timed(routines);
    if (n !== 64) continue;
    if (!(exact.median <= promised.microseconds))
      throw new Error(
        `differentiate: expected at most ${promised.microseconds} µs, got ${exact.median}`,
      );
    if (!globalThis.gc) continue;
    for (const variant of variantNames) {
      const options = { variant };
      const bytes = garbagePerCall(() => poseVjp(problem, at, v, options, out));
      process.stdout.write(
        `${variant.padEnd(52)} ${bytes.toFixed(2).padStart(10)} bytes per call\n`,
      );
      if (variant === "exact" && bytes > promised.bytes)
        throw new Error(
          `differentiate: expected at most ${promised.bytes}, got ${bytes} bytes per call`,
        );
    }
  }
}

/** Planted faults of methods bpnp and bpnp-faster. */
import type { Claims } from "../../../src/formats/claims.js";
import { stream } from "../../../src/random/stream.js";
import { type Draw, minimum } from "./drawn.js";
import { asSingle } from "./jet.js";
import {
  type ClaimOptions,
  derivatives,
  jacobians,
  type Solved,
  solved,
} from "./minimum-claims.js";
import { geometry, minimumSlips, type SlopeFault } from "./minimum-slips.js";
import { type Arrays, array, claimsFile, each, only, type PlantedFault } from "./trial.js";

const faster = { curvature: "dropped", mixed: "dropped" } as const;

/** The faults; numbers that are free come from the seed. */
function planted(seed: string): SlopeFault[] {
  const draw = stream(`trial/minimum/${seed}`);
  const between = (least: number, most: number) => least * (most / least) ** draw.uniform();
  const [scale, damping, step] = [between(1.2, 1.9), between(1e-4, 1e-2), between(1e-3, 4e-3)];
  return [
    {
      name: "depth-weighted residual",
      sentence: "Residuals are multiplied by their depth, as in the published layer.",
      spoils: jacobians,
      cause: ["depth-weighted-residual"],
      slopes: { residual: "times depth" },
    },
    {
      name: "depth-weighted and held",
      sentence: "Depth-weighted residuals with constant coefficients, as the published fast layer.",
      spoils: geometry,
      cause: ["depth-weighted-residual+dropped-coefficient-derivatives"],
      slopes: { residual: "times depth", ...faster },
    },
    {
      name: "Gauss–Newton Hessian",
      sentence: "The curvature of the projection is left out of the Hessian alone.",
      spoils: jacobians,
      cause: ["gauss-newton-hessian"],
      slopes: { curvature: "dropped" },
    },
    {
      name: "faster for exact",
      sentence: "The fast layer is declared as the exact one.",
      spoils: jacobians,
      cause: ["dropped-coefficient-derivatives"],
      slopes: faster,
    },
    {
      name: "exact for faster",
      sentence: "The exact layer is declared as the fast one.",
      spoils: geometry,
      cause: ["exact-derivative"],
      method: "bpnp-faster",
    },
    {
      name: "half a fast layer",
      sentence: "The fast layer keeps the coefficients' derivatives by points and camera.",
      spoils: ["J_x3d", "J_K"],
      cause: ["kept-mixed-derivatives"],
      claims: geometry,
      method: "bpnp-faster",
      slopes: { curvature: "dropped" },
    },
    {
      name: "mixed terms dropped",
      sentence:
        "Coefficients are constant in the derivatives by points and camera, not in the Hessian.",
      spoils: ["J_x3d", "J_K"],
      cause: ["dropped-mixed-derivatives"],
      claims: jacobians,
      slopes: { mixed: "dropped" },
    },
    {
      name: "curvature with the wrong sign",
      sentence: "The second-order term is added to the Hessian, not subtracted.",
      spoils: ["J_x2d", "J_x3d"],
      cause: null,
      slopes: { curvature: "wrong sign" },
    },
    {
      name: "guarded axis",
      sentence: "The rotation axis is ω / (θ + 10⁻⁶).",
      spoils: jacobians,
      cause: ["axis-epsilon"],
      slopes: { map: { axisGuard: 1e-6 } },
    },
    {
      name: "weights ignored",
      sentence: "All weights are one in the backward pass.",
      spoils: geometry,
      cause: ["weights-ignored"],
      slopes: { weight: () => 1, weightSlope: () => 0 },
    },
    {
      name: "weights once",
      sentence: "The backward pass weights squared residuals by w.",
      spoils: jacobians,
      cause: ["weights-taken-as-w2"],
      slopes: { weight: (w) => w, weightSlope: () => 1 },
    },
    {
      name: "weights four times",
      sentence: "Squared weights are squared once more.",
      spoils: jacobians,
      cause: ["weights-squared-twice"],
      slopes: { weight: (w) => w ** 4, weightSlope: (w) => 4 * w ** 3 },
    },
    {
      name: "weights in the Hessian alone",
      sentence: "The Hessian carries w², the mixed derivatives w.",
      spoils: ["J_x2d"],
      cause: null,
      slopes: { mixedWeight: (w) => w },
    },
    {
      name: "damping left in",
      sentence: "The matrix of a damped step is inverted, its damping still on the diagonal.",
      spoils: ["J_x2d", "J_x3d"],
      cause: null,
      slopes: { damping },
    },
    {
      name: "Hessian for its inverse",
      sentence: "The mixed derivatives are multiplied by H, not by its inverse.",
      spoils: ["J_x2d"],
      cause: null,
      slopes: { inverse: false },
    },
    {
      name: "focal lengths of another image size",
      sentence: "The backward pass still has the focal lengths of the image before resizing.",
      spoils: ["J_x2d"],
      cause: null,
      slopes: { focal: scale },
    },
    {
      name: "truncated rotation",
      sentence: "sin θ / θ and (1 − cos θ) / θ² are cut off after two terms.",
      spoils: ["J_x2d", "J_x3d"],
      cause: ["truncated-series"],
      slopes: { map: "cubic-series" },
    },
    {
      name: "weights ignored, and a factor",
      sentence: "All weights are one, and the result is twice as large.",
      spoils: ["J_x2d", "J_x3d"],
      cause: ["weights-ignored+factor-2"],
      slopes: { weight: () => 1, weightSlope: () => 0 },
      after: (arrays) => each(arrays, (v) => 2 * v),
    },
    {
      name: "fast layer with a lost minus",
      sentence: "Constant coefficients, and no minus sign.",
      spoils: ["J_x3d", "J_K"],
      cause: ["dropped-coefficient-derivatives+sign-flipped"],
      slopes: faster,
      after: (arrays) => each(arrays, (v) => -v),
    },
    {
      name: "guarded axis in another chart",
      sentence: "A guarded axis, and rows by turns of the camera frame.",
      spoils: ["J_x2d", "J_x3d"],
      cause: ["axis-epsilon+chart-left"],
      slopes: { map: { axisGuard: 1e-6 } },
      options: () => ({ chart: "LEFT" }),
    },
    {
      name: "unconverged pose",
      sentence: "The solver stopped early, and the formula is evaluated where it stopped.",
      spoils: [...jacobians, "grad_x2d"],
      cause: ["unconverged-pose"],
      ...stopped((y, k) => y + step * (k % 2 ? -1 : 1)),
    },
    {
      name: "unconverged pose, untold",
      sentence: "The solver stopped early, and its pose is not in the file.",
      spoils: ["J_x2d"],
      cause: null,
      options: (of) => ({ at: of.poses.map((y) => y.map((v, k) => v + step * (k % 2 ? -1 : 1))) }),
      inputs: ({ inputs: { pose, ...rest } }) => ({ ...rest, pose_init: pose }),
    },
    ...minimumSlips(scale),
    {
      name: "single precision inside",
      sentence: "The layer computes in float32 and hands on float64.",
      spoils: ["J_x2d", "J_x3d"],
      cause: null,
      slopes: { store: asSingle },
    },
    {
      name: "coarse central differences",
      sentence: "The pose is solved again with every pixel moved by a whole pixel, either way.",
      spoils: ["J_x2d"],
      cause: ["finite-differences"],
      options: () => ({}),
      after: (arrays, of) => differences(arrays, of, 1, true),
    },
    {
      name: "one-sided differences",
      sentence: "The pose is solved again with every pixel moved by a hundredth of a pixel.",
      spoils: ["J_x2d"],
      cause: ["finite-differences"],
      after: (arrays, of) => differences(arrays, of, 1e-2, false),
    },
  ];
}

/** A pose that the file states, and takes its derivatives at, short of the minimum. */
function stopped(move: (v: number, k: number) => number) {
  const at = ({ poses }: Solved) => poses.map((y) => y.map(move));
  return {
    options: (of: Solved): ClaimOptions => ({ at: at(of) }),
    inputs: (of: Solved): Arrays => ({
      ...of.inputs,
      pose: array(
        of.inputs.pose.shape,
        at(of).flatMap((y) => [...y]),
      ),
    }),
  };
}

/** J_x2d by solving again with each pixel moved. */
function differences(arrays: Arrays, of: Solved, h: number, central: boolean): Arrays {
  const { shape, data } = arrays.J_x2d;
  const out = Float64Array.from(data);
  const width = 2 * of.problems[0].n;
  for (const [b, problem] of of.problems.entries())
    for (let c = 0; c < width; c++) {
      const there = (by: number) => {
        const x2d = problem.x2d.map((v, k) => (k === c ? v + by : v));
        return minimum({ ...problem, x2d, made: of.poses[b] });
      };
      const [to, from] = [there(h), central ? there(-h) : of.poses[b]];
      for (let j = 0; j < 6; j++)
        out[(6 * b + j) * width + c] = (to[j] - from[j]) / (central ? 2 * h : h);
    }
  return { ...arrays, J_x2d: { shape, data: out } };
}

const scenes = (seed: string): Draw => ({
  ...{ scene: "generic", problems: 3, n: 6, noise: 2, weights: "uniform" },
  seed: `minimum/${seed}`,
});

/** The faults of a seed as claims files; they share their problems. */
export function minimumFaults(seed: string): PlantedFault[] {
  const of = solved(scenes(seed));
  return planted(seed).map((fault): PlantedFault => {
    const { method = "bpnp", name, sentence, spoils, cause } = fault;
    const all = derivatives(of, { slopes: fault.slopes, ...fault.options?.(of) });
    const claimed = only(all, fault.claims ?? spoils);
    const claims: Claims = claimsFile(
      method,
      fault.inputs?.(of) ?? of.inputs,
      fault.after?.(claimed, of) ?? claimed,
    );
    return { method, name, sentence, spoils, cause, claims };
  });
}

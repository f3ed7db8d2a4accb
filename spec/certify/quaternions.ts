import * as defined from "../../src/definitions/quaternion.js";
import * as kernel from "../../src/kernels/quaternion.js";
import { bigRows, bigs } from "../equations/big-truth.js";
import type { CertifyCase } from "./case.js";
import { type Draw, rotationCase } from "./rotation-samples.js";

/** q moved by about the gap of the draw: near q beside a seam, anywhere else. */
const other = ({ q, v, gap }: Draw) =>
  Float64Array.of(q[0] - gap * v[0], q[1] + gap * v[1], q[2] + gap * v[2], q[3] + gap);
const length = ["‖z‖", ({ v }: Draw) => Math.hypot(...v)] as const;
// A quaternion of length 1 ± 0.3, so that the modes differ.
const ray = ({ q, u }: Draw) => q.map((x) => x * (1 + 0.3 * u[0]));
const modes = ["unit", "homogeneous", "normalised"] as const;

/** GEO-6 to GEO-9. */
export const cases: readonly CertifyCase[] = [
  rotationCase("quaternion", {
    id: "GEO-6",
    name: "quaternionRotation",
    length: 27,
    kernel: (draw, out) =>
      modes.forEach((mode, k) => {
        kernel.quaternionRotation(ray(draw), mode, out.subarray(9 * k));
      }),
    definition: (draw) => modes.map((mode) => defined.quaternionRotation(bigs(ray(draw)), mode)),
  }),
  rotationCase("quaternion", {
    id: "GEO-6",
    name: "rotatedVectorQuaternionJacobian",
    order: 1,
    length: 36,
    kernel: (draw, out) =>
      modes.forEach((mode, k) => {
        kernel.rotatedVectorQuaternionJacobian(ray(draw), draw.v, mode, out.subarray(12 * k));
      }),
    definition: (draw) =>
      modes.map((mode) =>
        defined.rotatedVectorQuaternionJacobian(bigs(ray(draw)), bigs(draw.v), mode),
      ),
  }),
  rotationCase("quaternion", {
    id: "GEO-7",
    name: "rotationQuaternion",
    length: 4,
    kernel: ({ R }, out) => kernel.rotationQuaternion(R, out),
    definition: ({ R }) => defined.rotationQuaternion(bigRows(R, 3)),
  }),
  rotationCase("quaternion", {
    id: "GEO-8",
    name: "quaternionProduct",
    length: 4,
    kernel: (draw, out) => kernel.quaternionProduct(draw.q, other(draw), out),
    definition: (draw) => defined.quaternionProduct(bigs(draw.q), bigs(other(draw))),
  }),
  rotationCase("quaternion", {
    id: "GEO-8",
    name: "rotationAngle",
    length: 1,
    kernel: (draw, out) => {
      out[0] = kernel.rotationAngle(draw.q, other(draw));
    },
    definition: (draw) => defined.rotationAngle(bigs(draw.q), bigs(other(draw))),
  }),
  rotationCase("quaternion", {
    id: "GEO-8",
    name: "rotationCosineDistance",
    length: 1,
    kernel: (draw, out) => {
      out[0] = kernel.rotationCosineDistance(draw.q, other(draw));
    },
    definition: (draw) => defined.rotationCosineDistance(bigs(draw.q), bigs(other(draw))),
  }),
  rotationCase("quaternion", {
    id: "GEO-8",
    name: "rotationCosineDistanceGradient",
    order: 1,
    length: 4,
    kernel: (draw, out) => kernel.rotationCosineDistanceGradient(draw.q, other(draw), out),
    definition: (draw) => defined.rotationCosineDistanceGradient(bigs(draw.q), bigs(other(draw))),
  }),
  rotationCase("quaternion", {
    id: "GEO-9",
    name: "quaternionTangent",
    length: 12,
    kernel: ({ q }, out) => kernel.quaternionTangent(q, out),
    definition: ({ q }) => defined.quaternionTangent(bigs(q)),
  }),
  rotationCase("quaternion", {
    id: "GEO-9",
    name: "movedQuaternion",
    length: 4,
    kernel: ({ q, v, gap }, out) =>
      kernel.movedQuaternion(
        q,
        v.map((x) => x * gap),
        out,
      ),
    definition: ({ q, v, gap }) => defined.movedQuaternion(bigs(q), bigs(v.map((x) => x * gap))),
  }),
  rotationCase("quaternion", {
    id: "GEO-9",
    name: "rotatedVectorTangentJacobian",
    order: 1,
    length: 9,
    kernel: ({ q, v }, out) => kernel.rotatedVectorTangentJacobian(q, v, out),
    definition: ({ q, v }) => defined.rotatedVectorTangentJacobian(bigs(q), bigs(v)),
    scale: length,
  }),
];
